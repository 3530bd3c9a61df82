/** What a simulated disk stores on: the in-memory peer of the SQLite store, or a real SQLite file (file-medium.ts). */
import { MemoryDisk } from "../../../src/adapters/journal/memory.ts";
import type { JournalReader } from "../../../src/adapters/journal/reader.ts";
import type { UnixMs } from "../../../src/domain/time.ts";
import type { Journal } from "../../../src/engine/ports/journal.ts";

/** What becomes of a batch during whose writing the power is cut: before its commit mark is on the medium it is unsynced. */
export type Fate = "drop" | "tear" | "keep";

export interface Medium {
  open(): Journal;
  /** Everything that is stored at this moment; later appends are not seen, and nothing is held. */
  reader(): JournalReader;
  /** The process that has the journal open dies. */
  crash(): void;
  /**
   * The power is cut while `write` writes a batch: it is dropped, torn (some of it is there and the commit mark is not), or kept (the mark
   * is there, and the process did not live to hear of it). Nothing that is written afterwards is kept.
   */
  cutPower(fate: Fate, write: () => void): void;
  /** The file is gone. Nobody has it open. */
  lose(): void;
  /** Only the first `records` are left, and a record of that: as a journal is mended whose end was damaged (decision 11). Nobody has it open. */
  cutAfter(records: number, at: UnixMs): void;
  /** Takes away whatever the session has left on the machine. */
  remove(): void;
}

export class MemoryMedium implements Medium {
  #disk = new MemoryDisk();

  open(): Journal {
    return this.#disk.open();
  }

  reader(): JournalReader {
    return this.#disk.reader();
  }

  crash(): void {
    this.#disk.crash();
  }

  /** Records without a commit mark were never there, so a torn batch is a dropped one. */
  cutPower(fate: Fate, write: () => void): void {
    if (fate === "keep") write();
  }

  lose(): void {
    this.#disk = new MemoryDisk();
  }

  cutAfter(records: number, at: UnixMs): void {
    this.#disk.crash();
    this.#disk.cutAfter(records, at);
  }

  remove(): void {}
}
