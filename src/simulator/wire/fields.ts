/** A JSON object from a client, field by field. What is wrong with it is thrown as `Wrong`, and ends in `reading`. */
import { type Price, parsePrice } from "../../domain/money.ts";
import { type Quantity, quantity } from "../../domain/quantity.ts";

/** What was read, or what is wrong with it in words. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly wrong: string };

export class Wrong extends Error {
  override readonly name = "Wrong";
}

export function reading<T>(text: string, read: (fields: Fields) => T): Parsed<T> {
  try {
    return { ok: true, value: read(new Fields(text)) };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, wrong: error.message };
    throw error;
  }
}

/** Null counts as left out; an empty text in a number's place does not (reference 2.1). */
export class Fields {
  /** The JSON text itself. */
  readonly source: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(text: string) {
    this.source = text;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Wrong("the body is not JSON");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Wrong("the body is not an object");
    this.#fields = new Map(Object.entries(value));
  }

  keys(): readonly string[] {
    return [...this.#fields.keys()];
  }

  has(key: string): boolean {
    return (this.#fields.get(key) ?? undefined) !== undefined;
  }

  /** The account in the body must be the one of the token. */
  owner(clientId: string): void {
    if (!this.has("dhanClientId")) throw new Wrong("dhanClientId is required");
    if (this.text("dhanClientId") !== clientId) throw new Wrong("dhanClientId is not the token's");
  }

  text(key: string): string {
    const value = this.#fields.get(key);
    if (typeof value !== "string") throw new Wrong(`${key} is required`);
    return value;
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.#fields.get(key);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Wrong(`${key} must be one of ${choices.join(", ")}`);
    return found;
  }

  flag(key: string): boolean {
    const value = this.#fields.get(key) ?? false;
    if (typeof value !== "boolean") throw new Wrong(`${key} must be true or false`);
    return value;
  }

  units(key: string): Quantity | undefined {
    const value = this.#number(key);
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || value < 0) throw new Wrong(`${key} must be a whole number of units`);
    return quantity(value);
  }

  price(key: string): Price | undefined {
    const value = this.#number(key);
    if (value === undefined) return undefined;
    const read = parsePrice(value);
    if (read === undefined || read < 0) throw new Wrong(`${key} must be a price`);
    return read;
  }

  /** An array of whole numbers, as the texts that they are elsewhere. */
  ids(key: string): readonly string[] {
    const value = this.#fields.get(key);
    if (!Array.isArray(value) || !value.every((id) => Number.isSafeInteger(id))) throw new Wrong(`${key} must be an array of numbers`);
    return value.map(String);
  }

  object(key: string): Fields {
    const value = this.#fields.get(key);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Wrong(`${key} must be an object`);
    return new Fields(JSON.stringify(value));
  }

  /** An array of objects. */
  list(key: string): readonly Fields[] {
    const value = this.#fields.get(key);
    if (!Array.isArray(value) || value.length === 0) throw new Wrong(`${key} must be an array of objects`);
    return value.map((one) => new Fields(JSON.stringify(one)));
  }

  /** JSON numbers; digits in a text are tolerated, as the live API does. */
  #number(key: string): number | undefined {
    const value = this.#fields.get(key) ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === "number") return value;
    if (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)) return Number(value);
    throw new Wrong(`${key} must be a number`);
  }
}
