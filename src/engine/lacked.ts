/**
 * After-market orders of an earlier day that are open as far as is known, while the book of today does not show them (R24): withdrawn, refused or
 * ended in the evening, while nobody listened, and no frame will tell of it any more.
 *
 * Before its market has opened a missing row says nothing, because whether a broker shows what only waits is not known (reference 2.8). Then it
 * takes two readings of the book, a grace apart, and a read of the order itself that finds nothing.
 */
import type { Book } from "../domain/book/book.ts";
import { type OvernightOrder, overnightOrders } from "../domain/book/overnight.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { Clock } from "../domain/time.ts";

export interface LackedOptions {
  readonly book: Book;
  readonly calendar: Calendar;
  readonly clock: Clock;
}

export class LackedOrders {
  readonly #options: LackedOptions;
  /** Since when, in elapsed time, every reading has lacked it. */
  readonly #since = new Map<OrderId, number>();

  constructor(options: LackedOptions) {
    this.#options = options;
  }

  /** A whole reading of the account's book; answers what is to be read by itself. */
  in(account: ClientId, reports: readonly OrderReport[], graceMs: number): readonly OvernightOrder[] {
    const { book, calendar, clock } = this.#options;
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    const waiting = overnightOrders(book, account, now);
    if (waiting.length === 0) return [];
    const shown = new Set(reports.map(({ orderId }) => orderId));
    return waiting.filter(({ order, segment }) => {
      if (shown.has(order) || calendar.phase(segment, now) !== "open") {
        this.#since.delete(order);
        return false;
      }
      const since = this.#since.get(order) ?? elapsed;
      this.#since.set(order, since);
      return elapsed - since >= graceMs;
    });
  }
}
