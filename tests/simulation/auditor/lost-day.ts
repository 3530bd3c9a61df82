/**
 * What was filled on an earlier day, and of which nobody can know any more whether the copier counts it: no book of today shows it (R24). It was
 * lost with the journal, or never told before the day turned, or told to a process that died before it was stored and came back on another day.
 */
import type { Evidence } from "./evidence.ts";
import type { CopyTerms } from "./observed.ts";

/** `key`: of what a copy holds. */
export function isOfLostDay(evidence: Evidence, key: string): boolean {
  const { journalLostAt, isJournalCut, dayFrom } = evidence;
  if (dayFrom === 0) return false;
  // Of a journal that was cut in the earlier day some of its fills are left, and nobody knows which.
  if (
    isJournalCut &&
    evidence.held
      .of(key)
      .within(0, dayFrom - 1)
      .some(({ value }) => value !== 0)
  )
    return true;
  if (journalLostAt !== undefined && journalLostAt >= dayFrom) return evidence.held.of(key).at(dayFrom - 1) !== 0;
  const filled = evidence.held.of(key).at(dayFrom - 1);
  const told = evidence.heldAsTold.of(key);
  const overnight = evidence.gaps.filter(({ from, to }) => from < dayFrom && to >= dayFrom);
  return told.at(dayFrom - 1) !== filled || overnight.some(({ from }) => told.within(from - STORED_MS, from).some(({ value }) => value !== filled));
}

/** Of an account that leads: it holds of its own what it has beside what is copied into it, and of that nobody can know what it is any more. */
export function isOwnOfLostDay(evidence: Evidence, account: string, holding: string): boolean {
  return evidence.copies.some(({ leader, follower }) => follower === account && isOfLostDay(evidence, `${leader}>${account}:${holding}`));
}

/**
 * By how much an exit may exceed what the copy holds, because the copier still counts something of that day: at most what the copy had at some
 * moment of it, or was known to have, beyond what was left of it in the end.
 */
export function mostLostWith(evidence: Evidence, key: string, side: "BUY" | "SELL"): number {
  if (!isOfLostDay(evidence, key)) return 0;
  const sign = side === "BUY" ? -1 : 1;
  const [held, told] = [evidence.held.of(key), evidence.heldAsTold.of(key)];
  const last = evidence.dayFrom - 1;
  const counted = [...held.within(0, last), ...told.within(0, last)].map(({ value }) => sign * (value - held.at(last)));
  return Math.max(0, ...counted);
}

/**
 * What other copies in the account may have of such a day on the other side than the position of one, whose sign is given: it counts as the owner's, and the book holds so much
 * less of that position (R11, R15).
 */
export function lostBeside(evidence: Evidence, { leader, follower }: CopyTerms, holding: string, sign: number): number {
  const others = evidence.copies.filter((copy) => copy.follower === follower && copy.leader !== leader);
  const keys = others.map((other) => `${other.leader}>${follower}:${holding}`).filter((key) => isOfLostDay(evidence, key));
  return keys.reduce((units, key) => units + Math.max(0, -sign * evidence.held.of(key).at(evidence.dayFrom - 1)), 0);
}

/** What was told may wait so long for company before it is stored; doubled. */
const STORED_MS = 20;
