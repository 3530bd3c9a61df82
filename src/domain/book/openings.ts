/** A mirror that is opened, and what of those that a damaged journal knows is sure (R11). Part of the fold. */
import { assert } from "../assert.ts";
import type { OrderId } from "../identity.ts";
import { isOpen } from "../mirror/attempt.ts";
import { rebaseLeft } from "../mirror/carried.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { causingOrder } from "../mirror/own-cause.ts";
import { settleExit } from "../mirror/settle-exit.ts";
import { rememberSibling } from "../mirror/siblings.ts";
import { isUnsized } from "../mirror/unsized.ts";
import { NONE } from "../quantity.ts";
import type { MirrorOpened } from "../records.ts";
import type { UnixMs } from "../time.ts";
import { type Book, type FollowerBook, followerBook, getOrAdd, leaderBook } from "./book.ts";
import { remember } from "./holdings.ts";
import { orderBack, orderOf } from "./leader-orders.ts";
import { mirrorIn } from "./mirrors.ts";
import { settleOrphans } from "./owed.ts";
import { mirrorBack } from "./put-away.ts";

/** One that was opened before anybody knew how to size it is opened anew when somebody does; what was taken on for it by then is its own (R11). */
export function opened(book: Book, record: MirrorOpened): void {
  const follower = followerBook(book, record.follower);
  const earlier = mirrorBack(follower, record.mirror);
  assert(earlier === undefined || earlier.attempts.length === 0 || isUnsized(earlier), `${record.mirror} was opened twice`);
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
    takenAhead: earlier?.takenAhead ?? NONE,
    lateGone: earlier?.lateGone ?? NONE,
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
export function cut(mirror: Mirror, at: UnixMs): Mirror {
  return { ...mirror, isCut: true, attempts: mirror.attempts.map((attempt) => (isOpen(attempt) ? { ...attempt, termsInDoubtSince: at } : attempt)) };
}

/** An order of our own, caused by one of which the journal may not know everything: the same may have been ordered before. */
function isOwnOfCut(follower: FollowerBook, cause: OrderId): boolean {
  const order = causingOrder(cause);
  const key = order === undefined ? undefined : follower.byOrder.get(order);
  return key !== undefined && (follower.mirrors.get(key)?.isCut ?? false);
}
