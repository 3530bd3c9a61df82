/**
 * What must hold between the parts of the file: names that are unique and known, copies that form no circle, limits that
 * Dhan allows. Looks at whatever can be read, so that these problems are named beside the others and not after them.
 */
import { z } from "zod";
import { found } from "./found.ts";
import type { KeyPath } from "./key.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Finding } from "./problem.ts";

const word = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);

/** Dhan's limits per account (reference 10.3). Ten a second is also the regulator's line. */
const DHAN_LIMITS = { perSecond: 10, perMinute: 250, perHour: 1000, perDay: 7000, modificationsPerOrder: 25 } as const;
const DHAN_HOST = "api.dhan.co";

const outlinedAccount = z.object({
  id: word,
  clientId: word,
  rateLimits: z.record(z.string(), count).catch({}),
});
const outlinedCopy = z.object({
  id: word,
  leader: word,
  follower: word,
  enabled: z.boolean().catch(true),
  forever: word,
  sizing: z.object({ mode: word, rounding: word, lots: count, minLots: count, maxLots: count }).catch({}),
});
const outlineOf = z
  .object({
    dhan: z.object({ rest: z.string().catch("") }).catch({ rest: "" }),
    accounts: z.array(outlinedAccount.catch({ id: undefined, clientId: undefined, rateLimits: {} })).catch([]),
    copies: z.array(outlinedCopy.catch({ id: undefined, leader: undefined, follower: undefined, enabled: true, forever: undefined, sizing: {} })).catch([]),
  })
  .catch({ dhan: { rest: "" }, accounts: [], copies: [] });

type Outline = z.output<typeof outlineOf>;

interface PlacedCopy {
  readonly at: number;
  readonly leader: string;
  readonly follower: string;
}

export function checkRelations(data: unknown): readonly Finding[] {
  const outline = outlineOf.parse(data);
  const enabled = enabledPairs(outline);
  return [
    ...repeated(
      "accounts",
      "id",
      outline.accounts.map(({ id }) => id),
    ),
    ...repeated(
      "accounts",
      "clientId",
      outline.accounts.map(({ clientId }) => clientId),
    ),
    ...repeated(
      "copies",
      "id",
      outline.copies.map(({ id }) => id),
    ),
    ...unknownAccounts(outline),
    ...copiesOfOneself(outline),
    ...repeatedPairs(enabled),
    ...circles(enabled),
    ...foreverInChains(outline),
    ...noneEnabled(outline),
    ...impossibleSizes(outline),
    ...limitsAboveDhans(outline),
  ];
}

function repeated(list: string, key: string, words: readonly (string | undefined)[]): readonly Finding[] {
  return words.flatMap((written, at) => {
    const first = words.indexOf(written);
    if (written === undefined || first === at) return [];
    const path = [list, at, key];
    return [{ path, sentence: `expected one that is used once, found ${found(written, path)}, which ${list}[${first}] has too` }];
  });
}

function unknownAccounts({ accounts, copies }: Outline): readonly Finding[] {
  const ids = accounts.flatMap(({ id }) => id ?? []);
  const check = (written: string | undefined, path: KeyPath): readonly Finding[] => {
    if (written === undefined || ids.includes(written)) return [];
    const near = nearestWord(written, ids);
    return [{ path, sentence: `expected the id of an account, found ${found(written, path)}${near === undefined ? "" : `; did you mean ${near}?`}` }];
  };
  return copies.flatMap(({ leader, follower }, at) => [...check(leader, ["copies", at, "leader"]), ...check(follower, ["copies", at, "follower"])]);
}

function copiesOfOneself({ copies }: Outline): readonly Finding[] {
  return copies.flatMap(({ leader, follower }, at) => {
    if (leader === undefined || leader !== follower) return [];
    const path = ["copies", at, "follower"];
    return [{ path, sentence: `expected another account than the leader, found ${found(follower, path)} for both` }];
  });
}

/** The key of a mirror is (copy, leader order, slice): two copies of one pair would order everything twice. */
function repeatedPairs(enabled: readonly PlacedCopy[]): readonly Finding[] {
  return enabled.flatMap(({ at, leader, follower }) => {
    const first = enabled.find((other) => other.leader === leader && other.follower === follower);
    if (first === undefined || first.at === at) return [];
    return [{ path: ["copies", at], sentence: `expected one enabled copy from ${leader} to ${follower}, found a second one beside copies[${first.at}]` }];
  });
}

/** What a forever order of ours fires bears no mark: in an account that leads as well it would be taken for its owner's, and copied on (R7). */
function foreverInChains({ copies }: Outline): readonly Finding[] {
  const leaders = copies.flatMap(({ enabled, leader }) => (enabled ? (leader ?? []) : []));
  return copies.flatMap(({ enabled, forever, follower }, at) => {
    if (!enabled || forever !== "copy" || follower === undefined || !leaders.includes(follower)) return [];
    return [{ path: ["copies", at, "forever"], sentence: `expected report, because ${follower} leads another copy, found "copy"` }];
  });
}

/** R7: copies that lead back to where they began would copy their own orders for ever. Each circle is named where it closes. */
function circles(enabled: readonly PlacedCopy[]): readonly Finding[] {
  const open: PlacedCopy[] = [];
  return enabled.flatMap((copy) => {
    const way = wayBetween(copy.follower, copy.leader, open);
    if (way === undefined) {
      open.push(copy);
      return [];
    }
    return [{ path: ["copies", copy.at], sentence: `expected copies that form no circle, found ${[copy.leader, ...way].join(" -> ")}` }];
  });
}

/** The accounts from one to another along the copies, both included; undefined when no way leads there. `open` has no circle. */
function wayBetween(from: string, to: string, open: readonly PlacedCopy[]): readonly string[] | undefined {
  if (from === to) return [from];
  for (const { leader, follower } of open) {
    const rest = leader === from ? wayBetween(follower, to, open) : undefined;
    if (rest !== undefined) return [from, ...rest];
  }
  return undefined;
}

function noneEnabled({ copies }: Outline): readonly Finding[] {
  if (copies.length === 0 || copies.some(({ enabled }) => enabled)) return [];
  return [{ path: ["copies"], sentence: "expected at least one copy that is enabled, found none" }];
}

function impossibleSizes({ copies }: Outline): readonly Finding[] {
  return copies.flatMap(({ sizing: { mode, rounding, lots, minLots, maxLots } }, at) => {
    // Each entry is whole lots already: what the leader's orders are worth together does not matter to it.
    if (mode === "lots" && rounding === "carry") {
      const sentence = 'expected down, nearest or up, because entries by lots leave nothing over to carry, found "carry"';
      return [{ path: ["copies", at, "sizing", "rounding"], sentence }];
    }
    const path = ["copies", at, "sizing", "minLots"];
    if (minLots !== undefined && maxLots !== undefined && minLots > maxLots)
      return [{ path, sentence: `expected no more than maxLots, which is ${maxLots}, found ${minLots}` }];
    if (minLots !== undefined && lots !== undefined && minLots > lots)
      return [{ path, sentence: `expected no more than lots, which is ${lots}, found ${minLots}` }];
    return [];
  });
}

/** Simulators may allow more than Dhan does. */
function limitsAboveDhans({ dhan, accounts }: Outline): readonly Finding[] {
  if (dhan.rest !== "" && !(URL.canParse(dhan.rest) && new URL(dhan.rest).hostname === DHAN_HOST)) return [];
  return accounts.flatMap(({ rateLimits }, at) =>
    Object.entries(DHAN_LIMITS).flatMap(([key, most]) => {
      const written = rateLimits[key];
      const path = ["accounts", at, "rateLimits", key];
      return written === undefined || written <= most ? [] : [{ path, sentence: `expected ${most} at most, which is Dhan's own limit, found ${written}` }];
    }),
  );
}

function enabledPairs({ copies }: Outline): readonly PlacedCopy[] {
  return copies.flatMap(({ leader, follower, enabled }, at) => {
    if (!enabled || leader === undefined || follower === undefined || leader === follower) return [];
    return [{ at, leader, follower }];
  });
}
