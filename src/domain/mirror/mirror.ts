/**
 * A mirror: one leader order at one follower, through one copy (design 1). It holds what was decided at first sight (how
 * it scales, what part of it is an exit) and every order that was placed for it. What it should be now is `target`, what
 * follows from the difference is `decide`.
 */
import type { CorrelationStem } from "../correlation.ts";
import { type ClientId, type CopyId, type OrderId, orderId } from "../identity.ts";
import type { Contract, InstrumentKey } from "../instrument.ts";
import { asksAsBefore } from "../order/oco.ts";
import type { Contracted, Terms } from "../order/terms.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import type { LeftBefore } from "../sizing/carry.ts";
import type { ExitResidual } from "../sizing/residual.ts";
import type { Scale } from "../sizing/share.ts";
import { type UnixMs, unixMs } from "../time.ts";
import type { Verdict, VerdictCode } from "../verdict.ts";
import { type Attempt, filledOf, isOpen, liveUnits } from "./attempt.ts";

export type MirrorKey = string & { readonly mirror: unique symbol };

/** Made of numbers only: the name of a copy can be changed by a person (R9), and two copies of one leader into one follower there are not. */
export function mirrorKey({ leader, follower, cause }: { readonly leader: ClientId; readonly follower: ClientId; readonly cause: OrderId }): MirrorKey {
  return `${leader}-${follower}/${cause}` as MirrorKey;
}

/** The `cause` of the mirror of this key. */
export function causeOf(key: MirrorKey): OrderId {
  return orderId(key.slice(key.indexOf("/") + 1));
}

/** What an order does to the leader's position, seen at first sight (R14, R15). */
export type Role =
  | { readonly role: "entry" }
  | { readonly role: "exit"; readonly exit: ExitBasis }
  /** Larger than the leader's position: a full exit plus an entry for the rest, in one order. */
  | { readonly role: "reverse"; readonly exit: ExitBasis }
  /** An order of our own that closes what two alternatives filled too much (R16). */
  | { readonly role: "closing"; readonly units: Quantity }
  /** An order of our own that exits what the follower has too much of an order that the leader ended (R18). */
  | {
      readonly role: "orphan";
      readonly of: MirrorKey;
      /** What was said to be exited. */
      readonly excess: Quantity;
      /** What is certainly there of it when the order is made. */
      readonly units: Quantity;
    };

export interface ExitBasis {
  /** The leader's position at first sight, in units. */
  readonly leaderPosition: Quantity;
  /** What the copy had, filled and still resting, of what the leader had filled then: the exit's fraction is of this. */
  readonly held: Quantity;
  /** Under `rounding: carry`: what had been left over. */
  readonly carried?: LeftBefore;
  /** Of an exit that the leader sends as several orders: those before this one. */
  readonly residual?: ExitResidual;
}

/** A part of an entry that the leader's exit took back before it had filled at the follower (R14). */
export interface Withdrawal {
  readonly by: MirrorKey;
  readonly units: Quantity;
}

/** An order of our own that exits a part of an entry (R18). */
export interface OrphanExit {
  readonly by: MirrorKey;
  readonly units: Quantity;
}

export interface Mirror {
  readonly key: MirrorKey;
  /** Its name when the mirror was opened: for people. */
  readonly copy: CopyId;
  readonly leader: ClientId;
  readonly follower: ClientId;
  /** The leader's order; for a closing order, the follower's order that caused it. */
  readonly cause: OrderId;
  readonly stem: CorrelationStem;
  readonly openedAt: UnixMs;
  readonly instrument: InstrumentKey;
  readonly contracted: Contracted;
  /** Undefined while no source has told the contract's facts: nothing can be sized. */
  readonly contract: Contract | undefined;
  /** How the leader's frame and the instrument file disagree about the contract (R22). */
  readonly contradiction: string | undefined;
  readonly scale: Scale;
  readonly role: Role;
  /** The leader's order was older than our start when it was first seen. */
  readonly late: boolean;
  /**
   * The journal lost its end after this was opened: orders may have been placed for it that are not known here. Nothing is placed for it
   * before the follower's books are read twice, as with a lost journal (R11).
   */
  readonly isCut: boolean;
  readonly withdrawals: readonly Withdrawal[];
  /** Of an entry: units that it had filled ahead of the leader, and that exits took: one that made him flat, or what they sold beyond what the copy had of what he has filled (R14). */
  readonly takenAhead: Quantity;
  /** Of an exit: of the late fills that come on top of `due`, the units that the copy does not hold any more. They are owed no more (R14). */
  readonly lateGone: Quantity;
  /** Of an entry, so that what is on its way out is never sent out again. */
  readonly orphanExits: readonly OrphanExit[];
  /**
   * The exit's size, frozen when the leader's exit had ended or made him flat; late fills come on top. Of the exit of an orphan what is
   * left to do, which only falls.
   */
  readonly due: Quantity | undefined;
  /** Of what is filled, the part that was an exit. */
  readonly exitFilled: Quantity;
  /** Oldest first; of each slice only the last can be open. */
  readonly attempts: readonly Attempt[];
  readonly verdicts: readonly Verdict[];
  /** The leader's terms with which an entry was refused: it is not tried again until they change (R2). */
  readonly refusedFor: Terms | undefined;
  /** The leader's terms to which an order that rests was not let grow: nor is it later, until they change (R23). */
  readonly keptFor: Terms | undefined;
}

/** What has come of it when nothing of it is open. `waiting`: it is to be sent, and has not left. `filled`: over, with a fill. */
export type Outcome = "waiting" | "filled" | "refused" | "ended";

/** The newest order of all. */
export function currentAttempt(mirror: Mirror): Attempt | undefined {
  return mirror.attempts.at(-1);
}

/** The newest order of each slice: most mirrors have one (docs/slices.md). */
export function currentAttempts({ attempts }: Mirror): readonly Attempt[] {
  if (attempts.length < 2) return attempts;
  return [...new Map(attempts.map((attempt) => [attempt.slice, attempt])).values()];
}

/** Filled at the follower, over all attempts. */
export function filledUnits(mirror: Mirror): Quantity {
  let sum = 0;
  for (const attempt of mirror.attempts) sum += filledOf(attempt);
  return quantity(sum);
}

export function entryFilled(mirror: Mirror): Quantity {
  return quantity(filledUnits(mirror) - mirror.exitFilled);
}

export function withdrawnUnits(mirror: Mirror, by?: MirrorKey): Quantity {
  let sum = 0;
  for (const withdrawal of mirror.withdrawals) if (by === undefined || withdrawal.by === by) sum += withdrawal.units;
  return quantity(sum);
}

export function isLive(mirror: Mirror): boolean {
  return currentAttempts(mirror).some(isOpen);
}

/** When the last of its slices was seen to have ended; undefined: one was not. */
export function lastEnd(mirror: Mirror): UnixMs | undefined {
  const ends = currentAttempts(mirror).flatMap(({ endedAt }) => endedAt ?? []);
  return ends.length === 0 || ends.length < currentAttempts(mirror).length ? undefined : unixMs(Math.max(...ends));
}

/** Units that its orders may still fill. */
export function liveUnitsOf(mirror: Mirror): number {
  return mirror.attempts.reduce((sum, attempt) => sum + liveUnits(attempt), 0);
}

export function given(mirror: Mirror, code: VerdictCode): boolean {
  return mirror.verdicts.some((verdict) => verdict.code === code);
}

/** The leader's quantity above which an order opens a position rather than reducing one. */
export function entryAbove(role: Role): Quantity {
  return role.role === "reverse" ? role.exit.leaderPosition : NONE;
}

/** What was placed for it may not be known before the follower's books have been read twice (R11). */
export function awaitsProof(mirror: Mirror): boolean {
  return mirror.late || mirror.isCut;
}

/** A guard refused its entry for these terms of the leader's: it is judged anew once he has changed them (R2). */
export function isRefusedFor({ refusedFor }: Pick<Mirror, "refusedFor">, terms: Terms): boolean {
  return refusedFor !== undefined && asksAsBefore(refusedFor, terms);
}

/** What rests of it does not grow to these terms of the leader's: they came during a halt (R23). */
export function isKeptFor({ keptFor }: Mirror, terms: Terms): boolean {
  return keptFor !== undefined && asksAsBefore(keptFor, terms);
}

export function isExit(mirror: Mirror): boolean {
  return mirror.role.role !== "entry";
}
