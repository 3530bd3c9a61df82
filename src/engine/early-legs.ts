/**
 * Legs of leaders' super orders that a frame tells to have filled, while nobody has told of their entries: the frames of those were lost. What such a
 * leg has got out of is in the book, which is read before its fill is taken; else the leader would seem to be out of what other orders of his hold.
 * A process that dies meanwhile reads the book at its start.
 */
import { type Book, leaderBook } from "../domain/book/book.ts";
import { isKnownOrder } from "../domain/book/leader-orders.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { Reads } from "./reads.ts";

export class EarlyLegs {
  readonly #book: Book;
  readonly #reads: Reads;
  /** The newest word of each. */
  readonly #held = new Map<OrderId, OrderReport>();

  constructor({ book, reads }: { readonly book: Book; readonly reads: Reads }) {
    this.#book = book;
    this.#reads = reads;
  }

  /** Whether this report is kept until the leader's book has been read. */
  holds(leader: ClientId, report: OrderReport): boolean {
    const { leg, filled, source, orderId } = report;
    if (leg === undefined || filled === 0 || source.kind !== "frame" || isKnownOrder(leaderBook(this.#book, leader), leg.of)) return false;
    this.#held.set(orderId, report);
    this.#reads.prove(leader, orderId, "orders");
    return true;
  }

  /** What is to be taken now, after the rows of the book: also where that tells of no entry, because it is from before our time. */
  taken(proves: readonly OrderId[]): readonly OrderReport[] {
    return proves.flatMap((id) => {
      const report = this.#held.get(id);
      this.#held.delete(id);
      return report ?? [];
    });
  }
}
