/**
 * Reads the trade book of orders whose fills it has not told yet: when they have ended, and after a gap (`isUntold`). Never on
 * the way of an order: some seconds after the last report, one read at a time, in a read budget of its own. Nothing is decided by
 * what it tells; it makes the executions true that `explain` shows.
 */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { orderOf } from "../domain/book/leader-orders.ts";
import { mirrorOfOrder } from "../domain/book/ways.ts";
import { contradiction, isUntold, withTrades } from "../domain/fills/trades.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { sentAt } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import type { TradeReport } from "../domain/order/report.ts";
import type { BookRecord } from "../domain/records.ts";
import { type Clock, type Timers, tradingDay } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { Note, NoteCode, Parties } from "./parties.ts";
import type { Read } from "./ports/broker.ts";
import type { Traded, TradedOrder } from "./traded.ts";

/** How long the trade book may lag behind a report, so that the first read mostly finds everything. */
const SETTLED_AFTER_MS = 2_000;
/** After a read of an account, of which there is one at a time, and the next: less than a fifth of the broker's 20 reads a second (reference 10.3). */
const ACCOUNT_REST_MS = 250;
/** While more of an account's orders than this wait, it rests for less. Still below the pace of all its reads together. */
const BEHIND = 20;
const ACCOUNT_REST_BEHIND_MS = 120;
/** Between two reads whatever the accounts, so that a hundred followers' fills do not hold up the leader's next order. */
const PACE_MS = 20;
/** A trade book that lacks fills, or cannot be read, is asked again this often, the pause doubling from the first. */
const TRIES_MAX = 5;
const RETRY_FIRST_MS = 5_000;

export interface TradeReadsOptions {
  readonly book: Book;
  readonly traded: Traded;
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
  readonly noted: (note: Note) => void;
}

/** An order whose trades are to be read; times are elapsed time. */
interface Expected extends TradedOrder {
  readonly dueAt: number;
  readonly tries: number;
}

export class TradeReads {
  readonly #options: TradeReadsOptions;
  readonly #expected = new Map<string, Expected>();
  /** Of each account; for ever while one of its reads is under way, of which there is one at a time. */
  readonly #restingUntil = new Map<ClientId, number>();
  #wake: { readonly at: number; readonly cancel: () => void } | undefined;
  #isStopped = false;

  constructor(options: TradeReadsOptions) {
    this.#options = options;
  }

  /** Told of each durable record, between the append and the requests: it only takes note. */
  recorded(records: readonly BookRecord[]): void {
    const today = tradingDay(this.#options.clock.now());
    for (const record of records) {
      // What is told of an earlier day, by the history or by a book at night, is not in the trade book of today (R24).
      if ("report" in record && tradingDay(record.report.updatedAt) !== today) continue;
      switch (record.type) {
        case "leader-order-reported":
          // A leg is known by a name of ours: the broker's number for it may be its entry's, and its executions are those that reports tell.
          if (record.report.leg === undefined) this.#expect("leader", record.leader, record.report.orderId);
          break;
        case "follower-order-reported":
        case "order-adopted":
          this.#expect("follower", record.follower, record.report.orderId);
          break;
        default:
          this.#options.traded.observe(record);
      }
    }
  }

  /** At the start: the trades of orders of today that were put away before they were read. Of the others the books tell at the start. */
  begin(): void {
    const { clock, parties, traded } = this.#options;
    const today = tradingDay(clock.now());
    for (const one of traded.owed()) {
      if (!(one.of === "leader" ? parties.leaders : parties.followers).has(one.account)) continue;
      const known = this.#known(one);
      // One that the turn of the day has ended was of the day before, which the trade book does not show (R24).
      if (known !== undefined && tradingDay(sentAt(known)) === today) this.#expect(one.of, one.account, one.order);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake?.cancel();
  }

  #expect(of: Expected["of"], account: ClientId, order: OrderId): void {
    const known = this.#known({ of, account, order });
    if (known === undefined || known.filled === 0) return;
    this.#wait({ of, account, order, dueAt: this.#options.clock.elapsed() + SETTLED_AFTER_MS, tries: 0 });
  }

  /** A later report begins the count anew. */
  #wait(expected: Expected): void {
    const name = `${expected.account} ${expected.order}`;
    this.#expected.delete(name);
    this.#expected.set(name, expected);
    this.#wakeAt(this.#mayGoAt(expected));
  }

  /** Wakes at a moment, unless it wakes before. */
  #wakeAt(at: number): void {
    if (this.#isStopped || at === Number.POSITIVE_INFINITY || (this.#wake !== undefined && this.#wake.at <= at)) return;
    this.#wake?.cancel();
    const cancel = this.#options.timers.after(Math.max(PACE_MS, at - this.#options.clock.elapsed()), () => {
      this.#wake = undefined;
      this.#readNext();
      this.#wakeForNext();
    });
    this.#wake = { at, cancel };
  }

  #wakeForNext(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const expected of this.#expected.values()) next = Math.min(next, this.#mayGoAt(expected));
    this.#wakeAt(next);
  }

  #mayGoAt({ account, dueAt }: Expected): number {
    return Math.max(dueAt, this.#restingUntil.get(account) ?? 0);
  }

  #readNext(): void {
    const { clock, parties, traded } = this.#options;
    const now = clock.elapsed();
    for (const [name, expected] of this.#expected) {
      if (this.#mayGoAt(expected) > now) continue;
      this.#expected.delete(name);
      const { account, order } = expected;
      const known = this.#known(expected);
      if (known === undefined || !isUntold(known, traded.of(account, order))) continue;
      this.#restingUntil.set(account, Number.POSITIVE_INFINITY);
      void parties
        .account(account)
        .broker.tradesOf(known.fired?.order ?? order)
        .then((read) => {
          this.#restingUntil.set(account, clock.elapsed() + this.#restMs(account));
          this.#answered(expected, read);
          this.#wakeForNext();
        });
      return;
    }
  }

  #restMs(account: ClientId): number {
    const now = this.#options.clock.elapsed();
    let due = 0;
    for (const expected of this.#expected.values()) if (expected.account === account && expected.dueAt <= now) due += 1;
    return due > BEHIND ? ACCOUNT_REST_BEHIND_MS : ACCOUNT_REST_MS;
  }

  #answered(expected: Expected, read: Read<readonly TradeReport[]>): void {
    const { of, account, order } = expected;
    const known = this.#known(expected);
    if (this.#isStopped || known === undefined) return;
    if (!read.ok) return this.#again(expected, "TRADES_UNREADABLE", `the trades of order ${order} can't be read: ${read.detail}`);
    const before = this.#options.traded.of(account, order);
    const trades = withTrades(before, read.value);
    if (trades !== before) this.#options.post({ type: "trades", of, account, order, trades: read.value });
    const sentence = contradiction(known, trades);
    if (sentence === undefined) return;
    // Trades that add up and have another average will not be told otherwise.
    if (isUntold(known, trades)) this.#again(expected, "TRADES_DISAGREE", sentence);
    else this.#note(account, "TRADES_DISAGREE", sentence);
  }

  /** The one book or the other lags: asked again, and in the end said. The executions stay as far as they are known. */
  #again(expected: Expected, code: NoteCode, sentence: string): void {
    const tries = expected.tries + 1;
    if (tries >= TRIES_MAX) return this.#note(expected.account, code, sentence);
    if (this.#expected.has(`${expected.account} ${expected.order}`)) return;
    this.#wait({ ...expected, tries, dueAt: this.#options.clock.elapsed() + RETRY_FIRST_MS * 2 ** expected.tries });
  }

  /** The order as far as its reports tell; undefined for a follower's order that is not ours. */
  #known({ of, account, order }: TradedOrder): KnownOrder | undefined {
    const { book } = this.#options;
    if (of === "leader") return orderOf(leaderBook(book, account), order)?.known;
    return mirrorOfOrder(followerBook(book, account), order)?.attempts.find((attempt) => attempt.orderId === order)?.order;
  }

  #note(account: ClientId, code: NoteCode, message: string): void {
    this.#options.noted({ level: "warning", code, account: this.#options.parties.account(account).name, message });
  }
}
