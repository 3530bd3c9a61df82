/** Where the lines go: standard output. What the copier tells waits for the next turn, so that nothing is formatted before its requests are on the wire. */
import type { BookRecord } from "../../../domain/records.ts";
import type { Clock, Timers } from "../../../domain/time.ts";
import type { Note, Observer } from "../../../engine/parties.ts";
import { aside, headings, laidOut } from "./layout.ts";
import type { Line } from "./line.ts";
import { Narrator } from "./narrator.ts";
import type { Paint } from "./palette.ts";

export interface ScreenOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly paint: Paint;
  readonly write: (text: string) => void;
}

export class Screen implements Observer {
  readonly narrator = new Narrator();
  readonly #options: ScreenOptions;
  readonly #cutOff = new Set<string>();
  #waiting: (BookRecord | Line)[] = [];

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  recorded(records: readonly BookRecord[]): void {
    this.#queue(records);
  }

  noted({ level, code, account, message }: Note): void {
    const who = account ?? "lockstep";
    if (code === "STREAM_CLOSED") this.#cutOff.add(who);
    const isReturn = code === "STREAM_OPEN" && this.#cutOff.delete(who);
    if (level === "info" && !isReturn) return;
    const what = isReturn ? "connected" : code === "STREAM_CLOSED" ? "cut off" : level;
    this.#queue([{ at: this.#options.clock.now(), who, what, size: "", lagMs: undefined, text: message, tone: isReturn ? "calm" : "trouble" }]);
  }

  /** A remark of the demonstration's own, between what it tells. */
  aside(text: string): void {
    this.#queue([aside(this.#options.clock.now(), text)]);
  }

  chapter(title: string): void {
    this.flush();
    const { paint } = this.#options;
    this.print(`\n${paint("bold", title)}`);
    this.print(headings(paint));
  }

  /** As it is, after all that waits. */
  print(text: string): void {
    this.flush();
    this.#options.write(`${text}\n`);
  }

  flush(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const one of told) for (const line of "type" in one ? this.narrator.tell(one) : [one]) this.#options.write(`${laidOut(line, this.#options.paint)}\n`);
  }

  #queue(told: readonly (BookRecord | Line)[]): void {
    if (this.#waiting.length === 0 && told.length > 0) this.#options.timers.after(0, () => this.flush());
    this.#waiting.push(...told);
  }
}
