/**
 * Where two states differ first; undefined: nowhere. A member that is undefined and one that is not there are the same, as in JSON; so is a
 * book in which nothing stands yet and none.
 */
export function differenceOf(one: unknown, other: unknown, path: string): string | undefined {
  if (Object.is(one, other) || (isNothing(one) && isNothing(other))) return undefined;
  if (one instanceof Map && other instanceof Map)
    return firstOf([...new Set([...one.keys(), ...other.keys()])], (key) => differenceOf(one.get(key), other.get(key), `${path}.${String(key)}`));
  if (one instanceof Set && other instanceof Set) return differenceOf([...one].sort(), [...other].sort(), path);
  if (isObject(one) && isObject(other))
    return firstOf([...new Set([...Object.keys(one), ...Object.keys(other)])], (key) => differenceOf(one[key], other[key], `${path}.${key}`));
  return `${path} is ${text(one)} folded, ${text(other)} in memory`;
}

function firstOf<T>(keys: readonly T[], difference: (key: T) => string | undefined): string | undefined {
  for (const key of keys) {
    const found = difference(key);
    if (found !== undefined) return found;
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
