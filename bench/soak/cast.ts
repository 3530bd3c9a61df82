/** Who takes part in a soak. */
export const LEADER = "1000000001";

export interface Person {
  readonly name: string;
  readonly clientId: string;
  readonly token: string;
}

/** The leader first, then so many followers. */
export function castOf(followers: number): readonly Person[] {
  return Array.from({ length: followers + 1 }, (_, index) => {
    const name = index === 0 ? "leader" : `follower${index}`;
    return { name, clientId: String(Number(LEADER) + index), token: `simulated-${name}` };
  });
}
