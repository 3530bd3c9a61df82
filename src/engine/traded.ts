/**
 * What the trade books have told of the day's orders, folded from the journal: what has been read need not be read again. Of an order that is
 * put away it is kept until all that it had filled is told, so that its trades are read whatever happens meanwhile; then it is forgotten.
 */
import type { Book } from "../domain/book/book.ts";
import { filledPutAway } from "../domain/book/leader-orders.ts";
import { copyFilledPutAway, leaderOfPutAway } from "../domain/book/ways.ts";
import { withTrades } from "../domain/fills/trades.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { causeOf } from "../domain/mirror/mirror.ts";
import type { TradeReport } from "../domain/order/report.ts";
import type { BookRecord, MirrorsPutAway } from "../domain/records.ts";
import { type TradingDay, tradingDay } from "../domain/time.ts";

/** An order of a leader's, or of ours at a follower. */
export interface TradedOrder {
  readonly of: "leader" | "follower";
  readonly account: ClientId;
  readonly order: OrderId;
}

export class Traded {
  readonly #book: Book;
  readonly #trades = new Map<string, readonly TradeReport[]>();
  /** Orders that are put away, and of which not all is told. */
  readonly #owed = new Map<string, TradedOrder>();
  #day: TradingDay | undefined;

  constructor(book: Book) {
    this.#book = book;
  }

  /** Takes note of a record that the book has taken, in the order of the journal. */
  observe(record: BookRecord): void {
    switch (record.type) {
      case "leader-trades-read":
        this.#begin(tradingDay(record.at));
        return this.#told({ of: "leader", account: record.leader, order: record.order }, record.trades);
      case "follower-trades-read":
        this.#begin(tradingDay(record.at));
        return this.#told({ of: "follower", account: record.follower, order: record.order }, record.trades);
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

  /** Orders that are put away, and whose trades are still to be read. */
  owed(): readonly TradedOrder[] {
    return [...this.#owed.values()];
  }

  /** The trade book holds the current day only (R24), so what an earlier day told is not asked for again. */
  #begin(day: TradingDay): void {
    if (day !== this.#day) {
      this.#trades.clear();
      this.#owed.clear();
    }
    this.#day = day;
  }

  #told(order: TradedOrder, trades: readonly TradeReport[]): void {
    const name = nameOf(order.account, order.order);
    this.#trades.set(name, withTrades(this.#trades.get(name) ?? [], trades));
    this.#settle(order);
  }

  /** A leader's order goes with the last of its mirrors (`domain/book/leader-orders.ts`). */
  #putAway({ at, follower, mirrors, orders }: MirrorsPutAway): void {
    this.#begin(tradingDay(at));
    for (const order of orders) this.#settle({ of: "follower", account: follower, order });
    for (const key of mirrors) {
      const book = this.#book.followers.get(follower);
      const leader = book === undefined ? undefined : leaderOfPutAway(book, key);
      if (leader !== undefined) this.#settle({ of: "leader", account: leader, order: causeOf(key) });
    }
  }

  /** Forgets what was told of an order that is put away, if that is all. */
  #settle(order: TradedOrder): void {
    const filled = this.#filledPutAway(order);
    if (filled === undefined) return;
    const name = nameOf(order.account, order.order);
    const told = (this.#trades.get(name) ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    if (told < filled) this.#owed.set(name, order);
    else {
      this.#trades.delete(name);
      this.#owed.delete(name);
    }
  }

  /** Undefined: it is not put away. */
  #filledPutAway({ of, account, order }: TradedOrder): number | undefined {
    const [leader, follower] = [this.#book.leaders.get(account), this.#book.followers.get(account)];
    if (of === "leader") return leader === undefined ? undefined : filledPutAway(leader, order);
    return follower === undefined ? undefined : copyFilledPutAway(follower, order);
  }
}

function nameOf(account: ClientId, order: OrderId): string {
  return `${account} ${order}`;
}
