/**
 * An entry whose order was taken on with the journal lost, and that may have been placed as an exit: another order of the leader's on its side has filled since he
 * placed his, as a target that outran its stop, and nothing tells any more for certain that he held nothing then which his could have reduced. What stands of it
 * is right for either. It is made no larger, and nothing is placed beside it, until he changes his order (R11, R14, R15).
 */
import { type Book, followerBook, type LeaderBook, type LeaderOrder, leaderBook, positionOf } from "../book/book.ts";
import { countOf } from "../book/glances.ts";
import { instrumentText } from "../instrument.ts";
import type { KnownOrder } from "../order/known.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Mirror } from "./mirror.ts";

/** Why what stands of an entry stays as it is; undefined: it is certain that it is one, or nothing of it was taken on. */
export function perhapsExit(book: Book, mirror: Mirror, { known }: LeaderOrder): Verdict | undefined {
  const { key, follower, late, role, openedAt, contracted, instrument } = mirror;
  // He has changed it since the start, or since it was taken on: one whose size was not known is opened anew.
  const hasChanged = known.updatedAt >= Math.min(openedAt, book.startedAt ?? openedAt);
  if (!late || role.role === "exit" || hasChanged) return undefined;
  const adopted = followerBook(book, follower)
    .mirrors.get(key)
    ?.attempts.filter((attempt) => attempt.adopted);
  if (adopted === undefined || adopted.length === 0) return undefined;
  const leader = leaderBook(book, mirror.leader);
  const contract = instrumentText(instrument);
  const hasFilledSince = ({ known: other }: LeaderOrder): boolean =>
    other.filled > 0 &&
    other.contracted.side === contracted.side &&
    instrumentText(other.instrument) === contract &&
    other.createdAt <= known.createdAt &&
    other.updatedAt > known.createdAt;
  const since = [...leader.orders.values()].find(hasFilledSince)?.known.orderId;
  const placedAt = Math.min(...adopted.map(({ order }) => order?.createdAt ?? Number.POSITIVE_INFINITY));
  if (since === undefined || hadNothingToExit(leader, known, placedAt)) return undefined;
  const why = `with the journal lost nothing tells whether the leader's order was to exit when ours was placed: his order ${since} has filled since. What stands of ours stays as it is until he changes his order`;
  return verdict("DRIFT", why, { order: since });
}

/**
 * Whatever filled first: between his order and ours (`placedAt`), when it was judged what his is, he held nothing the other way. What may have filled
 * on its side since is taken to have done so later, and only what was certainly placed later on the other side is taken back.
 */
function hadNothingToExit(leader: LeaderBook, { createdAt, contracted, instrument }: KnownOrder, placedAt: number): boolean {
  const contract = instrumentText(instrument);
  // What is put away tells no times.
  if (leader.converted.has(contract) || countOf(leader.away.orders) > 0) return false;
  const { side, product } = contracted;
  const net = positionOf(leader, instrument, product);
  let least = side === "BUY" ? net : -net;
  for (const { known } of leader.orders.values()) {
    if (instrumentText(known.instrument) !== contract || known.contracted.product !== product) continue;
    if (known.contracted.side !== side) least += known.createdAt > placedAt ? known.filled : 0;
    else if (known.updatedAt >= createdAt) least -= known.filled;
  }
  return least >= 0;
}
