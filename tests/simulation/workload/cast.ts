/** Who trades in a session: one to three leaders, one to six followers, and what their copies and accounts are like. */
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { between, pick } from "./draw.ts";

export interface CastCopy {
  readonly id: string;
  readonly leader: string;
  readonly follower: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly rounding: "down" | "nearest" | "up";
  readonly maxLots: number | undefined;
  readonly orphan: "report" | "exit";
  /** From a stream of its own. */
  readonly amoTime: "OPEN" | "OPEN_30" | "PRE_OPEN";
}

export interface Cast {
  readonly leaders: readonly string[];
  readonly followers: readonly string[];
  readonly copies: readonly CastCopy[];
  readonly perSecond: number;
  readonly modificationsPerOrder: number;
  /** Each way, at least and at most. */
  readonly wireMs: readonly [number, number];
  readonly exchangeDelayMs: number;
  readonly dialect: {
    readonly casing: "camel" | "pascal" | "mixed";
    readonly partialFill: "Part-Traded" | "Part_Traded" | "Traded" | "Pending";
    readonly transitFrames: "sent" | "skipped";
    readonly orderById: "array" | "object";
    readonly correlationMiss: "DH-905" | "DH-906" | "DH-907" | "404" | "empty";
    readonly deadToken: "DH-901" | "DH-906";
  };
}

const RATIOS = [
  [1, 2],
  [1, 1],
  [1, 3],
  [2, 1],
  [3, 4],
] as const;

export function castOf(seed: number): Cast {
  const random = seededRandom(seed, "cast");
  const leaders = ids(1, pick(random, [1, 1, 1, 2, 3]));
  const followers = ids(11, pick(random, [1, 1, 2, 2, 3, 4, 6]));
  const amoTimes = seededRandom(seed, "after-market times");
  const copies = followers
    .flatMap((follower) => copiesInto(random, leaders, follower))
    .map((copy) => ({ ...copy, amoTime: pick(amoTimes, ["OPEN", "OPEN", "OPEN_30", "PRE_OPEN"] as const) }));
  return {
    leaders: leaders.filter((leader) => copies.some((copy) => copy.leader === leader)),
    followers,
    copies,
    perSecond: pick(random, [3, 5, 10, 10]),
    modificationsPerOrder: pick(random, [3, 6, 25]),
    wireMs: pick(random, [
      [1, 1],
      [1, 8],
      [5, 40],
    ] as const),
    exchangeDelayMs: pick(random, [1, 5, 20]),
    dialect: {
      casing: pick(random, ["camel", "camel", "pascal", "mixed"]),
      partialFill: pick(random, ["Part-Traded", "Part_Traded", "Traded", "Pending"]),
      transitFrames: pick(random, ["sent", "skipped"]),
      orderById: pick(random, ["array", "object"]),
      correlationMiss: pick(random, ["DH-905", "DH-906", "DH-907", "404", "empty"]),
      deadToken: pick(random, ["DH-901", "DH-906"]),
    },
  };
}

function ids(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(1_000_000_000 + first + index));
}

/** Most follow one leader; some follow two, whose copies keep separate books. */
function copiesInto(random: Random, leaders: readonly string[], follower: string): readonly Omit<CastCopy, "amoTime">[] {
  const first = pick(random, leaders);
  const second = random.below(4) === 0 ? leaders.find((leader) => leader !== first) : undefined;
  return [first, ...(second === undefined ? [] : [second])].map((leader) => {
    const [numerator, denominator] = pick(random, RATIOS);
    return {
      id: `${leader}-${follower}`,
      leader,
      follower,
      numerator,
      denominator,
      rounding: pick(random, ["down", "down", "nearest", "up"] as const),
      maxLots: random.below(5) === 0 ? between(random, 2, 6) : undefined,
      orphan: pick(random, ["report", "report", "exit"] as const),
    };
  });
}
