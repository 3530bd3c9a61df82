/** What to do about an order of ours that is open, or that may be: change it, end it, or find out what became of it (R2, R3, R10). */
import { unreachable } from "../assert.ts";
import { followerBook, type LeaderOrder } from "../book/book.ts";
import { selfTrade } from "../guards/self-trade.ts";
import { haltOf, haltSentence } from "../halt/halt.ts";
import type { OrderId } from "../identity.ts";
import { type Cover, coverOf, type Wanted } from "../margin/cover.ts";
import { reached } from "../order/oco.ts";
import { isStop, normalised, type Product, sameTerms, type Terms, triggered } from "../order/terms.ts";
import { less, type Quantity, quantity } from "../quantity.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, brokersNumber, filledOf, isShrinking } from "./attempt.ts";
import { heldBeside, whyBeside } from "./by-product.ts";
import { cancel, givingUp, replacing } from "./cancel.ts";
import { expiryAwaitedUntil } from "./close-of-day.ts";
import { type Decision, earliest, later, RETRY_AFTER_MS, type Saying, WAIT } from "./decision.ts";
import { EXIT_LOOK_MS, exitNotThrough } from "./exit-not-through.ts";
import { chased, type Pursuit, pursued, pursuitOf } from "./leader-filled.ts";
import { legsOfEntry } from "./leg-changes.ts";
import { resembles } from "./likeness.ts";
import { awaitsProof, filledUnits, isExit, isKeptFor, type Mirror } from "./mirror.ts";
import { perhapsExit } from "./perhaps-exit.ts";
import type { Ordered } from "./place.ts";
import type { Situation } from "./situation.ts";
import type { MirrorSlice } from "./slices.ts";
import { asLeader, complete, type Part, partLeft, repricedStop, type Target, type Wish } from "./target.ts";
import { wayOutUnproved, whyUnproved } from "./way-out-unproved.ts";

export function decideOpen(mirror: MirrorSlice, attempt: Attempt, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const filledBefore = quantity(filledUnits(mirror) - filledOf(attempt));
  const quantityWanted = Math.max(0, target.units - filledBefore);
  const orderId = brokersNumber(attempt);
  if (orderId === undefined) return attempt.placing.state === "in-doubt" ? lookForPlacement(attempt, situation) : WAIT;
  if (quantityWanted <= filledOf(attempt)) {
    // An IOC ends by itself at once; its end is awaited (R17). So is that of a DAY order after the close, for a while.
    if (attempt.terms.validity === "IOC") return WAIT;
    const expiresBy = expiryAwaitedUntil(mirror, attempt, leader, situation);
    return expiresBy === undefined ? cancel(mirror, attempt, situation) : { ...WAIT, wakeAt: expiresBy };
  }
  // A tie of our own order is nothing to us: its terms are what we sent and the broker accepted (R2).
  if (attempt.order?.doubt?.about === "rejection") return lookAtDoubt(attempt, attempt.order.doubt.since, situation);
  // A cancel that was sent is seen through, unless the broker refused it and it is not wanted any more.
  if (attempt.cancelling.state === "in-flight" || (attempt.cancelling.state === "sent" && attempt.cancelling.refusal === undefined))
    return attempt.isReplaced ? replacing(mirror, attempt, situation) : cancel(mirror, attempt, situation);
  const toGrow = whyNotGrow(mirror, leader, situation, attempt.product);
  const pursuit = pursuitOf(mirror, attempt, leader, target, { ...situation, mayEnter: toGrow === "may" });
  // As any cancel it may overtake a change (R3).
  if (pursuit.givesUp) return givingUp(mirror, attempt, situation);
  if (attempt.changing.state === "in-flight") return WAIT;
  if (attempt.changing.state === "in-doubt") return { ...WAIT, look: { look: "order", orderId }, wakeAt: later(situation.now, RETRY_AFTER_MS) };
  if (attempt.changedByOthers || attempt.terms.validity === "IOC") return WAIT;
  const wanted = quantity(quantityWanted);
  const part = partLeft(mirror, target);
  const growth =
    wanted <= attempt.terms.quantity ? "may" : toGrow === "may" ? whatMoneyLets(mirror, attempt, leader, { units: wanted, part }, situation) : toGrow;
  if (growth === "may") return change(mirror, attempt, leader, { units: wanted, part, pursuit }, situation);
  // What is still to be exited may always grow (R14).
  const kept = quantity(Math.min(wanted, Math.max(attempt.terms.quantity, filledOf(attempt) + less(target.exit, mirror.exitFilled))));
  const decision = change(mirror, attempt, leader, { units: kept, part, pursuit }, situation);
  if (growth === "may-not" || kept === wanted) return decision;
  if ("waits" in growth) {
    const says = growth.why === undefined ? [] : saidOfGrowth(attempt, leader, growth.why, situation);
    const wakeAt = earliest(decision.wakeAt, later(situation.now, EXIT_LOOK_MS));
    return { ...decision, wanted: growth.waits ?? decision.wanted, wakeAt, verdicts: [...decision.verdicts, ...says] };
  }
  const why = whyKept(growth, { orderId, kept, wanted });
  return { ...decision, verdicts: [...decision.verdicts, { verdict: why, refuses: undefined, keeps: growth.terms }] };
}

function whyKept(growth: Kept, { orderId, kept, wanted }: { readonly orderId: OrderId; readonly kept: Quantity; readonly wanted: Quantity }): Verdict {
  const stays = `order ${orderId} stays at ${kept} units where ${wanted} are wanted`;
  if ("unsure" in growth) return growth.unsure;
  if ("halted" in growth)
    return verdict("ENTRIES_HALTED", `${growth.halted}; ${stays}, also when they are resumed, until the leader changes his order after that`, { kept, wanted });
  return verdict("FUNDS_SHORT", `${growth.short.sentence}; ${stays}, until the leader changes his order`, { ...growth.short.numbers, kept, wanted });
}

type Growth =
  | "may"
  | "may-not"
  /** For what has to be read first, or for an exit of the account. */
  | { readonly waits: Wanted | undefined; readonly why?: string }
  | Kept;

/** Until the leader's order has other terms than these. */
type Kept = { readonly terms: Terms } & ({ readonly unsure: Verdict } | { readonly halted: string } | { readonly short: Verdict });

/**
 * Whether the entry part of an order that rests may be made larger: not while the copy is halted, nor afterwards to terms that came during
 * the halt; not while the account's breaker is open, nor while it is not known whether the leader's order stands, nor where a lost journal leaves
 * open whether it was an exit; nor while an exit of the account was refused and is not through, or the leader may be out again of what he had
 * filled of it; nor while the copy holds the other way in another product than the order's (R5, R11, R14, R15, R22, R23).
 */
export function whyNotGrow(mirror: Mirror, leader: LeaderOrder | undefined, { book }: Situation, product: Product): Growth {
  if (mirror.role.role === "exit" || leader === undefined) return "may";
  const { terms, doubt } = leader.known;
  const halt = haltOf(book.halts, mirror);
  if (halt !== undefined) return { halted: haltSentence(halt, mirror), terms };
  if (doubt?.about === "rejection" || isKeptFor(mirror, terms)) return "may-not";
  const unsure = perhapsExit(book, mirror, leader);
  if (unsure !== undefined) return { unsure, terms };
  if (followerBook(book, mirror.follower).breaker.state === "open") return "may-not";
  if (exitNotThrough(book, mirror.follower) !== undefined) return { waits: undefined };
  const unproved = wayOutUnproved(book, mirror, leader);
  if (unproved !== undefined) return { waits: undefined, why: whyUnproved(unproved) };
  const beside = heldBeside(book, mirror, product);
  return beside === undefined ? "may" : { waits: undefined, why: whyBeside(beside, product) };
}

/** Nor is it made larger when the account's money does not cover that (`margin: check`). */
function whatMoneyLets(mirror: MirrorSlice, attempt: Attempt, leader: LeaderOrder | undefined, { units, part }: Ordered, situation: Situation): Growth {
  if (mirror.role.role === "exit" || leader === undefined) return "may";
  const { wish } = wishForOpen(mirror, attempt, leader, part, situation);
  const cover = coverOfChange(mirror, attempt, leader, complete(wish, units, leader, mirror), situation, mirror.whole.toAskElsewhere);
  switch (cover.is) {
    case "covered":
      return "may";
    case "short":
      return { short: cover.why, terms: leader.known.terms };
    case "unknown":
      return { waits: cover.wanted, why: cover.why };
    default:
      return unreachable(cover);
  }
}

/** Mostly a moment: only what lasts is said. The broker's times are whole seconds. */
const GROWTH_SAID_AFTER_MS = 2_000;

function saidOfGrowth(attempt: Attempt, leader: LeaderOrder | undefined, why: string, { now }: Situation): readonly Saying[] {
  if (leader === undefined || now - leader.known.updatedAt < GROWTH_SAID_AFTER_MS) return [];
  return [{ verdict: verdict("ENTRY_WAITS", `order ${attempt.orderId ?? ""} is not made larger yet: ${why}`), refuses: undefined }];
}

/** Of what the change adds to the entry. Of a stop and reverse that is what it grows by. */
function coverOfChange(mirror: Mirror, attempt: Attempt, leader: LeaderOrder, terms: Terms, situation: Situation, alsoElsewhere = 0): Cover {
  const filled = filledOf(attempt);
  const { terms: from } = attempt;
  const asked =
    mirror.role.role === "entry"
      ? { units: less(terms.quantity, filled), from: { terms: from, units: less(from.quantity, filled) } }
      : { units: less(terms.quantity, from.quantity) };
  return coverOf(mirror, leader, { terms, ...asked, alsoElsewhere }, situation);
}

/** A placement that was not answered: looks spread over the grace, until the books show it or prove it absent (R10). */
export function lookForPlacement(attempt: Attempt, situation: Situation): Decision {
  if (attempt.placing.state !== "in-doubt") return WAIT;
  const { looks } = attempt.placing;
  const last = looks.absent.at(-1);
  const due = last === undefined ? looks.countedFrom : unixMs(last + Math.ceil(situation.limits.lookupGraceMs / 2));
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return {
    ...WAIT,
    look: attempt.isForever ? { look: "forever" } : { look: "correlation", attempt: attempt.number, correlationId: attempt.correlationId },
    wakeAt: later(situation.now, RETRY_AFTER_MS),
  };
}

/** What only one more read of the order can settle, read at least a second after the frame (R1, R5). */
function lookAtDoubt(attempt: Attempt, since: UnixMs, situation: Situation): Decision {
  const due = later(since, DOUBT_READ_AFTER_MS);
  const orderId = brokersNumber(attempt);
  if (orderId === undefined) return WAIT;
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, look: { look: "order", orderId }, wakeAt: later(situation.now, RETRY_AFTER_MS) };
}

/** A row asked for this long after the start of a frame's second is later than the frame. */
export const DOUBT_READ_AFTER_MS = 1_050;

/** Accepted, and not shown by the stream: it is looked at, every second, from a second after the answer. */
function lookUntilShown(order: OrderId, answeredAt: UnixMs, situation: Situation): Decision {
  const due = later(answeredAt, DOUBT_READ_AFTER_MS);
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, look: { look: "order", orderId: order }, wakeAt: later(situation.now, RETRY_AFTER_MS) };
}

interface Wished extends Ordered {
  readonly pursuit: Pursuit;
}

/** What is wanted of it, the leader's or what comes of his fill; and what is to be said of that meanwhile. */
function change(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, wanted: Wished, situation: Situation): Decision {
  const { pursuit } = wanted;
  const decision = changeTo(mirror, attempt, leader, wanted, situation);
  const said: Saying[] = pursuit.says === undefined ? [] : [{ verdict: pursuit.says, refuses: undefined }];
  return { ...decision, verdicts: [...decision.verdicts, ...said], wakeAt: earliest(decision.wakeAt, pursuit.wakeAt) };
}

function changeTo(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, { units, part, pursuit }: Wished, situation: Situation): Decision {
  const orderId = brokersNumber(attempt);
  if (orderId === undefined) return WAIT;
  const legs = legsOfEntry(attempt, leader, situation);
  const { wish: unpursued, wakeAt: triggersAt } = wishForOpen(mirror, attempt, leader, part, situation);
  const wakeAt = earliest(triggersAt, legs?.wakeAt);
  const wish = pursued(unpursued, pursuit, mirror, attempt);
  const follows = leader?.known.terms;
  const asWished = resized(shaped(wish, units, leader, mirror, attempt), attempt);
  const isAsWished = sameTerms(asWished, normalised(attempt.terms));
  const isEntry = mirror.role.role === "entry" && leader !== undefined;
  const crossing = isEntry && !isAsWished ? selfTrade(situation.book, mirror, leader, asWished) : undefined;
  // It stays at its price, and may still become smaller.
  const smaller = (): Terms => complete(attempt.terms, quantity(Math.min(units, attempt.terms.quantity)), leader, mirror);
  const terms = crossing === undefined ? asWished : resized(smaller(), attempt);
  const isStep = wish !== unpursued && crossing === undefined;
  const crosses = crossing === undefined ? [] : [{ verdict: crossing, refuses: undefined }];
  if (sameTerms(terms, normalised(attempt.terms)) && legs?.wishes === undefined) {
    const shown = isExit(mirror) && isShrinking(attempt) ? lookUntilShown(orderId, attempt.termsSince, situation) : WAIT;
    return { ...shown, wakeAt: earliest(wakeAt, shown.wakeAt), verdicts: [...crosses, ...(legs?.says ?? [])] };
  }
  // Legs that he has changed since make another change of it.
  if (attempt.refusedChange !== undefined && sameTerms(terms, attempt.refusedChange) && legs?.wishes === undefined) {
    const refused = verdict("CHANGE_REFUSED", `the broker refused to change order ${attempt.orderId}; it stays as it was`);
    return { ...WAIT, wakeAt, verdicts: [{ verdict: refused, refuses: undefined }] };
  }
  // An order that the exchange does not have yet can be cancelled, and not changed (reference 2.3).
  if (attempt.order === undefined || !attempt.order.confirmed) {
    const { placing, intendedAt } = attempt;
    return lookUntilShown(orderId, placing.state === "accepted" ? placing.at : intendedAt, situation);
  }
  if (attempt.pausedUntil !== undefined && situation.now < attempt.pausedUntil) return { ...WAIT, wakeAt: attempt.pausedUntil };
  if (attempt.isCapped || attempt.modifications >= situation.limits.modificationsPerOrder) {
    // An entry in its place would be a late one: it rests where it is until its time is over.
    if (isStep && !pursuit.isExit && terms.quantity === attempt.terms.quantity) return { ...WAIT, wakeAt };
    const may = mayReplace(mirror, attempt, part, situation);
    if (may === "now") return replacing(mirror, attempt, situation);
    const capped = verdict("MODIFICATION_CAP", `order ${attempt.orderId} was changed ${attempt.modifications} times, as often as is allowed; ${may}`, {
      modifications: attempt.modifications,
    });
    return { ...WAIT, wakeAt, verdicts: [{ verdict: capped, refuses: undefined }] };
  }
  // A reduction goes with the exits (R20, R21).
  const rank = part === "exit" || terms.quantity < attempt.terms.quantity ? 1 : 2;
  const { number } = attempt;
  const answersTo = legs?.wishes === undefined ? {} : { wishes: legs.wishes };
  const ofSuper = legs === undefined ? {} : { legs: { leg: "entry" as const, prices: legs.prices }, ...answersTo };
  const reserves = reservedFor(mirror, attempt, leader, terms, situation);
  const request = { request: "modify", attempt: number, orderId, terms, follows, ...ofSuper, ...(reserves > 0 ? { reserves } : {}) } as const;
  const steps = isStep && pursuit.step !== undefined && leader !== undefined ? [{ verdict: chased(attempt, leader, pursuit.step), refuses: undefined }] : [];
  return { ...WAIT, request, rank, wakeAt, verdicts: [...crosses, ...steps] };
}

/** Where nobody knows the lot, what is shown of it stays as it is. */
function shaped(wish: Wish, units: Quantity, leader: LeaderOrder | undefined, mirror: Mirror, { terms }: Attempt): Terms {
  const whole = complete(wish, units, leader, mirror);
  return mirror.contract === undefined ? normalised({ ...whole, disclosed: quantity(Math.min(terms.disclosed, units)) }) : whole;
}

/** Paise that the change adds to what the order costs. A change of price alone is the broker's to judge, and is counted all the same. */
function reservedFor(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, terms: Terms, situation: Situation): number {
  if (mirror.role.role === "exit" || leader === undefined) return 0;
  const cover = coverOfChange(mirror, attempt, leader, terms, { ...situation, policy: { ...situation.policy, margin: "trust" } });
  return cover.is === "covered" ? (cover.reserves ?? 0) : 0;
}

/**
 * Whether an order at its cap may make room for another, or why not. Of a stop nothing rests until its successor does, so it stays
 * where it is while that might not be taken (docs/budget.md).
 */
function mayReplace(mirror: Mirror, attempt: Attempt, part: Part, { policy, book, booksProved }: Situation): "now" | `it ${string}` {
  // Its legs would go with it, and with them what protects the part that is filled.
  if (attempt.legs !== undefined) return "it stays as it is";
  if (policy.modificationCap === "refuse") return "it stays as it is";
  // Its successor would be an entry, which a halt refuses.
  if (part === "entry" && haltOf(book.halts, mirror) !== undefined) return "it stays as it is while the entries are halted";
  if (awaitsProof(mirror) && !booksProved) return "it is replaced when the account's books are read again";
  if (isExit(mirror) && followerBook(book, mirror.follower).breaker.state === "open") return "it is replaced when the account's breaker has closed";
  return "now";
}

/** The price side of an order that is open: it moves when the leader changes his, and never by itself (R2). */
function wishForOpen(
  mirror: Mirror,
  attempt: Attempt,
  leader: LeaderOrder | undefined,
  part: Part,
  situation: Situation,
): { readonly wish: Wish; readonly wakeAt: UnixMs | undefined } {
  // Without a tick there is no limit for a stop that he has without one.
  const isMapped = mirror.contract !== undefined || leader?.known.terms.type !== "STOP_LOSS_MARKET";
  // Ours has fired and the leader's has not: what he makes of his is no order at the exchange. Where ours rests it is his fill that moves it.
  if (attempt.isForever && leader !== undefined && leader.known.fired === undefined) return { wish: attempt.terms, wakeAt: undefined };
  if (leader !== undefined && leader.known.end === undefined && isMapped) {
    const mapped = asLeader(mirror, leader.known.terms, situation.policy);
    const hisChange =
      attempt.follows === undefined
        ? !resembles({ ...attempt.terms, ...mapped }, attempt.terms)
        : !sameWish(leader.known.terms, reached(attempt.follows, leader.known.terms));
    if (hisChange) return { wish: mapped, wakeAt: undefined };
  }
  const stop = triggeredStop(attempt);
  if (attempt.isForever || attempt.triggeredAt === undefined || stop === undefined || part === "entry") return { wish: attempt.terms, wakeAt: undefined };
  const due = later(attempt.triggeredAt, situation.policy.stopMarket.afterMs);
  if (situation.now < due) return { wish: attempt.terms, wakeAt: due };
  return { wish: repricedStop(mirror, { stop, lastPrice: attempt.order?.lastPrice }, leader, situation.policy), wakeAt: undefined };
}

/**
 * A stop that has triggered, as what a forever order has fired, is changed in size as what it is by now: sent as a stop once more it would wait for
 * its trigger again, or be refused for it, and rest too large beside its alternatives (R2, R16).
 */
function resized(terms: Terms, { triggeredAt, isForever, terms: held }: Attempt): Terms {
  const isSameStop = isStop(held.type) && sameWish(terms, held);
  const hasTriggered = triggeredAt !== undefined || isForever;
  return isSameStop && hasTriggered && terms.quantity !== held.quantity ? triggered(terms) : terms;
}

/**
 * The stop that has triggered and stands at the exchange as it was, but perhaps for its size. One that was priced to execute is none any more, though
 * an earlier stop of the leader's may have had that price: what it answers to has another trigger.
 */
function triggeredStop({ triggeredAt, terms, everSent, follows }: Attempt): Terms | undefined {
  if (triggeredAt === undefined) return undefined;
  if (isStop(terms.type)) return terms;
  const stood = everSent.findLast((sent) => isStop(sent.type) && sameWish(terms, triggered(sent)));
  return follows === undefined || stood?.triggerPrice === follows.triggerPrice ? stood : undefined;
}

function sameWish(a: Wish, b: Wish): boolean {
  return a.type === b.type && a.validity === b.validity && a.price === b.price && a.triggerPrice === b.triggerPrice;
}
