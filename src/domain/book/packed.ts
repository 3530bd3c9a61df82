/**
 * Things that are much alike, in few bytes and without loss. They are packed a few together, and by what one of their kind looked like: what
 * they have in common with it, and with one another, costs hardly anything.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** One of a kind, as JSON. One text for all that are packed by it. */
export type Likeness<T> = string & { readonly likeness: T };

export interface Packed<T> {
  /** With one byte for each character. */
  readonly text: string;
  readonly like: Likeness<T>;
}

/** `like`: what those that were packed before are like; undefined: these are the first, and the next will be packed by them. */
export function pack<T>(parts: readonly T[], like: Likeness<T> = JSON.stringify(parts.slice(0, 1)) as Likeness<T>): Packed<T> {
  return { text: deflateRawSync(JSON.stringify(parts), { dictionary: Buffer.from(like) }).toString("latin1"), like };
}

export function unpack<T>({ text, like }: Packed<T>): readonly T[] {
  return JSON.parse(inflateRawSync(Buffer.from(text, "latin1"), { dictionary: Buffer.from(like) }).toString()) as readonly T[]; // what was packed here
}
