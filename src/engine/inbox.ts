/** What reaches the engine from outside, in its own words. Callbacks only put these in the inbox; one loop takes them in order. */
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { Segment } from "../domain/instrument.ts";
import type { MoneyReading } from "../domain/margin/funds.ts";
import type { MarginQuestion } from "../domain/margin/quote.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { OrderReport, PositionReport, TradeReport } from "../domain/order/report.ts";
import type { StandingKind, StandingOrder } from "../domain/order/standing.ts";
import type { RequestAnswered } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import type { Books } from "./caught-up.ts";
import type { UnreadableFrame } from "./ports/broker.ts";
import type { History } from "./trade-history.ts";

export type Inbound =
  /** A frame or a row of an account's orders; `arrived` is elapsed time, for the latency stages. */
  | { readonly type: "reported"; readonly account: ClientId; readonly report: OrderReport; readonly arrived: number }
  | { readonly type: "unreadable"; readonly account: ClientId; readonly frame: UnreadableFrame }
  | { readonly type: "answered"; readonly answer: Omit<RequestAnswered, "at" | "type"> }
  | {
      readonly type: "looked";
      readonly account: ClientId;
      readonly mirror: MirrorKey;
      readonly attempt: number;
      readonly asked: UnixMs;
      readonly askedElapsedMs: number;
      readonly answer: "found" | "absent" | "failed";
      readonly report: OrderReport | undefined;
    }
  /** A reading of what waits at an account's broker; not whole: what it lacks may be there. */
  | {
      readonly type: "standing";
      readonly account: ClientId;
      readonly kind: StandingKind;
      readonly orders: readonly StandingOrder[];
      readonly isWhole: boolean;
      readonly asked: UnixMs;
      readonly askedElapsedMs: number;
    }
  /** Of a book that has not been read to its end, or beside which something else is still read. */
  | { readonly type: "rows"; readonly account: ClientId; readonly reports: readonly OrderReport[] }
  | { readonly type: "books"; readonly account: ClientId; readonly reports: readonly OrderReport[] }
  /** No book of the day has this after-market order of an earlier one. */
  | { readonly type: "lacked"; readonly account: ClientId; readonly of: "leader" | "follower"; readonly order: OrderId }
  /** A reading of the trade book of one order, which tells something new. */
  | {
      readonly type: "trades";
      readonly of: "leader" | "follower";
      readonly account: ClientId;
      readonly order: OrderId;
      readonly trades: readonly TradeReport[];
    }
  /** A leader's book, read because of orders that might be exits of what we had not heard of. */
  | {
      readonly type: "leader-book";
      readonly account: ClientId;
      readonly reports: readonly OrderReport[];
      /** The positions that belong to them, where he may have converted what an order would reduce. */
      readonly positions?: readonly PositionReport[];
      readonly proves: readonly OrderId[];
      /** Orders that this reading proves, unless only one of his positions that tells of a conversion does: it may lag. */
      readonly mayProve?: readonly OrderId[];
    }
  /** An account's books, read because its positions look as if something of them had been converted to another product. */
  | { readonly type: "positions"; readonly account: ClientId; readonly read: Books }
  /** A follower's books, first read after the copier had begun to act for the others. */
  | { readonly type: "follower-book"; readonly account: ClientId; readonly read: Books }
  /** A reading of an account's money; `mirrors` waited for it. */
  | { readonly type: "funds"; readonly account: ClientId; readonly reading: MoneyReading; readonly mirrors: readonly MirrorKey[] }
  /** What the broker's calculator asks for an order of the account; `mirrors` waited for it. */
  | {
      readonly type: "quoted";
      readonly account: ClientId;
      readonly question: MarginQuestion;
      readonly paise: number;
      readonly asked: UnixMs;
      readonly mirrors: readonly MirrorKey[];
    }
  | { readonly type: "wake"; readonly account: ClientId; readonly mirror: MirrorKey }
  | { readonly type: "pump"; readonly account: ClientId }
  /** Whether requests for the account can be answered at all: `unable` says why they can't. */
  | { readonly type: "ability"; readonly account: ClientId; readonly unable: string | undefined }
  /** Contracts of the segment that nobody knew may be known now. */
  | { readonly type: "instruments-found"; readonly segment: Segment }
  /** Midnight at the exchange has passed, and what the brokers' histories tell of the day before was asked for. */
  | { readonly type: "day-turned"; readonly history: History }
  | { readonly type: "proved"; readonly account: ClientId };

/** A report that must be acted on at once, before what can wait a few milliseconds for a common append. */
export function isUrgent(event: Inbound, leaders: ReadonlySet<ClientId>): boolean {
  return event.type === "leader-book" || ((event.type === "reported" || event.type === "rows") && leaders.has(event.account));
}
