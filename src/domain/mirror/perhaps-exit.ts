/**
 * An entry whose order was taken on with the journal lost, and that may have been placed as an exit: another order of the leader's on its side has filled since he
 * placed his, as a target that outran its stop, and nothing tells any more what he held then. What stands of it is right for either. It is made no larger, and
 * nothing is placed beside it, until he changes his order (R11, R14, R15).
 */
import { type Book, followerBook, type LeaderOrder, leaderBook } from "../book/book.ts";
import { instrumentText } from "../instrument.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Mirror } from "./mirror.ts";

/** Why what stands of an entry stays as it is; undefined: it is certain that it is one, or nothing of it was taken on. */
export function perhapsExit(book: Book, mirror: Mirror, { known }: LeaderOrder): Verdict | undefined {
  const { key, follower, late, role, openedAt, contracted, instrument } = mirror;
  // He has changed it since the start, or since it was taken on: one whose size was not known is opened anew.
  const hasChanged = known.updatedAt >= Math.min(openedAt, book.startedAt ?? openedAt);
  if (!late || role.role === "exit" || hasChanged) return undefined;
  const whole = followerBook(book, follower).mirrors.get(key);
  if (whole?.attempts.some(({ adopted }) => adopted) !== true) return undefined;
  const contract = instrumentText(instrument);
  for (const { known: other } of leaderBook(book, mirror.leader).orders.values()) {
    if (other.filled === 0 || other.contracted.side !== contracted.side || instrumentText(other.instrument) !== contract) continue;
    if (other.createdAt > known.createdAt || other.updatedAt <= known.createdAt) continue;
    const why = `with the journal lost nothing tells whether the leader's order was to exit when ours was placed: his order ${other.orderId} has filled since. What stands of ours stays as it is until he changes his order`;
    return verdict("DRIFT", why, { order: other.orderId });
  }
  return undefined;
}
