/** What stands in a configuration, leaf by leaf: so that a proof can say that nothing but its own leaf was changed. */
export type Written = Readonly<Record<string, unknown>>;

/** The leaves that two mappings do not have in common, with their key patterns under `at`. */
export function leavesApart(one: Written, other: Written, at: string): readonly string[] {
  const ours = new Map(leavesOf(one, at));
  const theirs = new Map(leavesOf(other, at));
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => ours.get(key) !== theirs.get(key));
}

function leavesOf(written: Written, at: string): readonly (readonly [string, string])[] {
  return Object.entries(written).flatMap(([name, value]) =>
    isMapping(value) ? leavesOf(value, `${at}.${name}`) : [[`${at}.${name}`, JSON.stringify(value)] as const],
  );
}

function isMapping(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
