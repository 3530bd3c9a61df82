/**
 * Whether an account's money covers an entry (R22, `margin: check`). What is not known is found out first: the entry waits for one reading,
 * and the broker's own check stands behind all of this. Exits, cancels and reductions never ask.
 *
 * It is only short by a reading that was begun after the leader's order was seen: the last one may not know yet what an exit of a moment
 * ago has freed.
 */
import { followerBook, type LeaderOrder } from "../book/book.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Situation } from "../mirror/situation.ts";
import { rupeesText } from "../money.ts";
import type { Terms } from "../order/terms.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Cost, costOf, reverseQuestion } from "./cost.ts";
import { current, type MoneyReading } from "./funds.ts";
import type { MarginQuestion } from "./quote.ts";
import { reservedPaise } from "./reservations.ts";

/** What has to be read before it can be decided, or beside it. */
export type Wanted = { readonly wants: "funds" } | { readonly wants: "quote"; readonly question: MarginQuestion };

export type Cover =
  /** `reserves`: paise that are promised to it; undefined where nobody counts. */
  | { readonly is: "covered"; readonly reserves: number | undefined; readonly wanted: Wanted | undefined }
  | { readonly is: "short"; readonly why: Verdict }
  | { readonly is: "unknown"; readonly why: string; readonly wanted: Wanted | undefined };

interface Asked {
  readonly terms: Terms;
  /** Of them, those that open a position. */
  readonly units: number;
  /** The order that stands, and is to become this one. */
  readonly from?: { readonly terms: Terms; readonly units: number } | undefined;
}

export function coverOf(mirror: Mirror, leader: LeaderOrder, asked: Asked, situation: Situation): Cover {
  const follower = followerBook(situation.book, mirror.follower);
  const isChecked = situation.policy.margin === "check";
  // Another copy into the account may be checked: it must know what this one spends.
  if (!isChecked && follower.funds === undefined) return COVERED;
  const cost = addedCost(mirror, leader, asked, situation);
  if (!isChecked) return cost.is === "known" ? covered(cost) : COVERED;
  const funds = current(follower.funds, situation.now);
  if (funds === undefined) return { is: "unknown", why: "the account's money is not read", wanted: { wants: "funds" } };
  const reserved = reservedPaise(follower.reservations);
  const have = funds.availablePaise - reserved;
  if (have > 0 && cost.is === "asked")
    return { is: "unknown", why: "the broker is asked what margin it needs", wanted: { wants: "quote", question: cost.question } };
  if (have > 0 && cost.is === "unpriced") return { is: "unknown", why: "the leader's price is not known yet", wanted: undefined };
  if (cost.is === "known" && cost.paise <= Math.max(0, have)) return covered(cost, reverseQuestion(mirror, asked.units, situation));
  if (have > 0 && cost.is === "known" && cost.isAtMost && cost.refresh !== undefined)
    return { is: "unknown", why: "the broker is asked what margin it needs beside what is held", wanted: { wants: "quote", question: cost.refresh } };
  if (!isFresh(funds, mirror, situation))
    return { is: "unknown", why: "the account's money is read anew, because it would be short", wanted: { wants: "funds" } };
  return { is: "short", why: shortage(cost, funds, reserved) };
}

const COVERED: Cover = { is: "covered", reserves: undefined, wanted: undefined };

/** `beside`: what is to be asked as well, where the answer that this goes by is not old. */
function covered({ paise, refresh }: Extract<Cost, { is: "known" }>, beside?: MarginQuestion): Cover {
  const question = refresh ?? beside;
  return { is: "covered", reserves: paise, wanted: question === undefined ? undefined : { wants: "quote", question } };
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

function shortage(cost: Cost, { availablePaise }: MoneyReading, reserved: number): Verdict {
  const have = availablePaise - reserved;
  const promised = reserved === 0 ? "" : `, of ${rupeesText(availablePaise)} less ${rupeesText(reserved)} for orders sent since it was read`;
  const need = cost.is === "known" ? `needs ${rupeesText(cost.paise)} rupees` : "needs money";
  const numbers = { ...(cost.is === "known" ? { needPaise: cost.paise } : {}), havePaise: have, availablePaise, reservedPaise: reserved };
  return verdict("FUNDS_SHORT", `the entry ${need}, and the account has ${rupeesText(have)}${promised}`, numbers);
}
