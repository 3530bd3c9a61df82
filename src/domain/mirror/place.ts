/** The request that places an order of ours. */
import type { LeaderOrder } from "../book/book.ts";
import { correlationFor } from "../correlation.ts";
import type { Cover } from "../margin/cover.ts";
import { waitsForever } from "../order/family.ts";
import type { LegPrices, Wishes } from "../order/plan.ts";
import type { Terms } from "../order/terms.ts";
import type { Quantity } from "../quantity.ts";
import { disclosedDropped } from "../sizing/disclosed.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, madeRoom, waitsAsForever } from "./attempt.ts";
import { type Decision, type Request, WAIT } from "./decision.ts";
import { hasGoneOut } from "./gone-out.ts";
import { currentAttempt, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { type Sized, sizeWords } from "./size-words.ts";
import type { MirrorSlice } from "./slices.ts";
import { complete, type Part, wishToPlace } from "./target.ts";

export interface Placing {
  readonly executing: boolean;
  /** What `termsToPlace` says, where that was asked already. */
  readonly terms?: Terms;
  /** It goes out as an after-market order although the leader's is none (R22). */
  readonly afterMarket?: boolean;
  /** Why the entry part of a stop and reverse is left out (R15). */
  readonly refusedPart?: Verdict | undefined;
  /** What the account's money has to do with it. */
  readonly cover?: Extract<Cover, { is: "covered" }> | undefined;
}

/** What would be sent for so many units. */
export function termsToPlace(mirror: Mirror, leader: LeaderOrder | undefined, { units, part }: Ordered, { policy }: Situation): Terms {
  return complete(wishToPlace(mirror, leader, part, policy), units, leader, mirror);
}

export interface Ordered {
  readonly units: Quantity;
  readonly part: Part;
}

export function place(
  mirror: MirrorSlice,
  leader: LeaderOrder | undefined,
  { units, part }: Ordered,
  { executing, terms, afterMarket = false, refusedPart, cover }: Placing,
  situation: Situation,
): Decision {
  const { slice, whole } = mirror;
  const attempt = whole.nextAttempt;
  const request: Request = {
    request: "place",
    attempt,
    correlationId: correlationFor(mirror.stem, { slice, attempt }),
    executing,
    afterMarket: afterMarket || (mirror.contracted.afterMarket && !hasGoneOut(leader)),
    ...(mirror.product === mirror.contracted.product ? {} : { product: mirror.product }),
    terms: terms ?? termsToPlace(mirror, leader, { units, part }, situation),
    follows: leader?.known.terms,
    ...(leader !== undefined && waitsForever(leader.known) ? { forever: true as const } : {}),
    ...superPart(mirror, leader),
    ...(cover?.reserves === undefined ? {} : { reserves: cover.reserves }),
  };
  const verdicts: { verdict: Verdict; refuses: Terms | undefined }[] =
    refusedPart === undefined || leader === undefined ? [] : [{ verdict: refusedPart, refuses: leader.known.terms }];
  const last = currentAttempt(mirror);
  if (last !== undefined && madeRoom(last)) verdicts.push({ verdict: replacedVerdict(last, units), refuses: undefined });
  const entry = refusedPart === undefined ? "goes" : "refused";
  if (attempt === 0)
    verdicts.push({
      verdict: copied(mirror, leader, { units: whole.slices === 1 ? units : entry === "goes" ? whole.missing : whole.exitMissing, entry }, situation),
      refuses: undefined,
    });
  return { ...WAIT, request, rank: part === "exit" ? 1 : 2, verdicts, wanted: cover?.wanted };
}

/** An entry that is a super order at the leader is one at the follower (R19); what exits by a super order is only an exit. */
function superPart({ role }: Mirror, leader: LeaderOrder | undefined): { readonly legs?: LegPrices; readonly wishes?: Wishes } {
  if (role.role !== "entry" || leader?.known.family !== "super" || leader.known.plan === undefined) return {};
  return { legs: leader.known.plan.prices, wishes: leader.known.wishes };
}

function copied(mirror: MirrorSlice, leader: LeaderOrder | undefined, sized: Sized, { book }: Situation): Verdict {
  const { contract, instrument } = mirror;
  const isUnshaped = leader === undefined || contract === undefined;
  const shown = isUnshaped ? undefined : disclosedDropped(leader.known.terms, { units: sized.units, lot: contract.lot, segment: instrument.segment });
  const words = sizeWords(mirror, leader, sized, book) + sliceWords(mirror) + productWords(mirror);
  return verdict("COPIED", shown === undefined ? words : `${words}; ${shown}`, { units: sized.units });
}

/** `, one slice`; `, 2 slices of 1725 units at most`; nothing where no freeze quantity is known. */
function sliceWords({ contract, whole }: MirrorSlice): string {
  const most = contract === undefined ? undefined : largestOrder(contract);
  if (most === undefined) return "";
  return whole.slices === 1 ? ", one slice" : `, ${whole.slices} slices of ${most} units at most`;
}

/** `; it goes out in MARGIN, in which it is held`. */
function productWords({ role, product, contracted }: MirrorSlice): string {
  return role.role === "entry" || product === contracted.product ? "" : `; it goes out in ${product}, in which it is held`;
}

function replacedVerdict(last: Attempt, units: Quantity): Verdict {
  const { orderId, modifications } = last;
  if (waitsAsForever(last))
    return verdict("REPLACED", `forever order ${orderId ?? ""} is deleted, and what the leader's has fired is copied: ${units} units are placed`, { units });
  const sentence = `order ${orderId ?? ""} had been changed ${modifications} times, as often as is allowed, and was cancelled; ${units} units are placed anew`;
  return verdict("REPLACED", sentence, { modifications, units });
}
