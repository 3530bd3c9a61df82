/** How the size of an order came about, in words with all of its numbers: what `explain` shows. Nothing is decided here. */
import { unreachable } from "../assert.ts";
import type { Book, LeaderOrder } from "../book/book.ts";
import type { Rounding } from "../policy.ts";
import type { LotSize, Quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { type CarriedExit, carriedExit } from "../sizing/carry.ts";
import { type ExitResidual, exitScale, lotsLeft, sliceShare } from "../sizing/residual.ts";
import { carriedWords, residualWords, shareWords } from "../sizing/share.ts";
import { decimal, lotsText } from "../sizing/words.ts";
import { entrySizeOf } from "./entry.ts";
import { exitShare } from "./exit.ts";
import { type ExitBasis, type Mirror, withdrawnUnits } from "./mirror.ts";
import { filledTooLate, withdrawnOnBehalf } from "./taken-back.ts";

export interface Sized {
  readonly units: Quantity;
  /** Of a stop and reverse: whether its entry part goes with it (R15). */
  readonly entry: "goes" | "refused";
}

/** Of the first order of a mirror. */
export function sizeWords(mirror: Mirror, leader: LeaderOrder | undefined, { units, entry }: Sized, book: Book): string {
  const { role } = mirror;
  switch (role.role) {
    case "entry":
      return entryWords(mirror, leader, units);
    case "exit":
      return exitWords(mirror, role.exit, leader, units, book);
    case "reverse":
      return reverseWords(mirror, role.exit, leader, { units, entry });
    case "closing":
      return `two alternatives filled together: ${units} units are closed`;
    case "orphan":
      return `the leader's order ended with less filled: of ${role.excess} units too much ${units} are exited`;
    default:
      return unreachable(role);
  }
}

/** Why an exit has no size although the copy holds something; undefined: that is not the reason. */
export function exitBelowOneLot(mirror: Mirror, leader: LeaderOrder): string | undefined {
  if (mirror.role.role !== "exit" || mirror.contract === undefined || mirror.role.exit.held === 0) return undefined;
  const of = quantityOf(leader);
  if (of === 0 || exitShare(mirror, mirror.role.exit, of) > 0) return undefined;
  return `${fractionWords(mirror, mirror.role.exit, of, mirror.contract.lot)}: below one lot; what the copy has goes with a later exit`;
}

function entryWords(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity): string {
  const size = leader === undefined ? undefined : entrySizeOf(mirror, quantityOf(leader));
  if (size === undefined) return `${units} units`;
  const taken = withdrawnUnits(mirror);
  return taken === 0 ? size.arithmetic : `${size.arithmetic}, less ${taken} that the leader's exits have taken back: ${units} units`;
}

function exitWords(mirror: Mirror, exit: ExitBasis, leader: LeaderOrder | undefined, units: Quantity, book: Book): string {
  const of = leader === undefined ? exit.leaderPosition : quantityOf(leader);
  const lot = mirror.contract?.lot;
  const share = exitShare(mirror, exit, of);
  const sum = lot === undefined ? `exit: the copy has ${exit.held} units` : fractionWords(mirror, exit, of, lot);
  const [withdrawn, late] = [withdrawnOnBehalf(book, mirror), filledTooLate(book, mirror)];
  const because = [
    ...(withdrawn === 0 ? [] : [`${withdrawn} of that were withdrawn while they still rested`]),
    ...(late === 0 ? [] : [`${late} filled after they were taken back`]),
    ...(share - withdrawn + late === units ? [] : [`${units} are there to be exited now`]),
  ];
  return because.length === 0 ? `${sum}, ${units} units` : `${sum}, ${share} units; ${because.join(", ")}: ${units} units`;
}

function reverseWords(mirror: Mirror, exit: ExitBasis, leader: LeaderOrder | undefined, { units, entry }: Sized): string {
  const about = `stop and reverse of the leader's ${exit.leaderPosition}; exit: all that the copy has, ${exit.held} units`;
  if (entry === "refused") return `${about}; without the entry: ${units} units`;
  const size = leader === undefined ? undefined : entrySizeOf(mirror, quantityOf(leader));
  return `${about}; ${size === undefined ? "no entry" : `entry: ${size.arithmetic}`}; in one order ${units} units`;
}

/** `exit of 75 of the leader's 300 units, 0.25: the copy's 2 lots x 0.25 = 0.5, down: 0 lots`. */
function fractionWords(mirror: Mirror, { leaderPosition, held, carried, residual }: ExitBasis, of: number, lot: LotSize): string {
  if (of >= leaderPosition) return `exit of all of the leader's ${leaderPosition} units: all that the copy has, ${lotsText(held / lot)}`;
  if (residual !== undefined) return slicedExitWords(of, residual, mirror.scale.rounding, lot);
  const about = `exit of ${of} of the leader's ${leaderPosition} units, ${decimal(of / leaderPosition)}`;
  if (carried !== undefined) return `${about}: ${carriedExitWords(of, { leaderPosition, held, carried }, lot)}`;
  return `${about}: the copy's ${shareWords(held, { ratio: ratio(of, leaderPosition), rounding: mirror.scale.rounding }, lot)}`;
}

/** `exit of 75 of the leader's 300 units, 0.25: the copy's 2 lots x 0.25 = 0.5, with 0.5 left of the leader's slices before 1, down: 1 lot`. */
function slicedExitWords(of: number, residual: ExitResidual, rounding: Rounding, lot: LotSize): string {
  const { leaderPosition, held } = residual;
  const scale = exitScale(residual, rounding);
  const part = of / leaderPosition;
  const product = (held * part) / lot;
  const sum = `the copy's ${lotsText(held / lot)} x ${decimal(part)} = ${decimal(product)}${residualWords(product, lotsLeft(scale, lot))}`;
  const share = lotsText(sliceShare(of, scale, lot) / lot);
  return `exit of ${of} of the leader's ${leaderPosition} units, ${decimal(part)}: ${sum}, ${rounding}: ${share}`;
}

/** `of the copy's 2 lots, with 0.5 carried 2.5, 1.75 remain, carry: 1 lot; exit: 1 lot`. */
function carriedExitWords(of: number, exit: CarriedExit, lot: LotSize): string {
  const { held, leaderPosition, carried } = exit;
  const [ofFilled, ofResting] = [carried.ofFilled, carried.ofResting].map((left) => left / (1_000_000 * lot)) as [number, number];
  const exact = held / lot + ofFilled;
  const remains = (exact * (leaderPosition - of)) / leaderPosition;
  const goes = carriedExit(of, exit, lot);
  const before = ofFilled === 0 ? "" : `, ${carriedWords(ofFilled)} ${decimal(exact)}`;
  const beside = ofResting === 0 ? "" : `, ${carriedWords(ofResting)} by what rests ${decimal(remains + ofResting)}`;
  return `of the copy's ${lotsText(held / lot)}${before}, ${decimal(remains)} remain${beside}, carry: ${lotsText((held - goes) / lot)}; exit: ${lotsText(goes / lot)}`;
}

/** What the size is reckoned from: the leader's order while it is open, what it filled when it has ended. */
function quantityOf({ known }: LeaderOrder): number {
  return known.end === undefined || known.end === "filled" ? known.terms.quantity : known.filled;
}
