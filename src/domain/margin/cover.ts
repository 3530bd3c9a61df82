/**
 * Whether an account's money covers an entry (R22, `margin: check`). What is not known is found out first: the entry waits for one reading,
 * and the broker's own check stands behind all of this. Exits, cancels and reductions never ask.
 *
 * It is only short by a reading that was begun after the leader's order was seen: the last one may not know yet what an exit of a moment
 * ago has freed.
 */
import { followerBook, type LeaderOrder } from "../book/book.ts";
import { filledUnits, type Mirror } from "../mirror/mirror.ts";
import type { Situation } from "../mirror/situation.ts";
import { rupeesText } from "../money.ts";
import type { Terms } from "../order/terms.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Cost, costOf, reverseQuestion } from "./cost.ts";
import { current, type MoneyReading } from "./funds.ts";
import type { MarginQuestion } from "./quote.ts";

/** What has to be read before it can be decided; or `beside` it, where nothing waits for the answer. */
export type Wanted = { readonly wants: "funds" } | { readonly wants: "quote"; readonly question: MarginQuestion; readonly beside: boolean };

export type Cover =
  /** `reserves`: paise that are promised to it; undefined where nobody counts. */
  | { readonly is: "covered"; readonly reserves: number | undefined; readonly wanted: Wanted | undefined }
  | { readonly is: "short"; readonly why: Verdict }
  | { readonly is: "unknown"; readonly why: string; readonly wanted: Wanted | undefined };

interface Asked {
  readonly terms: Terms;
  /** Of them, those that open a position. */
  readonly units: number;
  /** Units that other slices of the same entry are still to place at the same terms: no slice goes before there is money for all. */
  readonly alsoElsewhere?: number;
  /** The order that stands, and is to become this one. */
  readonly from?: { readonly terms: Terms; readonly units: number } | undefined;
}

export function coverOf(mirror: Mirror, leader: LeaderOrder, asked: Asked, situation: Situation): Cover {
  const follower = followerBook(situation.book, mirror.follower);
  const isChecked = situation.policy.margin === "check";
  // Another copy into the account may be checked: it must know what this one spends.
  if (!isChecked && follower.funds === undefined) return COVERED;
  const own = addedCost(mirror, leader, asked, situation);
  if (!isChecked) return own.is === "known" ? covered(own) : COVERED;
  const { units, alsoElsewhere = 0 } = asked;
  const cost = alsoElsewhere === 0 ? own : addedCost(mirror, leader, { ...asked, units: units + alsoElsewhere }, situation);
  const funds = current(follower.funds, situation.now);
  if (funds === undefined) return { is: "unknown", why: "the account's money is not read", wanted: { wants: "funds" } };
  const reserved = follower.reservations.paise;
  const have = funds.availablePaise - reserved;
  if (have > 0 && cost.is === "asked")
    return { is: "unknown", why: "the broker is asked what margin it needs", wanted: { wants: "quote", question: cost.question, beside: false } };
  if (have > 0 && cost.is === "unpriced") return { is: "unknown", why: "the leader's price is not known yet", wanted: undefined };
  if (cost.is === "known" && own.is === "known" && cost.paise <= Math.max(0, have)) return covered(own);
  if (have > 0 && cost.is === "known" && cost.isAtMost && cost.refresh !== undefined)
    return {
      is: "unknown",
      why: "the broker is asked what margin it needs beside what is held",
      wanted: { wants: "quote", question: cost.refresh, beside: false },
    };
  if (!isFresh(funds, mirror, situation))
    return { is: "unknown", why: "the account's money is read anew, because it would be short", wanted: { wants: "funds" } };
  return { is: "short", why: shortage(cost, alsoElsewhere, funds, reserved) };
}

const COVERED: Cover = { is: "covered", reserves: undefined, wanted: undefined };

function covered({ paise, refresh }: Extract<Cost, { is: "known" }>): Cover {
  return { is: "covered", reserves: paise, wanted: refresh === undefined ? undefined : { wants: "quote", question: refresh, beside: true } };
}

/**
 * What the other side of the same contract would need, asked as soon as an entry has filled: a stop and reverse goes out in one order, which does
 * not wait for an answer (R15). Undefined: it is known, or nothing has to be asked for it.
 */
export function wantedForReverse(mirror: Mirror, situation: Situation): Wanted | undefined {
  if (mirror.role.role !== "entry" || situation.policy.margin !== "check") return undefined;
  const filled = filledUnits(mirror);
  const question = filled === 0 ? undefined : reverseQuestion(mirror, filled, situation);
  return question === undefined ? undefined : { wants: "quote", question, beside: true };
}

/** What it costs beyond what the order that stands has cost. */
function addedCost(mirror: Mirror, leader: LeaderOrder, { terms, units, from }: Asked, situation: Situation): Cost {
  const cost = costOf(mirror, leader, terms, units, situation);
  if (from === undefined || cost.is !== "known" || from.units === 0) return cost;
  const before = costOf(mirror, leader, from.terms, from.units, situation);
  return before.is === "known" ? { ...cost, paise: Math.max(0, cost.paise - before.paise) } : before;
}

/** A clock that was set back since leaves an order's time ahead of it. */
function isFresh(funds: MoneyReading, mirror: Mirror, { now }: Situation): boolean {
  return funds.asked >= mirror.openedAt || mirror.openedAt > now;
}

function shortage(cost: Cost, alsoElsewhere: number, { availablePaise }: MoneyReading, reserved: number): Verdict {
  const have = availablePaise - reserved;
  const promised = reserved === 0 ? "" : `, of ${rupeesText(availablePaise)} less ${rupeesText(reserved)} for orders sent since it was read`;
  const need = cost.is === "known" ? `needs ${rupeesText(cost.paise)} rupees${alsoElsewhere === 0 ? "" : " for all of its slices"}` : "needs money";
  const numbers = { ...(cost.is === "known" ? { needPaise: cost.paise } : {}), havePaise: have, availablePaise, reservedPaise: reserved };
  return verdict("FUNDS_SHORT", `the entry ${need}, and the account has ${rupeesText(have)}${promised}`, numbers);
}
