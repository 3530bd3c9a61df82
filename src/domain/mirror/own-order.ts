/**
 * Orders that Lockstep made of itself, and whose mirrors the journal has lost (R9, R11). Their mark is a hash of the follower's order that
 * caused them, so the day's book explains them as it explains copies. Left unexplained they count as the owner's trades, and the copied
 * position is wrong by them as soon as he trades the other way himself (R15).
 */
import { type Book, followerBook, ledgerOf } from "../book/book.ts";
import { keyOfStem } from "../book/ways.ts";
import { type CorrelationStem, correlationStem, isOurs, stemOf } from "../correlation.ts";
import type { OrderId } from "../identity.ts";
import { instrumentText } from "../instrument.ts";
import { firstKnown } from "../order/known.ts";
import type { OrderReport } from "../order/report.ts";
import { heldAgainst } from "../position/ledger.ts";
import { quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import type { FollowerRecord, MirrorOpened } from "../records.ts";
import { type TradingDay, tradingDay, type UnixMs } from "../time.ts";
import { holdingOf } from "./in-holding.ts";
import { filledWithLegs } from "./legs.ts";
import { filledUnits, type Mirror, mirrorKey, type Role } from "./mirror.ts";
import { type OwnKind, ownCause } from "./own-cause.ts";

/** So many fills of one order are tried, from its last downwards lot by lot: what an earlier one had caused stays unexplained. */
const FILLS_MAX = 500;

interface Own {
  readonly kind: OwnKind;
  readonly cause: OrderId;
}

/**
 * The records that open what the orders of `causing` have caused, and adopt its rows. `rows` bear our mark, and nobody explains them yet.
 *
 * A closing order that comes `in-turn` waits until both alternatives are told, so that what flipped is what it has closed. Among `all` rows of
 * a book it is taken as it is: one of the two may look like an entry by now.
 */
export function adoptOwn(
  book: Book,
  causing: Mirror,
  rows: readonly OrderReport[],
  { of, now }: { readonly of: "in-turn" | "all"; readonly now: UnixMs },
): readonly FollowerRecord[] {
  const { follower, leader } = causing;
  const holding = holdingOf(causing);
  const records: FollowerRecord[] = [];
  const byDay = new Map<TradingDay, ReadonlyMap<CorrelationStem, Own>>();
  const marked = rows.flatMap((row) =>
    isOurs(row.correlationId) && instrumentText(row.instrument) === instrumentText(causing.instrument) ? [{ row, mark: row.correlationId }] : [],
  );
  for (const [stem, its] of Map.groupBy(marked, ({ mark }) => stemOf(mark))) {
    const ours = its.sort((a, b) => (a.mark < b.mark ? -1 : 1)).map(({ row }) => row);
    const [first] = ours;
    // Whose mirror is known needs no explaining.
    if (first === undefined || keyOfStem(followerBook(book, follower), stem) !== undefined) continue;
    const day = tradingDay(first.createdAt ?? first.orderTime ?? first.updatedAt);
    const stems = byDay.get(day) ?? stemsCausedBy(causing, day);
    byDay.set(day, stems);
    const own = stems.get(stem);
    if (own === undefined) continue;
    const filled = ours.reduce((sum, row) => sum + row.filled, 0);
    if (
      of === "in-turn" &&
      own.kind === "closing" &&
      filled > heldAgainst(ledgerOf(followerBook(book, follower), leader, holding).flipped, first.contracted.side)
    )
      continue;
    const opening = opened(causing, own, ours, { stem, now });
    records.push(opening);
    for (const report of ours) records.push({ type: "order-adopted", at: now, follower, mirror: opening.mirror, report });
  }
  return records;
}

/** By the mark: whatever any fill of its orders may have caused on a day. */
function stemsCausedBy(causing: Mirror, day: TradingDay): ReadonlyMap<CorrelationStem, Own> {
  const { leader, follower } = causing;
  const lot = causing.contract?.lot ?? 1;
  const stems = new Map<CorrelationStem, Own>();
  for (const attempt of causing.attempts) {
    if (attempt.orderId === undefined) continue;
    // An orphan is keyed by what all orders of the entry have filled.
    for (const [kind, most] of [["closing", filledWithLegs(attempt)] as const, ["orphan", filledUnits(causing)] as const]) {
      for (let units: number = most, tried = 0; units > 0 && tried < FILLS_MAX; units -= lot, tried += 1) {
        const cause = ownCause(kind, attempt.orderId, quantity(units));
        stems.set(correlationStem({ leader, cause, day, follower }), { kind, cause });
      }
    }
  }
  return stems;
}

function opened(
  causing: Mirror,
  { kind, cause }: Own,
  rows: readonly OrderReport[],
  { stem, now }: { readonly stem: CorrelationStem; readonly now: UnixMs },
): MirrorOpened {
  const { leader, follower, copy, instrument, contracted, contract } = causing;
  const [first] = rows;
  return {
    type: "mirror-opened",
    at: now,
    follower,
    mirror: mirrorKey({ leader, follower, cause }),
    copy,
    leader,
    cause,
    stem,
    instrument,
    contracted: { ...contracted, side: first?.contracted.side ?? contracted.side, afterMarket: false },
    contract,
    contradiction: undefined,
    scale: { ratio: ratio(1, 1), rounding: "down", minLots: undefined, maxLots: undefined },
    role: roleOf(causing, kind, rows),
    late: true,
  };
}

/**
 * A closing order goes on with what is left to be closed. The exit of an orphan is of what its orders have filled or may still fill: nothing
 * more is sent for it, because what it was of is not known any more.
 */
function roleOf(causing: Mirror, kind: OwnKind, rows: readonly OrderReport[]): Role {
  const live = rows.reduce((sum, row) => sum + (firstKnown(row).end === undefined ? row.terms.quantity : row.filled), 0);
  if (kind === "orphan") return { role: "orphan", of: causing.key, excess: quantity(live), units: quantity(live) };
  return { role: "closing", units: quantity(Math.max(live, ...rows.map(({ terms }) => terms.quantity))) };
}
