/** Who takes part: one leader and his followers, with tokens that open nothing. */
export interface Person {
  readonly name: string;
  readonly clientId: string;
  readonly token: string;
}

export interface Cast {
  readonly leader: Person;
  readonly followers: readonly Person[];
}

const LEADER_CLIENT_ID = 1_000_000_001;

export function castOf(followers: number): Cast {
  return { leader: person("leader", 0), followers: Array.from({ length: followers }, (_, index) => person(`follower${index + 1}`, index + 1)) };
}

/** The token is as long as a real one, so that the requests are. */
function person(name: string, index: number): Person {
  return { name, clientId: String(LEADER_CLIENT_ID + index), token: `bench-${name}-`.padEnd(250, "x") };
}

/** Whose token it is; undefined: nobody's. */
export function clientIdOf(token: string | undefined): string | undefined {
  const [, name, number = "0"] = /^bench-(leader|follower(\d+))-/.exec(token ?? "") ?? [];
  return name === undefined ? undefined : String(LEADER_CLIENT_ID + Number(number));
}
