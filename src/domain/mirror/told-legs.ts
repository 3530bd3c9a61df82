/** What was said of a leg that is missing, read back from its verdicts: by the record, because the fold knows no window; and which legs are kept for what is still to be said. */
import { type Book, followerBook, leaderBook, positionIn } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { isOver } from "../book/over.ts";
import { orderId } from "../identity.ts";
import { direction } from "../order/terms.ts";
import { type UnixMs, unixMs } from "../time.ts";
import type { Verdict } from "../verdict.ts";
import { areLinked, isLeg, type LegUnits, legsBeside, mayFire, type Standing, standingOf } from "./basket.ts";
import { entryUnits } from "./entry.ts";
import { holdingOf } from "./in-holding.ts";
import { entryFilled, type Mirror, type MirrorKey, mirrorKey } from "./mirror.ts";

/** Why it is over: the leg stands after all, none of the others does any more, or the leader is without it himself. */
const BECAUSE = ["stands", "gone", "withdrawn"] as const;
export type Because = (typeof BECAUSE)[number];

/** The last that was said of it as a leg. */
function lastOf({ verdicts }: Mirror): Verdict | undefined {
  return verdicts.findLast(({ code }) => code === "UNHEDGED" || code === "HEDGED");
}

/** It was told to be missing, and nothing has ended that. */
export function isToldUnhedged(mirror: Mirror): boolean {
  return lastOf(mirror)?.code === "UNHEDGED";
}

export function endedBecause(mirror: Mirror): Because | undefined {
  const last = lastOf(mirror);
  return last?.code === "HEDGED" ? BECAUSE.find((one) => one === last.numbers["because"]) : undefined;
}

export function lastUnhedged({ verdicts }: Mirror): Verdict | undefined {
  return verdicts.findLast(({ code }) => code === "UNHEDGED");
}

/** `112:75/75 113:150/300`: the leader's order of each leg, what stands of it, and what it has filled and has resting itself. */
export function besideText(standing: readonly Standing[]): string {
  return standing.map(({ leg, units, own }) => `${leg.cause}:${units}/${own}`).join(" ");
}

/**
 * Each leg that stood without it when that was said last; nothing of them does any more once it was said that they are gone. What is told of that
 * is what they had themselves by then: what goes again of it stands anew. A journal of an earlier version does not say it.
 */
export function toldBeside(mirror: Mirror): ReadonlyMap<MirrorKey, LegUnits> {
  const { leader, follower } = mirror;
  const isGone = endedBecause(mirror) === "gone";
  const told = (isGone ? lastOf(mirror)?.numbers["beside"] : undefined) ?? lastUnhedged(mirror)?.numbers["beside"];
  const text = String(told ?? "");
  return new Map(
    text.split(" ").flatMap((leg) => {
      const [cause = "", units = "", own = ""] = leg.split(/[:/]/);
      const one = { units: isGone ? 0 : Number(units), own: Number(own) };
      return cause === "" ? [] : [[mirrorKey({ leader, follower, cause: orderId(cause) }), one] as const];
    }),
  );
}

/** It was told to be missing, and of what stood without it something still stands, on whatever day. */
export function isStillUnhedged(book: Book, mirror: Mirror): boolean {
  if (!isToldUnhedged(mirror)) return false;
  const { mirrors } = followerBook(book, mirror.follower);
  const beside = [...toldBeside(mirror).keys()].flatMap((key) => mirrors.get(key) ?? []);
  return standingOf(book, beside).some(({ units }) => units > 0);
}

/**
 * Of what the leader has of it and still holds the copy has less, and a forever order waits beside it: once that has fired it is missing, on whatever day. The fold
 * knows no window, so each that may be linked counts.
 */
export function isMissedOnceFired(book: Book, mirror: Mirror): boolean {
  const filled = orderOf(leaderBook(book, mirror.leader), mirror.cause)?.known.filled ?? 0;
  const has = entryFilled(mirror);
  if (filled === 0 || !isLeg(mirror) || (has > 0 && has >= entryUnits(mirror, filled))) return false;
  if (direction(mirror.contracted.side) * positionIn(leaderBook(book, mirror.leader), holdingOf(mirror)) <= 0) return false;
  for (const other of followerBook(book, mirror.follower).mirrors.values())
    if (mayFire(book, other) && areLinked(book, mirror, other, Number.POSITIVE_INFINITY)) return true;
  return false;
}

/** A leg that is over is still to be found by the others: while one may yet come, while one is not over, and while one is told to be missing. */
export function isLookedFor(book: Book, mirror: Mirror, { windowMs, now }: { readonly windowMs: number; readonly now: UnixMs }): boolean {
  if (!isLeg(mirror)) return false;
  if (now < unixMs(mirror.openedAt + windowMs) || legsBeside(book, mirror, windowMs).some((leg) => !isOver(book, leg))) return true;
  for (const other of followerBook(book, mirror.follower).mirrors.values()) if (isToldUnhedged(other) && toldBeside(other).has(mirror.key)) return true;
  return false;
}
