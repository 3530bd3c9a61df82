/**
 * The journal's medium in the simulated world: the in-memory peer of the SQLite store, and what a power cut does to a batch that is just
 * being written. Before its commit mark is on the medium a batch is unsynced: at the cut it is dropped, torn (some of its records are
 * there and the mark is not), or kept (the mark is there, and the process did not live to hear of it).
 */

import { MemoryDisk } from "../../../src/adapters/journal/memory.ts";
import type { JournalReader } from "../../../src/adapters/journal/reader.ts";
import type { UnixMs } from "../../../src/domain/time.ts";
import { type Append, type Journal, JournalFault } from "../../../src/engine/ports/journal.ts";
import type { Disk } from "../../world/world.ts";
import type { JournalLine } from "../auditor/observed.ts";

export type Fate = "drop" | "tear" | "keep";

export interface DiskEvents {
  /** A batch is durable. */
  durable(lines: readonly JournalLine[]): void;
  /** The power is cut while a batch is being written. */
  cut(fate: Fate): void;
}

export class SimulatedDisk implements Disk {
  #synced = new MemoryDisk();
  /** Records of a batch without a commit mark, as a cut left them. */
  #unsynced: JournalLine[] = [];
  #armed: { readonly fate: Fate; after: number } | undefined;
  #isOff = false;
  #isFull = false;
  readonly #events: DiskEvents;

  constructor(events: DiskEvents) {
    this.#events = events;
  }

  open(): Journal {
    // What has no commit mark was never there: recovery cuts it off.
    this.#unsynced = [];
    this.#isOff = false;
    this.#isFull = false;
    this.#armed = undefined;
    const journal = this.#synced.open();
    return {
      append: (batch) => this.#append(batch, () => journal.append(batch)),
      read: (from) => journal.read(from),
      heads: () => journal.heads(),
      close: () => journal.close(),
    };
  }

  /** What a cut left on the medium without a commit mark. */
  get unsynced(): readonly JournalLine[] {
    return this.#unsynced;
  }

  reader(): JournalReader {
    return this.#synced.reader();
  }

  crash(): void {
    this.#synced.crash();
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

  /** The file is gone. */
  lose(): void {
    this.#synced = new MemoryDisk();
  }

  /** Only the first `records` are left, and a record of that: as the file's journal is mended when its end is damaged (decision 11). */
  cutAfter(records: number, at: UnixMs): void {
    this.#synced.crash();
    this.#synced.cutAfter(records, at);
  }

  #append(batch: readonly Append[], write: () => void): void {
    if (this.#isOff) return;
    if (this.#isFull) throw new JournalFault("full", "no room is left on the simulated disk");
    const lines = batch.flatMap(({ records }) => records.map((record): JournalLine => ({ ...record })));
    if (this.#armed !== undefined && this.#armed.after === 0) {
      const { fate } = this.#armed;
      if (fate === "tear") this.#unsynced = lines.slice(0, Math.ceil(lines.length / 2));
      if (fate === "keep") {
        write();
        this.#events.durable(lines);
      }
      this.#isOff = true;
      this.#events.cut(fate);
      return;
    }
    if (this.#armed !== undefined) this.#armed.after -= 1;
    write();
    this.#events.durable(lines);
  }
}
