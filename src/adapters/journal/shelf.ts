/**
 * A shelf in a file beside the journal (src/domain/book/shelf.ts), so that what is over in a busy day weighs on the disk and not in memory. It holds
 * nothing that the journal does not: made anew at each start, never synced, and gone from its folder as soon as it is open, where the system lets an
 * open file lose its name.
 *
 * Written some hundred bundles at a time, in the moments in which mirrors are put away. Where the disk takes nothing, what has no room stays in memory.
 */
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { assert } from "../../domain/assert.ts";
import type { Kept, Shelf } from "../../domain/book/shelf.ts";

/** So much is written at once. */
const WAITING_BYTES = 65_536;

/** Answers why, where no such file can be made: everything stays in memory then. Whoever opens it owns the journal, so nobody else has it open. */
export function openShelf(path: string): FileShelf | Error {
  try {
    rmSync(path, { force: true });
    // What a person trades is nobody else's business.
    const shelf = new FileShelf(openSync(path, "wx+", 0o600), path);
    shelf.hide();
    return shelf;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Made by `openShelf`. */
export class FileShelf implements Shelf {
  /** Undefined: closed. Its number may be another file's by then. */
  #file: number | undefined;
  readonly #path: string;
  readonly #waiting = Buffer.alloc(WAITING_BYTES);
  /** Bytes that are in the file. */
  #written = 0;
  /** Bytes that wait to be. */
  #waits = 0;

  constructor(file: number, path: string) {
    this.#file = file;
    this.#path = path;
  }

  put(bytes: Uint8Array): Kept | undefined {
    if (this.#file === undefined || bytes.length > WAITING_BYTES) return undefined;
    if (this.#waits + bytes.length > WAITING_BYTES && !this.#write(this.#file)) return undefined;
    const at = this.#written + this.#waits;
    this.#waiting.set(bytes, this.#waits);
    this.#waits += bytes.length;
    return new Lying(this, at, bytes.length, crc32(bytes));
  }

  /** What lies there; undefined: it cannot be read. */
  read(at: number, length: number): Buffer | undefined {
    if (this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(length);
    if (at >= this.#written) return this.#waiting.copy(bytes, 0, at - this.#written, at - this.#written + length) === length ? bytes : undefined;
    try {
      let read = 0;
      for (let more = 1; read < length && more > 0; read += more) more = readSync(this.#file, bytes, read, length - read, at + read);
      return read === length ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  clear(): void {
    this.#waits = 0;
    this.#written = 0;
    if (this.#file === undefined) return;
    try {
      ftruncateSync(this.#file);
    } catch {
      // What is there is written over.
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    this.hide();
  }

  /** Takes its name off it. */
  hide(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Some systems let nobody while it is open; the next start does.
    }
  }

  /** False: the disk does not take it. It waits on, and what is asked of it is answered from there. */
  #write(file: number): boolean {
    try {
      for (let done = 0; done < this.#waits; ) done += writeSync(file, this.#waiting, done, this.#waits - done, this.#written + done);
    } catch {
      return false;
    }
    this.#written += this.#waits;
    this.#waits = 0;
    return true;
  }
}

class Lying implements Kept {
  readonly #shelf: FileShelf;
  readonly #at: number;
  readonly #length: number;
  readonly #check: number;

  constructor(shelf: FileShelf, at: number, length: number, check: number) {
    this.#shelf = shelf;
    this.#at = at;
    this.#length = length;
    this.#check = check;
  }

  read(): Uint8Array {
    const bytes = this.#shelf.read(this.#at, this.#length);
    const isThere = bytes !== undefined && crc32(bytes) === this.#check;
    assert(isThere, "what was put away is not on the disk as it was written; the next start has it from the journal");
    return bytes;
  }
}
