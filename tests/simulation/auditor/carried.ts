/**
 * I4 for copies that carry what rounding leaves over (design 3, Modes): over a whole position, what the copy has is within a lot of the exact
 * share of what the leader has filled and live. Judged where nothing was refused, left unfilled or taken by another hand.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Cause, type Evidence, filledAt, isLive, isOfEarlierDay, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { type CopyTerms, isOver, type OrderVersion, signed } from "./observed.ts";

/** What may be said of each order of a position that is judged. */
const AS_WANTED: ReadonlySet<string> = new Set([
  ...["COPIED", "FILLED", "ENDED", "BELOW_ONE_LOT", "WITHDRAWN", "ENDED_BEFORE_COPY", "LEADER_REJECTED", "FOLLOWER_LATE", "SLIPPAGE", "REPLACED"],
  ...["MET_BY_WITHDRAWAL", "IN_DOUBT"],
]);

/** Answers how many positions could be judged. */
export function auditCarried(evidence: Evidence, breaks: Breaks): number {
  if (evidence.journalLostAt !== undefined || evidence.isJournalCut) return 0;
  let judged = 0;
  for (const copy of evidence.copies) {
    if (copy.rounding !== "carry" || copy.capital !== undefined || copy.maxLots !== undefined) continue;
    for (const [key, { now: held }] of evidence.held.entries()) {
      const prefix = `${copy.leader}:`;
      if (!key.startsWith(prefix) || held === 0) continue;
      if (judge(evidence, breaks, copy, { holding: key.slice(prefix.length), held })) judged += 1;
    }
  }
  return judged;
}

function judge(evidence: Evidence, breaks: Breaks, copy: CopyTerms, { holding, held }: { readonly holding: string; readonly held: number }): boolean {
  const its = `${copy.leader}>${copy.follower}:${holding}`;
  // The owner has taken something of it.
  if (evidence.writeOffs.of(its) !== 0 || evidence.writeOffs.maybe(its) > 0) return false;
  const since = bothFlat(evidence, copy, holding);
  const causes = [...evidence.causes()].filter(([stem, cause]) => {
    if (cause.copy !== copy || (cause.leaderOrder !== undefined && newest(cause.leaderOrder).holding !== holding)) return false;
    return [...(cause.leaderOrder === undefined ? [] : [cause.leaderOrder]), ...evidence.ofStem(stem)].some(
      (order) => isLive(order) || changedLast(order) > since,
    );
  });
  if (evidence.bothWays.has(`${copy.leader}:${holding}`) || Math.sign(evidence.held.of(`${copy.follower}:${holding}`).now) === -Math.sign(held)) return false;
  let [leaders, copied, loose, lot, last] = [held, evidence.held.of(`${copy.leader}>${copy.follower}:${holding}`).now, 1, 1, ""];
  let [taken, ahead, behind] = [0, 0, 0];
  const sized = new Set<string>();
  for (const [stem, { leaderOrder }] of causes) {
    const ours = evidence.ofStem(stem);
    const said = evidence.verdicts.get(stem) ?? [];
    if (leaderOrder === undefined || said.some(({ code }) => !AS_WANTED.has(code))) return false;
    // What happened while nobody listened, and the day turned before anybody did, is in no book: it was missed (R24).
    if (!evidence.opened.has(stem) && isOfEarlierDay(leaderOrder, evidence.dayFrom)) return false;
    if (ours.some(({ orderId }) => evidence.cancelledByHand.has(orderId))) return false;
    const leader = newest(leaderOrder);
    const opposed = leaderOpposed(evidence, leaderOrder, leader);
    // What an order is must not be a matter of a race, and it must not be both.
    if (new Set(opposed.map((units) => Math.sign(units))).size > 1 || (opposed[0] ?? 0) > 0 === (signed(leader.side, 1) === Math.sign(held))) return false;
    const isEntry = (opposed[0] ?? 0) === 0;
    if (isEntry && isLive(leaderOrder)) leaders += signed(leader.side, leader.quantity - leader.filled);
    for (const order of ours)
      if (isLive(order) && (isEntry || !isLive(leaderOrder))) copied += signed(newest(order).side, newest(order).quantity - newest(order).filled);
    if (isEntry && isSizedAlone(evidence, copy, stem)) sized.add(leader.product);
    if (isEntry) taken += takenAhead(copy, leaderOrder, ours, since);
    else if (isLive(leaderOrder)) {
      ahead += exitedAhead(leader, ours);
      behind += exitedBehind(leader, ours);
    }
    if (isEntry ? hasShrunk(leaderOrder) : restedBeside(evidence, causes, stem)) loose += 1;
    [lot, last] = [leader.lot, stem];
  }
  if (last === "") return false;
  // Each product was a position of its own, which was rounded by itself.
  loose += Math.max(0, sized.size - 1);
  const exact = (leaders * copy.numerator) / copy.denominator - taken;
  const over = Math.sign(held) * (copied - exact);
  // What it has exited ahead excuses a lack of as much, and no excess: another exit of his may have been met by it. What rests yet of its share excuses an excess.
  if (over - behind > loose * lot + 1e-6 || over + ahead < -loose * lot - 1e-6)
    breaks("I4", `${copy.id} carries: the leader's ${leaders} of ${holding} are exactly ${exact} here, and the copy has ${copied}`, last);
  return true;
}

/** It was sized before the journal told of any conversion of the leader's: with what other orders of its product had left over, and no others. */
function isSizedAlone({ openedAt, products }: Evidence, { leader }: CopyTerms, stem: string): boolean {
  const at = openedAt.get(stem);
  return at !== undefined && !products.isTold(leader, at);
}

/** When leader and copy last held nothing at once: what was over by then does not count. */
function bothFlat(evidence: Evidence, { leader, follower }: CopyTerms, holding: string): number {
  const [his, copied] = [evidence.held.of(`${leader}:${holding}`), evidence.held.of(`${leader}>${follower}:${holding}`)];
  const moments = [his, copied].flatMap((line) => line.within(0, Number.POSITIVE_INFINITY).map(({ at }) => at));
  return Math.max(0, ...moments.filter((at) => his.at(at) === 0 && copied.at(at) === 0));
}

/**
 * What the copy had filled ahead of the leader when both were out: his way out took all that it held (R14), and when he fills it is not bought
 * again.
 */
function takenAhead({ numerator, denominator }: CopyTerms, leaderOrder: Kept, ours: readonly Kept[], since: number): number {
  const had = ours.reduce((sum, order) => sum + filledAt(order, since), 0);
  const ahead = Math.max(0, had - (filledAt(leaderOrder, since) * numerator) / denominator);
  return signed(newest(leaderOrder).side, ahead);
}

/** What the copy has exited ahead of the leader, whose exit rests still: he holds it, and the copy is not given it again. */
function exitedAhead({ filled, quantity }: OrderVersion, ours: readonly Kept[]): number {
  const [sent, exited] = [ours.reduce((sum, order) => sum + (isLive(order) ? newest(order).quantity : newest(order).filled), 0), filledOf(ours)];
  return Math.max(0, exited - (sent * filled) / quantity);
}

/** What still rests of the copy's share of what the leader's exit has filled, which rests as well: it is to fill, or to be ended with his. */
function exitedBehind({ filled, quantity }: OrderVersion, ours: readonly Kept[]): number {
  const rests = ours.filter(isLive).reduce((sum, order) => sum + newest(order).quantity - newest(order).filled, 0);
  return Math.min(rests, Math.max(0, ((rests + filledOf(ours)) * filled) / quantity - filledOf(ours)));
}

function filledOf(ours: readonly Kept[]): number {
  return ours.reduce((sum, order) => sum + newest(order).filled, 0);
}

function changedLast({ versions, placedAt }: Kept): number {
  return versions.at(-1)?.at ?? placedAt;
}

/** Another order was sized while this exit rested, and nobody knew what it would leave over. */
function restedBeside(evidence: Evidence, causes: readonly (readonly [string, Cause])[], stem: string): boolean {
  const [opened, exit] = [evidence.openedAt.get(stem), evidence.causeOf(stem)?.leaderOrder];
  if (opened === undefined || exit === undefined) return false;
  const over = isLive(exit) ? Number.POSITIVE_INFINITY : changedLast(exit);
  return causes.some(([other]) => {
    const at = evidence.openedAt.get(other);
    return other !== stem && at !== undefined && at >= opened && at <= over + SEEN_MS;
  });
}

/** Its end may be told so much later, or found by a reading of the book. */
const SEEN_MS = 20_000;

/** The leader made it smaller, or ended it with less: later orders may have taken what it had left over. */
function hasShrunk({ versions }: Kept): boolean {
  return versions.some(({ version }, index) => {
    const before = versions[index - 1]?.version;
    return (before !== undefined && version.quantity < before.quantity) || (isOver(version.status) && version.filled < version.quantity);
  });
}
