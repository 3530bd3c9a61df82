/**
 * Asks the brokers what was traded on the days that are over, before the day turns (R24): of accounts alone where an order that was copied, or
 * its copy, was open as far as was told. What cannot be read in a few tries is left: the turn goes on without it, and what a copy has filled
 * counts as the owner's and is told (`unexplained-notes.ts`).
 */
import type { Book } from "../domain/book/book.ts";
import { type GoesOn, goesOnAfter } from "../domain/book/forget.ts";
import { areCopiesTold, toldByHistory, unheardOrders } from "../domain/book/unheard.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { tradesBeyond } from "../domain/fills/trades.ts";
import type { ClientId } from "../domain/identity.ts";
import type { RefusalCode } from "../domain/order/refusal.ts";
import type { TradeReport } from "../domain/order/report.ts";
import type { BookRecord } from "../domain/records.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { dayBefore, type NextDay, nextDay } from "./next-day.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import { pause } from "./pause.ts";
import type { Traded } from "./traded.ts";

/** By account, where it was asked for and could be read. */
export type History = ReadonlyMap<ClientId, readonly TradeReport[]>;

export interface TradeHistoryOptions {
  readonly book: Book;
  readonly calendar: Calendar;
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly noted: (note: Note) => void;
}

/** The day does not turn before it is read: with a broker who does not answer this is a quarter of a minute. */
const TRIES_MAX = 4;
const RETRY_FIRST_MS = 500;
/** What will be refused again in some seconds as well. */
const HOPELESS: readonly RefusalCode[] = ["TOKEN_DEAD", "NO_ACCESS", "ADDRESS_NOT_ALLOWED", "INPUT_INVALID", "NOT_FOUND", "ORDER_REFUSED"];

export class TradeHistory {
  readonly #options: TradeHistoryOptions;

  constructor(options: TradeHistoryOptions) {
    this.#options = options;
  }

  /** Empty where the day lasts, or nothing is to be asked. */
  async read(signal: AbortSignal): Promise<History> {
    const { book, calendar, clock, parties } = this.#options;
    const history = new Map<ClientId, readonly TradeReport[]>();
    const next = nextDay(book, calendar, clock.now());
    const asked =
      next === undefined
        ? []
        : [...new Set([...parties.followers, ...parties.leaders])].filter((id) => unheardOrders(book, id, goesOnAfter(next), clock.now()).length > 0);
    await Promise.all(
      asked.map(async (id) => {
        const trades = next === undefined ? undefined : await this.#tradesOf(parties.account(id), next, signal);
        if (trades !== undefined) history.set(id, trades);
      }),
    );
    return history;
  }

  async #tradesOf({ broker, name }: EngineAccount, { before, day }: NextDay, signal: AbortSignal): Promise<readonly TradeReport[] | undefined> {
    for (let tries = 1; ; tries += 1) {
      const read = await broker.tradeHistory(before, dayBefore(day));
      if (read.ok) return read.value;
      if (signal.aborted) return undefined;
      if (tries === TRIES_MAX || (read.refusal !== undefined && HOPELESS.includes(read.refusal.code))) {
        const message = `the trade history since ${before} can't be read, and orders were open, as far as was told, when their day ended: what copies have filled counts as the owner's, and what the leader has as not filled (${read.detail})`;
        this.#options.noted({ level: "warning", code: "HISTORY_UNREADABLE", account: name, message });
        return undefined;
      }
      await pause(this.#options.timers, RETRY_FIRST_MS * 2 ** (tries - 1), signal);
    }
  }
}

export interface Known {
  readonly book: Book;
  /** What the trade books of these days have told of them. */
  readonly traded: Traded;
}

/** What it tells of orders whose end is not known still, as the fills that it would have been if it had been heard: decided by the turn that follows. The followers' first. */
export function recordsOf({ book, traded: known }: Known, history: History, goesOn: GoesOn, at: UnixMs): readonly BookRecord[] {
  const reach = { goesOn, isRead: (id: ClientId) => history.has(id) };
  const records = { follower: [] as BookRecord[], leader: [] as BookRecord[] };
  for (const [account, traded] of history) {
    for (const unheard of unheardOrders(book, account, goesOn, at)) {
      const { of, order } = unheard;
      const told = toldByHistory(unheard, traded);
      if (told === undefined || (of === "leader" && !areCopiesTold(book, account, order, reach))) continue;
      const { report } = told;
      const trades = tradesBeyond(known.of(account, order), told.trades);
      if (of === "leader")
        records.leader.push({ type: "leader-order-reported", at, leader: account, report }, { type: "leader-trades-read", at, leader: account, order, trades });
      else
        records.follower.push(
          { type: "follower-order-reported", at, follower: account, report },
          { type: "follower-trades-read", at, follower: account, order, trades },
        );
    }
  }
  return [...records.follower, ...records.leader];
}
