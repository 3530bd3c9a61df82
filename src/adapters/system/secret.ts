/**
 * A text that must not be seen. However it is printed, joined, thrown, inspected or written as JSON it says `[redacted]`; it is
 * opened only where it is used. Two secrets are not compared, and nothing is derived from one.
 */
import { inspect } from "node:util";

const REDACTED = "[redacted]";

export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. The answer may go into a request, and nowhere else. */
  open(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
