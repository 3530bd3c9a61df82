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
  /** Of each account, since when, in elapsed time, every reading has lacked an order. */
  readonly #since = new Map<ClientId, ReadonlyMap<OrderId, number>>();

  constructor(options: LackedOptions) {
    this.#options = options;
  }

  /** A whole reading of the account's book; answers what is to be read by itself. */
  in(account: ClientId, reports: readonly OrderReport[], graceMs: number): readonly OvernightOrder[] {
    const { book, calendar, clock } = this.#options;
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    const waiting = overnightOrders(book, account, now);
    const shown = waiting.length === 0 ? new Set() : new Set(reports.map(({ orderId }) => orderId));
    const lacked = waiting.filter(({ order, segment }) => !shown.has(order) && calendar.phase(segment, now) === "open");
    const before = this.#since.get(account);
    const since = new Map(lacked.map(({ order }) => [order, before?.get(order) ?? elapsed]));
    this.#since.set(account, since);
    return lacked.filter(({ order }) => elapsed - (since.get(order) ?? elapsed) >= graceMs);
  }
}
