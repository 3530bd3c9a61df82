/** The journal's disk in the simulated world: what is durable and what is not, when it is full, and when the power is cut. */
import type { JournalReader } from "../../../src/adapters/journal/reader.ts";
import type { UnixMs } from "../../../src/domain/time.ts";
import { type Append, type Journal, JournalFault } from "../../../src/engine/ports/journal.ts";
import type { Disk } from "../../world/world.ts";
import type { JournalLine } from "../auditor/observed.ts";
import type { Fate, Medium } from "./medium.ts";

export interface DiskEvents {
  /** A batch is durable. */
  durable(lines: readonly JournalLine[]): void;
  /** The power is cut while a batch is being written. */
  cut(fate: Fate): void;
}

export class SimulatedDisk implements Disk {
  readonly #medium: Medium;
  #armed: { readonly fate: Fate; after: number } | undefined;
  #isOff = false;
  #isFull = false;
  readonly #events: DiskEvents;

  constructor(medium: Medium, events: DiskEvents) {
    this.#medium = medium;
    this.#events = events;
  }

  open(): Journal {
    this.#isOff = false;
    this.#isFull = false;
    this.#armed = undefined;
    const journal = this.#medium.open();
    return {
      append: (batch) => this.#append(batch, () => journal.append(batch)),
      read: (from) => journal.read(from),
      heads: () => journal.heads(),
      close: () => journal.close(),
    };
  }

  reader(): JournalReader {
    return this.#medium.reader();
  }

  crash(): void {
    this.#medium.crash();
    this.#isOff = true;
  }

  /** The power is cut while the batch after the next `after` ones is being written. */
  cutPower(fate: Fate, after: number): void {
    this.#armed = { fate, after };
  }

  /** No batch more fits, until the process is started again with room made. */
  fill(): void {
    this.#isFull = true;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  lose(): void {
    this.#medium.lose();
  }

  cutAfter(records: number, at: UnixMs): void {
    this.#medium.cutAfter(records, at);
  }

  #append(batch: readonly Append[], write: () => void): void {
    if (this.#isOff) return;
    if (this.#isFull) throw new JournalFault("full", "no room is left on the simulated disk");
    const durable = (): void => this.#events.durable(batch.flatMap(({ records }) => records.map((record): JournalLine => ({ ...record }))));
    if (this.#armed !== undefined && this.#armed.after === 0) {
      const { fate } = this.#armed;
      this.#medium.cutPower(fate, write);
      if (fate === "keep") durable();
      this.#isOff = true;
      this.#events.cut(fate);
      return;
    }
    if (this.#armed !== undefined) this.#armed.after -= 1;
    write();
    durable();
  }
}
