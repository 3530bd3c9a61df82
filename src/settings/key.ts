/** Where something stands in the file. */
export type KeyPath = readonly (string | number)[];

/** `copies[0].sizing.ratio`; empty for the file as a whole. A key that is none of ours may be a secret, so only plain words are shown. */
export function keyText(path: KeyPath): string {
  return path.map((step, at) => (typeof step === "number" ? `[${step}]` : `${at === 0 ? "" : "."}${plainWord(step)}`)).join("");
}

/** `copies[].sizing.ratio`: the same for every place in a list. */
export function keyPattern(path: KeyPath): string {
  return keyText(path).replace(/\[\d+\]/g, "[]");
}

export function isWithin(path: KeyPath, whole: KeyPath): boolean {
  return whole.length <= path.length && whole.every((step, at) => step === path[at]);
}

/** What stands at a place in plain data; undefined when nothing does. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((inner, step) => (isMapping(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined), data);
}

/** Lists count: they map places to items. */
export function isMapping(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

function plainWord(key: string): string {
  return /^(?!eyJ)[A-Za-z][A-Za-z_-]{0,29}$/.test(key) ? key : "(a key that is not shown)";
}
