import { allGlances, type Glances } from "../../../src/domain/book/glances.ts";
import { type Packed, unpack } from "../../../src/domain/book/packed.ts";
import { MemoryShelf } from "../../../src/domain/book/shelf.example.ts";

/**
 * Where two states differ first; undefined: nowhere. A member that is undefined and one that is not there are the same, as in JSON; so is a
 * book in which nothing stands yet and none. What is packed is compared by what is in it, wherever it lies: one that was
 * taken back and packed again has another text for the same.
 */
export function differenceOf(one: unknown, other: unknown, path: string): string | undefined {
  if (Object.is(one, other) || one instanceof MemoryShelf || other instanceof MemoryShelf) return undefined;
  if (isPacked(one) && isPacked(other)) return differenceOf(laidOpen(one), laidOpen(other), path);
  if (isGlances(one) && isGlances(other)) return differenceOf(new Map(allGlances(one)), new Map(allGlances(other)), path);
  if (one instanceof Map && other instanceof Map) return differenceIn(members(one), members(other), path);
  if (one instanceof Set && other instanceof Set) return differenceOf([...one].sort(), [...other].sort(), path);
  if (isObject(one) && isObject(other)) return differenceIn(fields(one), fields(other), path);
  return isNothing(one) && isNothing(other) ? undefined : `${path} is ${text(one)} folded, ${text(other)} in memory`;
}

function isGlances(value: unknown): value is Glances {
  return isObject(value) && value["whats"] instanceof Int32Array;
}

function isPacked(value: unknown): value is Packed<unknown> {
  return isObject(value) && "held" in value && "like" in value;
}

function laidOpen({ held, like, ...beside }: Packed<unknown>): unknown {
  return { ...beside, held: unpack({ held, like }) };
}

interface Members {
  readonly keys: Iterable<string>;
  of(key: string): unknown;
}

function members(map: ReadonlyMap<string, unknown>): Members {
  return { keys: map.keys(), of: (key) => map.get(key) };
}

function fields(object: Readonly<Record<string, unknown>>): Members {
  return { keys: Object.keys(object), of: (key) => object[key] };
}

/** Two states have a hundred thousand members that are equal: where they stand is worked out for those alone that differ. */
function differenceIn(ones: Members, others: Members, path: string): string | undefined {
  for (const key of ones.keys) {
    const found = differenceOf(ones.of(key), others.of(key), "");
    if (found !== undefined) return `${path}.${key}${found}`;
  }
  for (const key of others.keys) {
    const found = ones.of(key) === undefined ? differenceOf(undefined, others.of(key), "") : undefined;
    if (found !== undefined) return `${path}.${key}${found}`;
  }
  return undefined;
}

function isNothing(value: unknown): boolean {
  if (value === undefined) return true;
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  return isObject(value) && !Array.isArray(value) && Object.values(value).every(isNothing);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Map) && !(value instanceof Set);
}

function text(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 200);
}
