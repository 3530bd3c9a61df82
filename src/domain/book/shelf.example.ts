/** A shelf for tests, in memory: it has room for some of what is put there only, as one on a disk may. */
import { assert } from "../assert.ts";
import type { Kept, Shelf } from "./shelf.ts";

export class MemoryShelf implements Shelf {
  readonly #mayTake: (put: number) => boolean;
  #lying = new Set<LyingThere>();
  #put = 0;

  /** `room`: for the first so many; else it refuses one in five. */
  constructor({ room }: { readonly room?: number } = {}) {
    this.#mayTake = (put) => (room === undefined ? put % 5 !== 0 : put <= room);
  }

  get size(): number {
    return this.#lying.size;
  }

  put(bytes: Uint8Array): LyingThere | undefined {
    this.#put += 1;
    if (!this.#mayTake(this.#put)) return undefined;
    const kept = new LyingThere(this, Uint8Array.from(bytes));
    this.#lying.add(kept);
    return kept;
  }

  has(kept: LyingThere): boolean {
    return this.#lying.has(kept);
  }

  clear(): void {
    this.#lying = new Set();
    this.#put = 0;
  }
}

export class LyingThere implements Kept {
  readonly #shelf: MemoryShelf;
  readonly #bytes: Uint8Array;

  constructor(shelf: MemoryShelf, bytes: Uint8Array) {
    this.#shelf = shelf;
    this.#bytes = bytes;
  }

  read(): Uint8Array {
    assert(this.#shelf.has(this), "it does not lie there any more");
    return this.#bytes;
  }
}
