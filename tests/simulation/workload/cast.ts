/** Who trades in a session: one to three leaders, one to six followers, and what their copies and accounts are like. */
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { between, pick } from "./draw.ts";

export interface CastCopy {
  readonly id: string;
  readonly leader: string;
  readonly follower: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly rounding: "down" | "nearest" | "up" | "carry";
  readonly capital: { readonly multiplier: readonly [number, number]; readonly maxRatio: readonly [number, number] } | undefined;
  readonly maxLots: number | undefined;
  readonly orphan: "report" | "exit";
  readonly onLeaderFilled: CastPursuit;
  /** From a stream of its own. */
  readonly amoTime: "OPEN" | "OPEN_30" | "PRE_OPEN";
}

/** What the copy does about an order that rests when the leader's has filled; of a chase how far an entry may go, in hundredths of a percent. */
export type CastPursuit =
  | { readonly action: "leave" }
  | { readonly action: "cancel"; readonly afterMs: number }
  | { readonly action: "chase"; readonly afterMs: number; readonly hundredths: number };

export interface Cast {
  readonly leaders: readonly string[];
  readonly followers: readonly string[];
  readonly copies: readonly CastCopy[];
  /** What each follower has, and his copies check (`margin: check`); undefined: more than anybody can spend, and nobody looks. */
  readonly rupees: number | undefined;
  /** What an API order may have at most, from a stream of its own; undefined: no more than the instrument file tells. */
  readonly freezeLots: number | undefined;
  /** Of the first contract, in the copier's instrument file. Rupees. */
  readonly band: { readonly lower: number; readonly upper: number } | undefined;
  /** Rupees of each account at the beginning; undefined: enough, and the same for all. */
  readonly funds: ReadonlyMap<string, number> | undefined;
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

/**
 * Of a session in which accounts follow and lead: one follows another, and is followed himself; by an account that may follow the first as well, and may be
 * followed in its turn.
 */
export function chainOf(seed: number): Cast {
  const random = seededRandom(seed, "chain");
  const [first, second, third, fourth] = ["1000000001", "1000000011", "1000000012", "1000000013"] as const;
  const isLong = random.chance(0.2);
  const pairs = [[first, second], [second, third], ...(isLong ? [[third, fourth]] : random.chance(0.25) ? [[first, third]] : [])] as const;
  const copies = pairs.map(([leader = first, follower = second]) => ({
    ...copyOf(random, leader, follower),
    ...(random.chance(0.2) ? { rounding: "carry" as const } : {}),
    onLeaderFilled: pursuitOf(random),
    amoTime: "OPEN" as const,
  }));
  return {
    band: undefined,
    leaders: isLong ? [first, second, third] : [first, second],
    followers: isLong ? [second, third, fourth] : [second, third],
    copies,
    freezeLots: random.chance(0.15) ? 2 : undefined,
    rupees: undefined,
    funds: undefined,
    ...conditionsOf(random),
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
  // Streams of their own, so that they move nothing else of the cast.
  const pursuits = seededRandom(seed, "pursuit");
  const amoTimes = seededRandom(seed, "after-market times");
  const sizes = seededRandom(seed, "sizes");
  const copies = followers
    .flatMap((follower) => copiesInto(random, leaders, follower))
    .map((copy) => ({
      ...otherwiseSized(sizes, copy),
      onLeaderFilled: pursuitOf(pursuits),
      amoTime: pick(amoTimes, ["OPEN", "OPEN", "OPEN_30", "PRE_OPEN"] as const),
    }));
  return {
    band: pursuits.below(3) === 0 ? { lower: 100, upper: 121 } : undefined,
    leaders: leaders.filter((leader) => copies.some((copy) => copy.leader === leader)),
    followers,
    copies,
    freezeLots: freezeOf(seed),
    rupees: copies.some(({ capital }) => capital !== undefined) ? undefined : rupeesOf(seed),
    funds: copies.some(({ capital }) => capital !== undefined)
      ? new Map([...leaders, ...followers].map((client) => [client, pick(sizes, FUNDS_RUPEES)]))
      : undefined,
    ...conditionsOf(random),
  };
}

/** What the accounts' broker and the wires are like. */
function conditionsOf(random: Random): Pick<Cast, "perSecond" | "modificationsPerOrder" | "wireMs" | "exchangeDelayMs" | "dialect"> {
  return {
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

/** In some sessions most orders are above it. */
function freezeOf(seed: number): number | undefined {
  const random = seededRandom(seed, "freeze");
  return random.chance(0.25) ? pick(random, [1, 2, 3, 5]) : undefined;
}

/** From a stream of its own, so that a seed is otherwise the session that it was. A lot costs some 9,000. */
function rupeesOf(seed: number): number | undefined {
  const random = seededRandom(seed, "purse");
  return random.below(4) === 0 ? pick(random, [10_000, 25_000, 60_000, 150_000]) : undefined;
}

/** More than any session spends. */
export const FUNDS_RUPEES = [200_000_000, 333_333_333, 500_000_000, 1_000_000_000] as const;

/** Some copies carry what rounding leaves over, and some are sized by capital. */
function otherwiseSized<T extends Omit<CastCopy, "amoTime" | "onLeaderFilled">>(sizes: Random, copy: T): T {
  const carries = sizes.chance(0.25);
  const isByCapital = sizes.chance(0.15);
  return {
    ...copy,
    ...(carries ? { rounding: "carry" } : {}),
    ...(isByCapital
      ? {
          capital: {
            multiplier: pick(sizes, MULTIPLIERS),
            maxRatio: pick(sizes, [
              [1, 1],
              [2, 1],
            ] as const),
          },
        }
      : {}),
  };
}

const MULTIPLIERS = [
  [1, 1],
  [1, 2],
  [5, 4],
] as const;

function ids(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(1_000_000_000 + first + index));
}

function pursuitOf(random: Random): CastPursuit {
  const afterMs = pick(random, [300, 1_000, 3_000]);
  switch (pick(random, ["leave", "leave", "chase", "chase", "cancel"] as const)) {
    case "leave":
      return { action: "leave" };
    case "cancel":
      return { action: "cancel", afterMs };
    case "chase":
      return { action: "chase", afterMs, hundredths: pick(random, [50, 200, 1_500]) };
  }
}

/** Most follow one leader; some follow two, whose copies keep separate books. */
function copiesInto(random: Random, leaders: readonly string[], follower: string): readonly Omit<CastCopy, "amoTime" | "onLeaderFilled">[] {
  const first = pick(random, leaders);
  const second = random.below(4) === 0 ? leaders.find((leader) => leader !== first) : undefined;
  return [first, ...(second === undefined ? [] : [second])].map((leader) => copyOf(random, leader, follower));
}

function copyOf(random: Random, leader: string, follower: string): Omit<CastCopy, "amoTime" | "onLeaderFilled"> {
  const [numerator, denominator] = pick(random, RATIOS);
  return {
    id: `${leader}-${follower}`,
    leader,
    follower,
    numerator,
    denominator,
    rounding: pick(random, ["down", "down", "nearest", "up"] as const),
    capital: undefined,
    maxLots: random.below(5) === 0 ? between(random, 2, 6) : undefined,
    orphan: pick(random, ["report", "report", "exit"] as const),
  };
}
