/**
 * What a reading of the leaders' forever and conditional orders tells that is not known yet: what was placed, changed, has fired or is over. Told
 * once, also over a restart, because what is known of it stands in the book.
 *
 * The list may lag, so only the second reading in a row that lacks one says that it is gone.
 */
import { type Book, leaderBook } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { type StandingKey, type StandingOrder, standingKey, tellsSame, waits } from "../domain/order/standing.ts";
import type { LeaderRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";

type Reading = Extract<Inbound, { type: "standing" }>;

export class StandingNews {
  readonly #book: Book;
  /** Of each account, what the last reading has lacked. */
  readonly #lacked = new Map<ClientId, ReadonlySet<StandingKey>>();

  constructor({ book }: { readonly book: Book }) {
    this.#book = book;
  }

  taken({ account, kind, orders, isWhole }: Reading, at: UnixMs): readonly LeaderRecord[] {
    const { standing } = leaderBook(this.#book, account);
    const told = orders.filter((order) => isNews(standing.get(standingKey(order)), order));
    const shown = new Set(orders.map(standingKey));
    const lacking = isWhole ? [...standing.values()].filter((order) => order.kind === kind && !shown.has(standingKey(order))) : [];
    const before = this.#lacked.get(account) ?? new Set();
    const gone = lacking.filter((order) => before.has(standingKey(order)));
    const others = [...before].filter((key) => standing.get(key)?.kind !== kind);
    const lacked = new Set([...others, ...lacking.map(standingKey)]);
    if (lacked.size === 0) this.#lacked.delete(account);
    else this.#lacked.set(account, lacked);
    return [
      ...told.map((order) => ({ type: "leader-standing-reported", at, leader: account, order }) as const),
      ...gone.map(({ orderId }) => ({ type: "leader-standing-gone", at, leader: account, kind, order: orderId }) as const),
    ];
  }
}

/** Of one that was over before anybody had heard of it there is nothing to say. */
function isNews(known: StandingOrder | undefined, order: StandingOrder): boolean {
  if (known === undefined) return waits(order);
  const isOlder =
    known.kind === "forever" && order.kind === "forever" && known.updatedAt !== undefined && order.updatedAt !== undefined && order.updatedAt < known.updatedAt;
  return !isOlder && !tellsSame(known, order);
}
