/**
 * What the trade books have told of the day's orders, folded from the journal: what has been read need not be read again. Of orders that are
 * put away nothing more is expected; should more come all the same, it is read anew.
 */
import type { Book } from "../domain/book/book.ts";
import { withTrades } from "../domain/fills/trades.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { causeOf } from "../domain/mirror/mirror.ts";
import type { TradeReport } from "../domain/order/report.ts";
import type { BookRecord, MirrorsPutAway } from "../domain/records.ts";
import { type TradingDay, tradingDay } from "../domain/time.ts";

export class Traded {
  readonly #book: Book;
  readonly #trades = new Map<string, readonly TradeReport[]>();
  #day: TradingDay | undefined;

  constructor(book: Book) {
    this.#book = book;
  }

  /** Takes note of a record that the book has taken, in the order of the journal. */
  observe(record: BookRecord): void {
    switch (record.type) {
      case "leader-trades-read":
        this.#begin(tradingDay(record.at));
        if (this.#book.leaders.get(record.leader)?.away.has(record.order) !== true) this.#add(record.leader, record);
        return;
      case "follower-trades-read":
        this.#begin(tradingDay(record.at));
        if (this.#book.followers.get(record.follower)?.away.filled.has(record.order) !== true) this.#add(record.follower, record);
        return;
      case "mirrors-put-away":
        return this.#putAway(record);
      case "day-turned":
        return this.#begin(record.day);
      default:
        return;
    }
  }

  of(account: ClientId, order: OrderId): readonly TradeReport[] {
    return this.#trades.get(nameOf(account, order)) ?? [];
  }

  /** The trade book holds the current day only (R24), so what an earlier day told is not asked for again. */
  #begin(day: TradingDay): void {
    if (day !== this.#day) this.#trades.clear();
    this.#day = day;
  }

  #add(account: ClientId, { order, trades }: { readonly order: OrderId; readonly trades: readonly TradeReport[] }): void {
    const name = nameOf(account, order);
    this.#trades.set(name, withTrades(this.#trades.get(name) ?? [], trades));
  }

  /** A leader's order goes with the last of its mirrors (`domain/book/leader-orders.ts`). */
  #putAway({ follower, mirrors, orders }: MirrorsPutAway): void {
    for (const order of orders) this.#trades.delete(nameOf(follower, order));
    for (const key of mirrors) {
      const leader = this.#book.followers.get(follower)?.away.mirrors.get(key)?.leader;
      const cause = causeOf(key);
      if (leader !== undefined && this.#book.leaders.get(leader)?.away.has(cause) === true) this.#trades.delete(nameOf(leader, cause));
    }
  }
}

function nameOf(account: ClientId, order: OrderId): string {
  return `${account} ${order}`;
}
