/**
 * The fold: a book after one more record. Deterministic, so that the journal replayed gives the state that was in memory
 * (R8). It can't refuse; a record that makes no sense is a bug and halts.
 */
import { assert, unreachable } from "../assert.ts";
import { isOurs, stemOf } from "../correlation.ts";
import { afterAnswer, afterIntent, afterRestart } from "../guards/breaker.ts";
import { afterWord } from "../halt/halt.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { questionKey } from "../margin/quote.ts";
import { fundsRead, orderEnded, requestSettled, reserve, restarted } from "../margin/reservations.ts";
import { type Attempt, filledOf, isOpen, wasRefused } from "../mirror/attempt.ts";
import { carriedToEntry, carriedToOf, leftBy, rebaseLeft, settleLeft } from "../mirror/carried.ts";
import { evolve, type MirrorEvent } from "../mirror/evolve.ts";
import { copiedAgainst, holdingOf, legsDone, settleExit } from "../mirror/exit.ts";
import { legFilled } from "../mirror/legs.ts";
import { currentAttempts, filledUnits, isExit, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import { causingOrder } from "../mirror/own-cause.ts";
import { rememberSibling } from "../mirror/siblings.ts";
import { isNettedApart } from "../order/family.ts";
import { firstKnown, type KnownOrder, merge } from "../order/known.ts";
import type { OrderReport, PositionReport } from "../order/report.ts";
import { direction, opposite, type Product, type Side } from "../order/terms.ts";
import { afterAdopted, afterClosing, afterFill, heldAgainst, heldElsewhere, type Ledger } from "../position/ledger.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import type { BookRecord, DayTurned, EngineStarted, MirrorOpened, ModificationIntended, PlacementIntended, RequestAnswered } from "../records.ts";
import type { Millionths } from "../sizing/carry.ts";
import { startOfDay, type TradingDay, tradingDay, type UnixMs } from "../time.ts";
import {
  type Book,
  copiesIn,
  type FollowerBook,
  followerBook,
  getOrAdd,
  type HoldingKey,
  hasExpired,
  holdingKey,
  inProduct,
  keptUnder,
  type LeaderBook,
  type LeaderOrder,
  leaderBook,
  ledgerOf,
  mirrorsOfHolding,
  positionOf,
} from "./book.ts";
import { convertCopy, joinProducts } from "./conversions.ts";
import { forgetEndedDays, type GoesOn } from "./forget.ts";
import { orderBack, orderOf, tellsNoMoreOfOrder } from "./leader-orders.ts";
import { isOver } from "./over.ts";
import { isPutAway, mirrorBack, putAway, tellsNoMore } from "./put-away.ts";

export function apply(book: Book, record: BookRecord): void {
  switch (record.type) {
    case "engine-started":
      book.leadersSince ??= record.leadersSince;
      book.begunAt ??= record.at;
      book.day ??= tradingDay(record.at);
      return started(book, record);
    case "day-turned":
      return dayTurned(book, record);
    case "journal-cut":
      for (const leader of book.leaders.values()) for (const order of [...leader.away.keys()]) orderBack(leader, order);
      for (const follower of book.followers.values()) {
        for (const key of [...follower.away.mirrors.keys()]) mirrorBack(follower, key);
        for (const mirror of follower.mirrors.values()) follower.mirrors.set(mirror.key, cut(mirror, record.at));
      }
      return;
    case "leader-order-reported":
      return leaderReported(book, record.leader, record.report, record.at);
    case "leader-positions-read":
      positionsRead(book, leaderBook(book, record.leader).positions, record.positions);
      for (const conversion of record.converted ?? []) joinProducts(book, record.leader, conversion);
      return;
    case "follower-funds-read":
      followerBook(book, record.follower).funds = record.funds;
      fundsRead(followerBook(book, record.follower).reservations, record.funds, record.at);
      return;
    case "margin-quoted": {
      const { question, paise, asked } = record;
      followerBook(book, record.follower).quotes.set(questionKey(question), { units: question.order.units, paise, asked });
      return;
    }
    case "leader-frame-refused":
    case "leader-trades-read":
    case "follower-trades-read":
      return;
    case "leader-order-lacked": {
      const known = leaderBook(book, record.leader).orders.get(record.order)?.known;
      if (known !== undefined && known.end === undefined) leaderReported(book, record.leader, expiryOf(known, record.at, NO_BOOK), record.at);
      return;
    }
    case "follower-order-lacked": {
      const follower = followerBook(book, record.follower);
      const key = follower.byOrder.get(record.order);
      const attempt = key === undefined ? undefined : mirrorIn(follower, key).attempts.find(({ orderId }) => orderId === record.order);
      if (key !== undefined && attempt !== undefined && isOpen(attempt)) endOvernight(book, follower, key, attempt, { at: record.at, reason: NO_BOOK });
      return;
    }
    case "mirror-opened":
      return opened(book, record);
    case "mirrors-put-away":
      if (book.keeps === "what-lives") putAway(book, record);
      return;
    case "follower-order-reported":
      return followerReported(book, followerBook(book, record.follower), record.report, record.at);
    case "order-adopted":
      return adopted(book, followerBook(book, record.follower), record.mirror, record.report, record.at);
    case "follower-positions-read":
      for (const conversion of record.converted ?? []) convertCopy(followerBook(book, record.follower), conversion);
      return ownersRead(book, followerBook(book, record.follower), record.positions);
    case "entries-halted":
      book.halts = afterWord(book.halts, { says: "halt", over: { of: "follower", follower: record.follower }, at: record.at, by: "stranger", why: record.why });
      return;
    case "operator-halted":
      book.halts = afterWord(book.halts, { says: "halt", over: record.over, at: record.at, by: "operator", why: undefined });
      return;
    case "operator-resumed":
      book.halts = afterWord(book.halts, { says: "resume", over: record.over, at: record.at });
      return;
    case "verdict-given": {
      const follower = followerBook(book, record.follower);
      const mirror = mirrorIn(follower, record.mirror);
      follower.mirrors.set(mirror.key, {
        ...mirror,
        verdicts: [...mirror.verdicts, record.verdict],
        refusedFor: record.refuses ?? mirror.refusedFor,
        keptFor: record.keeps ?? mirror.keptFor,
      });
      return;
    }
    case "placement-intended": {
      const follower = followerBook(book, record.follower);
      const mirror = mirrorIn(follower, record.mirror);
      // The mirror's own text of its key: that of the record says the same, and would be one more in memory.
      follower.byCorrelation.set(record.correlationId, mirror.key);
      backIntoHolding(book, follower, mirror);
      follower.breaker = afterIntent(follower.breaker, record);
      promise(follower, record);
      return evolved(follower, record.mirror, record);
    }
    case "modification-intended":
    case "cancel-intended": {
      const follower = followerBook(book, record.follower);
      follower.breaker = afterIntent(follower.breaker, record);
      if (record.type === "modification-intended") promise(follower, record);
      return evolved(follower, record.mirror, record);
    }
    case "look-answered":
      return evolved(followerBook(book, record.follower), record.mirror, record);
    case "request-answered": {
      const follower = followerBook(book, record.follower);
      follower.breaker = afterAnswer(follower.breaker, record);
      if (record.request === "placement" && record.result.outcome === "accepted")
        follower.byOrder.set(record.result.orderId, mirrorIn(follower, record.mirror).key);
      evolved(follower, record.mirror, record);
      return settlePromise(follower, record);
    }
    default:
      return unreachable(record);
  }
}

function started(book: Book, { at, elapsedMs }: EngineStarted): void {
  book.startedAt = at;
  for (const follower of book.followers.values()) {
    follower.breaker = afterRestart(follower.breaker);
    follower.funds = undefined;
    restarted(follower.reservations, at);
    for (const mirror of follower.mirrors.values()) follower.mirrors.set(mirror.key, evolve(mirror, { type: "engine-started", at, elapsedMs }));
  }
}

function leaderReported(book: Book, id: ClientId, report: OrderReport, at: UnixMs): void {
  const leader = leaderBook(book, id);
  if (tellsNoMoreOfOrder(leader, report)) return;
  const before = orderBack(leader, report.orderId);
  const known = before === undefined ? firstKnown(report) : merge(before.known, report);
  const filledNow = known.filled - (before?.known.filled ?? 0);
  const moved = isNettedApart(known.family) ? 0 : direction(known.contracted.side) * filledNow;
  const flattened = movedPosition(leader, known, moved);
  const stillUntold = before?.untoldSince !== undefined && !isOfToday(report, before.untoldSince) ? { untoldSince: before.untoldSince } : {};
  const order: LeaderOrder = {
    known,
    flattened: flattened || (before?.flattened ?? false),
    endedAt: before?.endedAt ?? (known.end === undefined ? undefined : at),
    ...stillUntold,
  };
  const mirrors = (leader.mirrors.get(report.orderId) ?? []).map(({ follower: id, key }) => ({ follower: followerBook(book, id), key }));
  const isResized = before !== undefined && before.known.terms.quantity !== known.terms.quantity;
  const left = isResized ? mirrors.map(({ follower, key }) => (isPutAway(follower, key) ? 0 : leftBy(book, mirrorIn(follower, key), "live"))) : [];
  leader.orders.set(report.orderId, order);
  for (const [index, { follower, key }] of mirrors.entries()) {
    // His order was over: only what he has filled can move it again (R1).
    if (filledNow === 0 && isPutAway(follower, key)) continue;
    if (isResized) carryAnew(book, follower, mirrorIn(follower, key), left[index] ?? 0);
    settleExit(book, mirrorIn(follower, key), order);
    // Made smaller, it may have filled more than his exits have left of it.
    if (isResized) takersBack(book, follower, mirrorIn(follower, key));
    forgetWhenOver(book, follower, key);
  }
}

/** What a book tells that was asked for before the day turned is what it told then. */
function isOfToday({ source }: OrderReport, turnedAt: UnixMs): boolean {
  return source.kind === "frame" || source.asked >= turnedAt;
}

/** The leader has changed the size of his order: what the others leave over by now is its share to take (`rounding: carry`). */
function carryAnew(book: Book, follower: FollowerBook, mirror: Mirror, own: Millionths): void {
  if (mirror.role.role !== "entry" || mirror.scale.carried === undefined || mirror.contract === undefined) return;
  const carried = carriedToEntry(book, carriedToOf(mirror, mirror.contract.lot), own);
  if (carried !== mirror.scale.carried) follower.mirrors.set(mirror.key, { ...mirror, scale: { ...mirror.scale, carried } });
}

/**
 * What was open on the days before is over (R24): the broker's books hold one day, so he will never say so himself. It ends as expired,
 * as if a row of the book had told it; what was sent and never seen ends unresolved. After-market orders for a session to come stay, and
 * what was made between midnight and this record is of the new day.
 */
function dayTurned(book: Book, { at, day, afterMarketFrom, forgets }: DayTurned): void {
  book.day = day;
  const midnight = startOfDay(day);
  const goesOn: GoesOn = (afterMarket, since) => since >= midnight || (afterMarket && since >= afterMarketFrom);
  if (forgets === true) {
    book.afterMarketFrom = afterMarketFrom;
    if (book.keeps === "what-lives") forgetEndedDays(book, goesOn);
  }
  for (const [id, leader] of book.leaders) {
    for (const order of [...leader.orders.values()]) {
      const { known } = order;
      if (known.end !== undefined || known.createdAt >= midnight) continue;
      if (goesOn(known.contracted.afterMarket, known.createdAt)) leader.orders.set(known.orderId, { ...order, untoldSince: at });
      else leaderReported(book, id, expiryOf(known, at, DAY_OVER), at);
    }
  }
  for (const follower of book.followers.values()) {
    for (const mirror of [...follower.mirrors.values()]) {
      for (const attempt of mirror.attempts) {
        for (const leg of Object.values(attempt.legs?.orders ?? {}))
          if (leg !== undefined && leg.end === undefined)
            filled(book, follower, mirror.key, { type: "follower-order-reported", at, report: expiryOf(leg, at, DAY_OVER) });
        if (!isOpen(attempt) || goesOn(attempt.afterMarket, attempt.intendedAt)) continue;
        endOvernight(book, follower, mirror.key, attempt, { at, reason: DAY_OVER });
      }
    }
  }
  contractsExpired(book, day);
  for (const { quotes } of book.followers.values()) quotes.clear();
}

/** What was held of a contract that has expired is gone from every book, as it is from the brokers'. */
function contractsExpired(book: Book, day: TradingDay): void {
  const holdings: Map<HoldingKey, unknown>[] = [...book.leaders.values()].map(({ positions }) => positions);
  for (const { owners, ledgers, leftOver } of book.followers.values()) holdings.push(owners, ...ledgers.values(), ...leftOver.values());
  for (const held of holdings) for (const holding of held.keys()) if (hasExpired(holding, day)) held.delete(holding);
  for (const { converted } of book.leaders.values())
    for (const [contract, kept] of converted) if (hasExpired(inProduct(contract, kept), day)) converted.delete(contract);
}

const DAY_OVER = "the trading day is over";
const NO_BOOK = "it was made after market on an earlier day, and no book of today shows it";

function endOvernight(
  book: Book,
  follower: FollowerBook,
  key: MirrorKey,
  { number, order }: Attempt,
  { at, reason }: { readonly at: UnixMs; readonly reason: string },
): void {
  if (order === undefined) evolved(follower, key, { type: "attempt-unresolved", at, attempt: number });
  else filled(book, follower, key, { type: "follower-order-reported", at, report: expiryOf(order, at, reason) });
}

/** The row that a book of the old day would have shown at its end. */
function expiryOf(known: KnownOrder, at: UnixMs, reason: string): OrderReport {
  const last = known.told.at(-1);
  assert(last !== undefined, "a known order was told");
  const { terms, filled, averagePrice } = known;
  const plan = known.plan === undefined ? {} : { plan: known.plan };
  return { ...last, ...plan, source: { kind: "row", asked: at }, status: "EXPIRED", terms, filled, averagePrice, reason, updatedAt: at };
}

/** Answers whether the position came to zero, or through it. */
function movedPosition(leader: LeaderBook, { instrument, contracted: { product } }: KnownOrder, change: number): boolean {
  if (change === 0) return false;
  const before = positionOf(leader, instrument, product);
  const after = before + change;
  const holding = holdingKey(instrument, product);
  leader.positions.set(holding, (leader.positions.get(holding) ?? 0) + change);
  return before !== 0 && Math.sign(after) !== Math.sign(before);
}

/** A broker may go on showing what has expired until the morning: it is not held any more. */
function positionsRead(book: Book, positions: Map<HoldingKey, number>, read: readonly PositionReport[]): void {
  positions.clear();
  for (const { instrument, product, net } of read) {
    const holding = holdingKey(instrument, product);
    if (net !== 0 && (book.day === undefined || !hasExpired(holding, book.day))) positions.set(holding, net);
  }
}

/** One that was opened before anybody knew its contract is opened anew when somebody does; what was taken on for it by then is its own (R11). */
function opened(book: Book, record: MirrorOpened): void {
  const follower = followerBook(book, record.follower);
  const earlier = mirrorBack(follower, record.mirror);
  assert(earlier === undefined || earlier.attempts.length === 0 || earlier.contract === undefined, `${record.mirror} was opened twice`);
  const mirror: Mirror = {
    key: record.mirror,
    copy: record.copy,
    leader: record.leader,
    follower: record.follower,
    cause: record.cause,
    stem: record.stem,
    openedAt: record.at,
    instrument: record.instrument,
    contracted: record.contracted,
    contract: record.contract,
    contradiction: record.contradiction,
    scale: record.scale,
    role: record.role,
    late: record.late,
    isCut: earlier?.isCut ?? isOwnOfCut(follower, record.cause),
    withdrawals: earlier?.withdrawals ?? [],
    orphanExits: earlier?.orphanExits ?? [],
    due: earlier?.due ?? (record.role.role === "orphan" ? record.role.units : undefined),
    exitFilled: earlier?.exitFilled ?? NONE,
    attempts: earlier?.attempts ?? [],
    verdicts: earlier?.verdicts ?? [],
    refusedFor: undefined,
    keptFor: undefined,
  };
  orderBack(leaderBook(book, mirror.leader), mirror.cause);
  follower.mirrors.set(mirror.key, mirror);
  follower.byStem.set(mirror.stem, mirror.key);
  if (earlier === undefined) {
    remember(follower, mirror);
    if (mirror.role.role !== "closing" && mirror.role.role !== "orphan")
      getOrAdd(leaderBook(book, mirror.leader).mirrors, mirror.cause, () => []).push({ follower: mirror.follower, key: mirror.key });
  }
  rememberSibling(book, mirror);
  rebaseLeft(book, follower, mirror);
  const order = orderOf(leaderBook(book, mirror.leader), mirror.cause);
  if (order !== undefined) settleExit(book, mirror, order);
  if (mirror.role.role === "orphan") {
    const entry = mirrorIn(follower, mirror.role.of);
    follower.mirrors.set(entry.key, { ...entry, orphanExits: [...entry.orphanExits, { by: mirror.key, units: mirror.role.units }] });
    settleOrphans(book, follower, mirror.leader, holdingOf(mirror));
  }
}

/** What the journal knew of it may be old. */
function cut(mirror: Mirror, at: UnixMs): Mirror {
  return { ...mirror, isCut: true, attempts: mirror.attempts.map((attempt) => (isOpen(attempt) ? { ...attempt, termsInDoubtSince: at } : attempt)) };
}

/** An order of our own, caused by one of which the journal may not know everything: the same may have been ordered before. */
function isOwnOfCut(follower: FollowerBook, cause: OrderId): boolean {
  const order = causingOrder(cause);
  const key = order === undefined ? undefined : follower.byOrder.get(order);
  return key !== undefined && (follower.mirrors.get(key)?.isCut ?? false);
}

function followerReported(book: Book, follower: FollowerBook, report: OrderReport, at: UnixMs): void {
  const key =
    follower.byOrder.get(report.leg?.of ?? report.orderId) ??
    (report.correlationId === undefined ? undefined : follower.byCorrelation.get(report.correlationId));
  if (key === undefined) return foreignReported(book, follower, report);
  if (tellsNoMore(follower, report)) return;
  if (report.leg === undefined) follower.byOrder.set(report.orderId, key);
  filled(book, follower, key, { type: "follower-order-reported", at, report });
}

function adopted(book: Book, follower: FollowerBook, key: MirrorKey, report: OrderReport, at: UnixMs): void {
  assert(report.correlationId !== undefined, "an adopted order bears our correlation id");
  follower.byOrder.set(report.orderId, key);
  follower.byCorrelation.set(report.correlationId, key);
  const foreign = follower.foreign.get(report.orderId);
  if (foreign !== undefined) {
    // It was counted as the owner's until the leader order that explains it was seen.
    follower.foreign.delete(report.orderId);
    follower.unexplained.delete(report.orderId);
    moveOwners(book, follower, report, -foreign.filled);
  }
  // Of its orders one that has ended may be taken on before one that rests.
  backIntoHolding(book, follower, mirrorIn(follower, key));
  filled(book, follower, key, { type: "order-adopted", at, report });
  for (const leg of [...follower.foreign.values()]) {
    if (leg.leg?.of !== report.orderId) continue;
    follower.foreign.delete(leg.orderId);
    moveOwners(book, follower, leg, -leg.filled);
    for (const told of leg.told) filled(book, follower, key, { type: "follower-order-reported", at, report: told });
  }
}

/** An order that no copy sent: what it fills is the owner's own (R15). */
function foreignReported(book: Book, follower: FollowerBook, report: OrderReport): void {
  const before = follower.foreign.get(report.orderId);
  const known = before === undefined ? firstKnown(report) : merge(before, report);
  follower.foreign.set(report.orderId, known);
  if (isOurs(known.correlationId) && known.end === undefined) follower.unexplained.set(report.orderId, known);
  else follower.unexplained.delete(report.orderId);
  moveOwners(book, follower, report, known.filled - (before?.filled ?? 0));
}

function moveOwners(book: Book, follower: FollowerBook, report: Pick<OrderReport, "family" | "instrument" | "contracted">, units: number): void {
  if (units === 0 || isNettedApart(report.family)) return;
  const holding = holdingKey(report.instrument, report.contracted.product);
  follower.owners.set(holding, (follower.owners.get(holding) ?? 0) + direction(report.contracted.side) * units);
  for (const leader of follower.byHolding.keys()) {
    const kept = keptUnder(leaderBook(book, leader), report.instrument, report.contracted.product);
    settleOrphans(book, follower, leader, holdingKey(report.instrument, kept));
  }
}

/** Applies what a report says of our own order, and books the units by which it raised what is filled. */
function filled(book: Book, follower: FollowerBook, key: MirrorKey, event: MirrorEvent): void {
  const before = mirrorIn(follower, key);
  evolved(follower, key, event);
  const after = mirrorIn(follower, key);
  const units = quantity(filledUnits(after) - filledUnits(before));
  if (units > 0) {
    takersBack(book, follower, after);
    bookFill(book, follower, after, { units, product: productOf(after, event), isAdopted: event.type === "order-adopted" });
  }
  const byLegs = legUnits(after) - legUnits(before);
  if (byLegs > 0) bookLegFill(book, follower, after, { units: quantity(byLegs), product: productOf(after, event) });
  forgetWhenOver(book, follower, key);
}

/** In which the order was placed of which this is told. */
function productOf({ attempts, contracted }: Mirror, event: MirrorEvent): Product {
  if (event.type !== "follower-order-reported" && event.type !== "order-adopted") return contracted.product;
  const { orderId, correlationId, leg } = event.report;
  const order = leg?.of ?? orderId;
  return attempts.find((attempt) => attempt.orderId === order || attempt.correlationId === correlationId)?.product ?? contracted.product;
}

/** What exits had taken back of an entry has filled all the same: it is theirs to deal with (R14). */
function takersBack(book: Book, follower: FollowerBook, entry: Mirror): void {
  for (const { by } of entry.withdrawals) {
    const exit = mirrorBack(follower, by);
    if (exit !== undefined && !isOver(book, exit)) backIntoHolding(book, follower, exit);
  }
}

interface TradedIn {
  readonly units: Quantity;
  /** In which it was traded. */
  readonly product: Product;
}

/** Where it is held: the ledger is kept under the leader's product. */
function heldIn(ledger: Ledger, { contracted: { product: kept } }: Mirror, { units, product }: TradedIn, side: Side): Ledger {
  return product === kept ? ledger : heldElsewhere(ledger, product, direction(side) * units);
}

function bookFill(book: Book, follower: FollowerBook, after: Mirror, fill: TradedIn & { readonly isAdopted: boolean }): void {
  const { units, isAdopted } = fill;
  const holding = holdingOf(after);
  const ledger = ledgerOf(follower, after.leader, holding);
  const exitUnits = exitPartOf(after, ledger.net, units);
  const next = ledgerAfter(ledger, after, { units, exitUnits, isAdopted });
  getOrAdd(follower.ledgers, after.leader, () => new Map()).set(holding, heldIn(next, after, fill, after.contracted.side));
  if (after.contract !== undefined) follower.contracts.set(holding, after.contract);
  follower.mirrors.set(after.key, { ...after, exitFilled: quantity(after.exitFilled + exitUnits) });
  const order = orderOf(leaderBook(book, after.leader), after.cause);
  if (order !== undefined) settleExit(book, mirrorIn(follower, after.key), order);
  settleOrphans(book, follower, after.leader, holding);
  settleOwed(book, follower, after.leader, holding);
}

interface BookedFill {
  readonly units: Quantity;
  readonly exitUnits: Quantity;
  readonly isAdopted: boolean;
}

function ledgerAfter(ledger: Ledger, { role: { role }, contracted: { side }, attempts }: Mirror, { units, exitUnits, isAdopted }: BookedFill): Ledger {
  switch (role) {
    case "closing":
      return attempts.some(({ adopted }) => adopted) ? afterAdopted(ledger, { side, units }) : afterClosing(ledger, { side, units });
    case "entry":
    case "reverse":
      return isAdopted ? afterAdopted(ledger, { side, units }) : afterFill(ledger, { side, units, exitUnits: NONE });
    case "orphan":
      // What an adopted one has exited before the journal was lost closed an orphan: that nothing flipped is known by its mark.
      return afterFill(ledger, { side, units, exitUnits: isAdopted ? NONE : exitUnits });
    case "exit":
      return afterFill(ledger, { side, units, exitUnits });
    default:
      return unreachable(role);
  }
}

/**
 * What the copy does not hold any more is owed by no exit whose size is frozen: his other exits took it, as a part of all that was there, and
 * of what is bought later it would sell what he keeps (R14, R16). By our own fills alone: what is read of the owner may be old.
 */
function settleOwed(book: Book, follower: FollowerBook, leader: ClientId, holding: HoldingKey): void {
  const { net } = ledgerOf(follower, leader, holding);
  for (const key of mirrorsOfHolding(follower, leader, holding)) {
    const mirror = mirrorIn(follower, key);
    if (mirror.due === undefined || (mirror.role.role !== "exit" && mirror.role.role !== "reverse")) continue;
    const due = quantity(Math.min(mirror.due, mirror.exitFilled + legsDone(book, mirror) + heldAgainst(net, mirror.contracted.side)));
    if (due === mirror.due) continue;
    follower.mirrors.set(key, { ...mirror, due });
    forgetWhenOver(book, follower, key);
  }
}

function legUnits({ attempts }: Mirror): number {
  return attempts.reduce((sum, attempt) => sum + legFilled(attempt), 0);
}

/** A leg of a super order of ours is an exit of what the copy holds. */
function bookLegFill(book: Book, follower: FollowerBook, after: Mirror, fill: TradedIn): void {
  const { units } = fill;
  const holding = holdingOf(after);
  const ledger = ledgerOf(follower, after.leader, holding);
  const side = opposite(after.contracted.side);
  getOrAdd(follower.ledgers, after.leader, () => new Map()).set(holding, heldIn(afterFill(ledger, { side, units, exitUnits: units }), after, fill, side));
  settleOrphans(book, follower, after.leader, holding);
  settleOwed(book, follower, after.leader, holding);
}

/** What the copy does not hold any more is no orphan's: it was taken by other exits or by the owner, and a later entry is not its substitute (R15, R18). */
function settleOrphans(book: Book, follower: FollowerBook, leader: ClientId, holding: HoldingKey): void {
  for (const key of mirrorsOfHolding(follower, leader, holding)) {
    const mirror = mirrorIn(follower, key);
    if (mirror.role.role !== "orphan") continue;
    const due = quantity(Math.min(mirror.due ?? 0, mirror.exitFilled + copiedAgainst(book, mirror)));
    follower.mirrors.set(key, { ...mirror, due });
    forgetWhenOver(book, follower, key);
  }
}

function exitPartOf(mirror: Mirror, net: number, units: number): Quantity {
  switch (mirror.role.role) {
    case "entry":
      return NONE;
    case "exit":
    case "closing":
    case "orphan":
      return quantity(units);
    case "reverse":
      return quantity(Math.min(units, heldAgainst(net, mirror.contracted.side)));
    default:
      return unreachable(mirror.role);
  }
}

/** What the position book holds beyond our own ledgers is the owner's. */
function ownersRead(book: Book, follower: FollowerBook, read: readonly PositionReport[]): void {
  positionsRead(book, follower.owners, read);
  for (const [holding, units] of copiesIn(follower)) follower.owners.set(holding, (follower.owners.get(holding) ?? 0) - units);
  for (const [leader, holdings] of follower.byHolding) for (const holding of holdings.keys()) settleOrphans(book, follower, leader, holding);
}

function evolved(follower: FollowerBook, key: MirrorKey, event: MirrorEvent): void {
  const mirror = evolve(mirrorIn(follower, key), event);
  follower.mirrors.set(key, mirror);
  if (follower.reservations.ofMirrors.has(key))
    for (const attempt of mirror.attempts) if (!isOpen(attempt)) orderEnded(follower.reservations, key, attempt.number, filledOf(attempt));
  if (isExit(mirror) && currentAttempts(mirror).some(wasRefused)) follower.refusedExits.add(key);
  else follower.refusedExits.delete(key);
}

function promise(follower: FollowerBook, { type, mirror, attempt, terms, reserves }: PlacementIntended | ModificationIntended): void {
  if (reserves === undefined || reserves === 0) return;
  reserve(follower.reservations, mirror, { attempt, of: type === "placement-intended" ? "placement" : "modification", units: terms.quantity, paise: reserves });
}

/** Of a placement that came to nothing its end has told already. */
function settlePromise(follower: FollowerBook, { mirror, attempt, request, result, at }: RequestAnswered): void {
  if (request === "cancel") return;
  const cameToNothing = request === "modification" && (result.outcome === "refused" || result.outcome === "not-sent");
  requestSettled(follower.reservations, mirror, { attempt, of: request, at, came: cameToNothing ? "to nothing" : "to something" });
}

/** Answers whether it was not among those of its holding. */
function remember(follower: FollowerBook, mirror: Mirror): boolean {
  const keys = getOrAdd(
    getOrAdd(follower.byHolding, mirror.leader, () => new Map<HoldingKey, MirrorKey[]>()),
    holdingOf(mirror),
    () => [],
  );
  if (keys.includes(mirror.key)) return false;
  keys.push(mirror.key);
  return true;
}

/**
 * Takes a mirror out of its holding when nothing of it can change any more, so that a day of many orders in one contract
 * does not slow the next. One from which an exit took something back stays: a late fill of it would still matter (R14).
 */
function forgetWhenOver(book: Book, follower: FollowerBook, key: MirrorKey): void {
  const mirror = mirrorIn(follower, key);
  if (mirror.withdrawals.length > 0 || !isOver(book, mirror)) return;
  const holdings = follower.byHolding.get(mirror.leader);
  const left = holdings?.get(holdingOf(mirror))?.filter((other) => other !== key);
  if (left === undefined || left.length === holdings?.get(holdingOf(mirror))?.length) return;
  settleLeft(book, follower, mirror, 1);
  holdings?.set(holdingOf(mirror), left);
}

/** It had left its holding, and something of it is to be sent after all: those beside it must reckon with it. */
function backIntoHolding(book: Book, follower: FollowerBook, mirror: Mirror): void {
  if (remember(follower, mirror)) settleLeft(book, follower, mirror, -1);
}

function mirrorIn(follower: FollowerBook, key: MirrorKey): Mirror {
  const mirror = mirrorBack(follower, key);
  assert(mirror !== undefined, `there is no mirror ${key}`);
  return mirror;
}

/** The mirror that an order of ours belongs to by the common part of its correlation id, whatever the attempt (R9). */
export function mirrorByCorrelation(follower: FollowerBook, id: Parameters<typeof stemOf>[0]): MirrorKey | undefined {
  return follower.byCorrelation.get(id) ?? follower.byStem.get(stemOf(id));
}
