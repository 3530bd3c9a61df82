/**
 * `rounding: carry`: rounded down, and what is left over goes to the next order of the same position. So many small orders come to what one
 * large order would have, within a lot.
 *
 * What is left over is in millionths of a unit, below zero where the copy has too much. A fraction that they cannot hold is rounded up, so
 * that three thirds are a whole; the error is a millionth of a unit for each order.
 */
import { type LotSize, NONE, type Quantity, quantity } from "../quantity.ts";
import type { Ratio } from "../ratio.ts";

/** Of a unit. */
export type Millionths = number;

const MILLION = 1_000_000n;

/** An entry: the exact share and what was carried to it, in whole lots, not below zero. */
export function carriedShare(units: number, part: Ratio, carried: Millionths, lot: LotSize): Quantity {
  if (units === 0) return NONE;
  const [over, under] = [BigInt(units) * BigInt(part.numerator), BigInt(part.denominator)];
  return wholeLots(over * MILLION + BigInt(carried) * under, under * MILLION, lot);
}

/** What an entry adds to what is left over: its exact share less its whole lots. */
export function leftByEntry(units: number, part: Ratio, carried: Millionths, lot: LotSize): Millionths {
  const exact = ceilingOf(BigInt(units) * BigInt(part.numerator) * MILLION, BigInt(part.denominator));
  return Number(exact - BigInt(carriedShare(units, part, carried, lot)) * MILLION);
}

/** What had been left over before an exit. */
export interface LeftBefore {
  /** Of what the leader had filled. */
  readonly ofFilled: Millionths;
  /** Of what still rested at him: what remains is rounded together with that. */
  readonly ofResting: Millionths;
}

/** An exit as it was at first sight: of the leader's position, and what the copy had of it. */
export interface CarriedExit {
  readonly leaderPosition: Quantity;
  readonly held: Quantity;
  readonly carried: LeftBefore;
}

/** An exit of a part of the leader's position: what remains is the exact share of what remains to him, in whole lots. */
export function carriedExit(units: number, exit: CarriedExit, lot: LotSize): Quantity {
  const { held, leaderPosition, carried } = exit;
  if (units === 0) return NONE;
  if (units >= leaderPosition) return held;
  const { over, under } = remaining(units, exit);
  const remains = wholeLots(over + BigInt(carried.ofResting) * BigInt(leaderPosition), under, lot);
  return quantity(held - Math.min(held, remains));
}

/** What an exit adds to what is left over: nothing, where it was of nothing that was known of the leader's. */
export function leftByExit(units: number, exit: CarriedExit, lot: LotSize): Millionths {
  if (units === 0 || exit.leaderPosition === 0) return 0;
  const { over } = remaining(units, exit);
  const exact = ceilingOf(over, BigInt(exit.leaderPosition));
  const kept = BigInt(exit.held - carriedExit(units, exit, lot)) * MILLION;
  return Number(exact - kept) - exit.carried.ofFilled;
}

/** The exact share that remains of what the leader has filled, as a fraction of units. */
function remaining(units: number, { leaderPosition, held, carried }: CarriedExit): { readonly over: bigint; readonly under: bigint } {
  const left = BigInt(Math.max(0, leaderPosition - units));
  const before = BigInt(held) * MILLION + BigInt(carried.ofFilled);
  return { over: before < 0n ? 0n : before * left, under: MILLION * BigInt(leaderPosition) };
}

function wholeLots(over: bigint, under: bigint, lot: LotSize): Quantity {
  return over <= 0n ? NONE : quantity(Number(over / (under * BigInt(lot))) * lot);
}

function ceilingOf(over: bigint, under: bigint): bigint {
  return over <= 0n ? over / under : (over + under - 1n) / under;
}
