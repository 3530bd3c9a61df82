/**
 * Things that are much alike, in few bytes and without loss. They are packed a few together, and by what one of their kind looked like: what
 * they have in common with it, and with one another, costs hardly anything.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** One of a kind, as JSON. One text for all that are packed by it. */
export type Likeness<T> = string & { readonly likeness: T };

export interface Packed<T> {
  /** Packed, with one byte for each character; or as they are, while it is not known whether that is worth the time (`packNow`). */
  held: string | readonly T[];
  readonly like: Likeness<T>;
}

/** `like`: what those that were packed before are like; undefined: these are the first, and the next will be packed by them. */
export function pack<T>(parts: readonly T[], like: Likeness<T> = JSON.stringify(parts.slice(0, 1)) as Likeness<T>): Packed<T> {
  return { held: parts, like };
}

/** To the same text whenever it is done: nothing in the parts ever changes. */
export function packNow<T>(packed: Packed<T>): void {
  if (typeof packed.held === "string") return;
  packed.held = deflateRawSync(JSON.stringify(packed.held), { dictionary: Buffer.from(packed.like) }).toString("latin1");
}

export function unpack<T>({ held, like }: Packed<T>): readonly T[] {
  if (typeof held !== "string") return held;
  return JSON.parse(inflateRawSync(Buffer.from(held, "latin1"), { dictionary: Buffer.from(like) }).toString()) as readonly T[]; // what was packed here
}
