/**
 * Things that are much alike, in few bytes and without loss. They are packed a few together, and by what one of their kind looked like: what
 * they have in common with it, and with one another, costs hardly anything.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Kept, Shelf } from "./shelf.ts";

/** One of a kind, as JSON. One text for all that are packed by it. */
export type Likeness<T> = string & { readonly likeness: T };

export interface Packed<T> {
  /**
   * Packed, on a shelf; where that has no room, in memory, with one byte for each character. Or as they are, while it is not known whether that is
   * worth the time (`packNow`).
   */
  held: Kept | string | readonly T[];
  readonly like: Likeness<T>;
}

/** `like`: what those that were packed before are like; undefined: these are the first, and the next will be packed by them. */
export function pack<T>(parts: readonly T[], like: Likeness<T> = JSON.stringify(parts.slice(0, 1)) as Likeness<T>): Packed<T> {
  return { held: parts, like };
}

/** To the same text whenever it is done: nothing in the parts ever changes. */
export function packNow<T>(packed: Packed<T>, shelf?: Shelf): void {
  if (isPacked(packed.held)) return;
  const bytes = deflateRawSync(JSON.stringify(packed.held), { dictionary: Buffer.from(packed.like) });
  packed.held = shelf?.put(bytes) ?? bytes.toString("latin1");
}

/** They lie on a shelf that is about to be cleared: answers how they are laid down again. */
export function lifted<T>(packed: Packed<T>): ((shelf: Shelf) => void) | undefined {
  const { held } = packed;
  if (typeof held === "string" || !isPacked(held)) return undefined;
  const bytes = held.read();
  return (shelf) => {
    packed.held = shelf.put(bytes) ?? Buffer.from(bytes).toString("latin1");
  };
}

export function unpack<T>({ held, like }: Packed<T>): readonly T[] {
  if (!isPacked(held)) return held;
  const bytes = typeof held === "string" ? Buffer.from(held, "latin1") : held.read();
  return JSON.parse(inflateRawSync(bytes, { dictionary: Buffer.from(like) }).toString()) as readonly T[]; // what was packed here
}

function isPacked<T>(held: Packed<T>["held"]): held is Kept | string {
  return !Array.isArray(held);
}
