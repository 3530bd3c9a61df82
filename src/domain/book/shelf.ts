/**
 * Where the texts of what is put away may lie so as not to weigh in memory: a place for bytes, and no journal. Everything on it comes from the
 * fold, and the next start lays it down anew. What is told of the book never depends on whether something lies there or in memory.
 */

/** Some bytes that lie on a shelf. */
export interface Kept {
  /** As they were put there. Throws where they are not any more: the journal has everything, and a new start folds it. */
  read(): Uint8Array;
}

export interface Shelf {
  /** Undefined: there is no room for them, and whoever has them keeps them. */
  put(bytes: Uint8Array): Kept | undefined;
  /** Nothing of what lies there is asked for any more. */
  clear(): void;
}
