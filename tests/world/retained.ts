/**
 * What an object holds on to: the sizes of all maps, sets and lists that can be reached from it, private fields included, by the way to them. For
 * tests that count what stays in memory. By the inspector's eyes, which see what no other code does.
 */
import { Session } from "node:inspector";

/**
 * Elements in all collections at the end of a way; parts of a way through a map or a list are `*`. What keeps its own count of what is in it (`size`) counts by that:
 * arrays of numbers have room for more than they hold.
 */
export type Retained = Readonly<Record<string, number>>;

interface Seen {
  readonly type: string;
  readonly subtype?: string;
  readonly className?: string;
  readonly description?: string;
  /** Of what is no object. */
  readonly value?: unknown;
  readonly objectId?: string;
}

interface Property {
  readonly name: string;
  readonly value?: Seen;
}

/** `isOutside`: a way that is not followed, because what is there is not of the object: a clock, a disk, the world around it. */
export function retained(root: object, isOutside: (way: string) => boolean): Retained {
  const session = new Session();
  session.connect();
  const slot = Symbol.for("lockstep.retained");
  const shelf = globalThis as unknown as Record<symbol, { readonly root: object; readonly met: WeakSet<object> } | undefined>;
  shelf[slot] = { root, met: new WeakSet() };
  try {
    return walk(session, isOutside);
  } finally {
    shelf[slot] = undefined;
    session.disconnect();
  }
}

function walk(session: Session, isOutside: (way: string) => boolean): Retained {
  const sizes: Record<string, number> = {};
  const first = ask<{ readonly result: Seen }>(session, "Runtime.evaluate", { expression: `${SHELF}.root` }).result;
  const waiting: { readonly way: string; readonly seen: Seen }[] = [{ way: "", seen: first }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { way, seen } = next;
    if (seen.objectId === undefined || isOutside(way) || !isMetFirst(session, seen.objectId)) continue;
    const size = sizeOf(seen);
    if (size !== undefined) sizes[way] = (sizes[way] ?? 0) + size;
    const told = ask<{
      readonly result: readonly Property[];
      readonly privateProperties?: readonly Property[];
      readonly internalProperties?: readonly Property[];
    }>(session, "Runtime.getProperties", { objectId: seen.objectId, ownProperties: true });
    for (const { value } of told.internalProperties?.filter(({ name }) => name === "[[Scopes]]") ?? [])
      if (value !== undefined) waiting.push(...enclosed(session, way, value));
    const entries = told.internalProperties?.filter(({ name }) => name === "[[Entries]]") ?? [];
    for (const { value } of entries) if (value !== undefined) waiting.push(...entriesOf(session, way, value));
    if (entries.length > 0) continue;
    const own = told.result.find(({ name }) => name === "size")?.value?.value;
    if (typeof own === "number") sizes[way] = (sizes[way] ?? 0) + own;
    for (const { name, value } of [...told.result, ...(told.privateProperties ?? [])])
      if (value !== undefined) waiting.push({ way: seen.subtype === "array" ? `${way}.*` : `${way}.${name}`, seen: value });
  }
  return sizes;
}

const SHELF = 'globalThis[Symbol.for("lockstep.retained")]';

/** Keys are texts and numbers: only values are followed. */
function entriesOf(session: Session, way: string, { objectId }: Seen): readonly { readonly way: string; readonly seen: Seen }[] {
  const all = ask<{ readonly result: readonly Property[] }>(session, "Runtime.getProperties", { objectId, ownProperties: true }).result;
  return all.flatMap(({ value }) => {
    if (value?.subtype !== "internal#entry") return [];
    const entry = ask<{ readonly result: readonly Property[] }>(session, "Runtime.getProperties", { objectId: value.objectId, ownProperties: true }).result;
    const held = entry.find(({ name }) => name === "value")?.value;
    return held === undefined ? [] : [{ way: `${way}.*`, seen: held }];
  });
}

/** What a function closes over, but for its module. */
function enclosed(session: Session, way: string, { objectId }: Seen): readonly { readonly way: string; readonly seen: Seen }[] {
  const scopes = ask<{ readonly result: readonly Property[] }>(session, "Runtime.getProperties", { objectId, ownProperties: true }).result;
  return scopes.flatMap(({ value }) => {
    if (value?.description?.startsWith("Closure") !== true) return [];
    const variables = ask<{ readonly result: readonly Property[] }>(session, "Runtime.getProperties", { objectId: value.objectId, ownProperties: true }).result;
    return variables.flatMap(({ name, value: held }) => (held === undefined ? [] : [{ way: `${way}(${name})`, seen: held }]));
  });
}

function isMetFirst(session: Session, objectId: string): boolean {
  const functionDeclaration = `function () { const { met } = ${SHELF}; if (met.has(this)) return false; met.add(this); return true; }`;
  return ask<{ readonly result: { readonly value: boolean } }>(session, "Runtime.callFunctionOn", { objectId, functionDeclaration, returnByValue: true }).result
    .value;
}

/** `Map(3)` */
function sizeOf({ subtype, description = "" }: Seen): number | undefined {
  if (subtype !== "map" && subtype !== "set" && subtype !== "array") return undefined;
  return Number(/\((\d+)\)$/.exec(description)?.[1] ?? Number.NaN);
}

function ask<T>(session: Session, method: string, parameters: object): T {
  let answer: T | undefined;
  // In one thread the answer comes before `post` returns.
  session.post(method, parameters, (error, told) => {
    if (error !== null) throw new Error(`${method}: ${error.message}`);
    answer = told as T;
  });
  if (answer === undefined) throw new Error(`${method}: no answer`);
  return answer;
}
