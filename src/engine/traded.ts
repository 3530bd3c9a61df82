/** What the trade books have told of the day's orders, folded from the journal: what has been read need not be read again. */
import { withTrades } from "../domain/fills/trades.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { TradeReport } from "../domain/order/report.ts";
import type { BookRecord } from "../domain/records.ts";
import { type TradingDay, tradingDay } from "../domain/time.ts";

export class Traded {
  readonly #trades = new Map<string, readonly TradeReport[]>();
  #day: TradingDay | undefined;

  /** Takes note of a record, in the order of the journal. */
  observe(record: BookRecord): void {
    switch (record.type) {
      case "leader-trades-read":
      case "follower-trades-read": {
        // The trade book holds the current day only (R24), so what an earlier day told is not asked for again.
        const day = tradingDay(record.at);
        if (day !== this.#day) this.#trades.clear();
        this.#day = day;
        const name = nameOf(record.type === "leader-trades-read" ? record.leader : record.follower, record.order);
        this.#trades.set(name, withTrades(this.#trades.get(name) ?? [], record.trades));
        return;
      }
      // Nothing more is expected of them; should more come all the same, it is read anew.
      case "mirrors-put-away":
        for (const order of record.orders) this.#trades.delete(nameOf(record.follower, order));
        return;
      default:
        return;
    }
  }

  of(account: ClientId, order: OrderId): readonly TradeReport[] {
    return this.#trades.get(nameOf(account, order)) ?? [];
  }
}

function nameOf(account: ClientId, order: OrderId): string {
  return `${account} ${order}`;
}
