/**
 * The fold: a book after one more record. Deterministic, so that the journal replayed gives the state that was in memory
 * (R8). It can't refuse; a record that makes no sense is a bug and halts.
 */
import { unreachable } from "../assert.ts";
import { afterAnswer, afterIntent, afterRestart } from "../guards/breaker.ts";
import { afterWord } from "../halt/halt.ts";
import type { OrderId } from "../identity.ts";
import { questionKey } from "../margin/quote.ts";
import { fundsRead, restarted } from "../margin/reservations.ts";
import { isOpen } from "../mirror/attempt.ts";
import { evolve, isUnderAnothersNumber } from "../mirror/evolve.ts";
import { standingKey } from "../order/standing.ts";
import type { BookRecord, EngineStarted, RequestAnswered } from "../records.ts";
import { tradingDay } from "../time.ts";
import { type Book, type FollowerBook, followerBook, leaderBook } from "./book.ts";
import { convertCopies, joinProducts } from "./conversions.ts";
import { outByConverted } from "./converted-out.ts";
import { dayTurned, endOvernight, expiryOf, NO_BOOK } from "./day-turn.ts";
import { filled } from "./fills.ts";
import { followerFired, leaderFired } from "./fired.ts";
import { adopted, disown, followerReported } from "./follower-reports.ts";
import { backIntoHolding } from "./holdings.ts";
import { allOrdersBack } from "./leader-orders.ts";
import { leaderReported } from "./leader-reports.ts";
import { evolved, mirrorIn } from "./mirrors.ts";
import { cut, opened } from "./openings.ts";
import { ownersRead, positionsRead } from "./positions.ts";
import { promise, settlePromise } from "./promises.ts";
import { allBack, putAway } from "./put-away.ts";
import { untoldByCut } from "./untold.ts";
import { keyOfOrder } from "./ways.ts";
import { writeOff } from "./written-off.ts";

export function apply(book: Book, record: BookRecord): void {
  changed(book, record);
  if ("follower" in record) writeOff(book, record.follower, record.at);
  else for (const id of book.followers.keys()) writeOff(book, id, record.at);
}

function changed(book: Book, record: BookRecord): void {
  switch (record.type) {
    case "leader-forever-fired":
      return leaderFired(book, record.leader, record.order, record.by, record.at);
    case "follower-forever-fired":
      return followerFired(book, record.follower, record.mirror, record.order, record.by, record.at);
    case "follower-standing-read": {
      const follower = followerBook(book, record.follower);
      follower.standing = record.orders;
      follower.standingSince ??= record.at;
      for (const order of record.fired ?? []) follower.unclaimed.add(order);
      return;
    }
    case "engine-started":
      book.leadersSince ??= record.leadersSince;
      book.begunAt ??= record.at;
      book.day ??= tradingDay(record.at);
      return started(book, record);
    case "day-turned":
      return dayTurned(book, record);
    case "journal-cut":
      for (const leader of book.leaders.values()) allOrdersBack(leader);
      for (const follower of book.followers.values()) {
        allBack(follower);
        for (const mirror of follower.mirrors.values()) follower.mirrors.set(mirror.key, cut(mirror, record.at));
        untoldByCut(follower);
        follower.standing = undefined;
        follower.standingSince = undefined;
      }
      return;
    case "leader-order-reported":
      return leaderReported(book, record.leader, record.report, record.at);
    case "leader-positions-read":
      leaderBook(book, record.leader).isRead = true;
      positionsRead(book, leaderBook(book, record.leader).positions, record.positions);
      for (const conversion of record.converted ?? []) joinProducts(book, record.leader, conversion);
      for (const conversion of record.converted ?? []) outByConverted(book, record.leader, conversion);
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
    case "leader-standing-reported":
      leaderBook(book, record.leader).standing.set(standingKey(record.order), record.order);
      return;
    case "leader-standing-gone":
      leaderBook(book, record.leader).standing.delete(standingKey({ kind: record.kind, orderId: record.order }));
      return;
    case "leader-order-lacked": {
      const known = leaderBook(book, record.leader).orders.get(record.order)?.known;
      if (known !== undefined && known.end === undefined) leaderReported(book, record.leader, expiryOf(known, record.at, NO_BOOK), record.at);
      return;
    }
    case "follower-order-lacked": {
      const follower = followerBook(book, record.follower);
      const key = keyOfOrder(follower, record.order);
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
      convertCopies(followerBook(book, record.follower), record.converted ?? []);
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
      if (record.request === "placement" && record.result.outcome === "accepted") placed(book, follower, record, record.result.orderId);
      else evolved(follower, record.mirror, record);
      return settlePromise(follower, record);
    }
    default:
      return unreachable(record);
  }
}

/** Its number is certain now. What was shown under its mark before may have been another copier's order, and ours have been taken for a stranger's (R12). */
function placed(book: Book, follower: FollowerBook, record: RequestAnswered, order: OrderId): void {
  const { key, attempts } = mirrorIn(follower, record.mirror);
  const attempt = attempts.find(({ number }) => number === record.attempt);
  if (attempt?.orderId !== undefined && isUnderAnothersNumber(attempt, order)) follower.byOrder.delete(attempt.orderId);
  follower.byOrder.set(order, key);
  evolved(follower, key, record);
  for (const report of disown(book, follower, order)) filled(book, follower, key, { type: "follower-order-reported", at: record.at, report });
}

function started(book: Book, { at, elapsedMs }: EngineStarted): void {
  book.startedAt = at;
  for (const follower of book.followers.values()) {
    follower.breaker = afterRestart(follower.breaker);
    follower.funds = undefined;
    follower.standing = undefined;
    restarted(follower.reservations, at);
    for (const mirror of follower.mirrors.values()) follower.mirrors.set(mirror.key, evolve(mirror, { type: "engine-started", at, elapsedMs }));
  }
}
