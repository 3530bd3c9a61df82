/**
 * A broker as the engine sees it: one account, its order calls, its reads, its stream. No call throws or rejects; every
 * outcome is a value that says what may be done next (R10). Nothing is retried behind the engine's back.
 */
import type { CorrelationId, OrderId } from "../../domain/identity.ts";
import type { InstrumentKey } from "../../domain/instrument.ts";
import type { MarginQuestion } from "../../domain/margin/quote.ts";
import type { OcoChange } from "../../domain/order/oco.ts";
import type { ExitLeg, LegChange, LegPrices } from "../../domain/order/plan.ts";
import type { Refusal } from "../../domain/order/refusal.ts";
import type { OrderReport, PositionReport, TradeReport } from "../../domain/order/report.ts";
import type { ConditionalOrder, ForeverOrder } from "../../domain/order/standing.ts";
import type { AmoTime, Contracted, Terms } from "../../domain/order/terms.ts";
import type { Quantity } from "../../domain/quantity.ts";
import type { TradingDay, UnixMs } from "../../domain/time.ts";
import type { Funds } from "./account-facts.ts";

export interface Placement {
  readonly correlationId: CorrelationId;
  readonly instrument: InstrumentKey;
  readonly contracted: Contracted;
  readonly amoTime: AmoTime;
  readonly terms: Terms;
  /** It goes out as a super order with these. */
  readonly legs?: LegPrices;
  /** It goes out as a forever order, single or OCO: the terms are those of a stop, and wait at the broker. */
  readonly forever?: true;
}

export interface Modification {
  readonly orderId: OrderId;
  readonly terms: Terms;
  readonly legs?: LegChange;
  /** Of a forever order that has not fired. */
  readonly forever?: true;
  readonly oco?: OcoChange;
}

/** Why the fate of a request that may have been received is not known. */
export type DoubtCause = "timeout" | "connection-lost" | "server-error" | "unreadable-reply";

/** What became of an order call. `not-sent`: it failed before its first byte was written, and may go again at once. */
export type WriteOutcome =
  | { readonly outcome: "accepted"; readonly orderId: OrderId; readonly status: string }
  | { readonly outcome: "refused"; readonly refusal: Refusal }
  | { readonly outcome: "not-sent"; readonly cause: string }
  | { readonly outcome: "unknown"; readonly because: DoubtCause; readonly detail: string };

/**
 * When the call was written to the wire and when its fate was settled, on the clock's elapsed time, for the latency
 * stages and the budget (R21: a slot is free again 1,000 ms after the answer). `written` is undefined when it never was.
 */
export interface Timed<T> {
  readonly result: T;
  readonly writtenAt: number | undefined;
  readonly settledAt: number;
}

/** What became of a read. Reads may be repeated freely within their budget. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal | undefined; readonly detail: string };

/** A list of what waits at the broker. `not-here`: he knows no such list. Not whole: a row of it could not be read, and what is lacking may stand there. */
export type StandingRead<T> = { readonly list: "known"; readonly orders: readonly T[]; readonly isWhole: boolean } | { readonly list: "not-here" };

/** Whether a row of the order book tells nothing by saying that so much of this order is filled: the order is over, and that was known. */
export type IsNoNews = (order: OrderId, filled: Quantity) => boolean;

export interface OneOrder {
  /** Undefined: the broker knows no such order. */
  readonly order: OrderReport | undefined;
  /** The whole, where only a book tells of the order. */
  readonly book: readonly OrderReport[] | undefined;
}

export interface BrokerAccount {
  place(order: Placement): Promise<Timed<WriteOutcome>>;
  modify(change: Modification): Promise<Timed<WriteOutcome>>;
  /** `part`: of a super order, whose entry takes the legs with it; or `forever` of a forever order that has not fired. */
  cancel(orderId: OrderId, part?: "entry" | ExitLeg | "forever"): Promise<Timed<WriteOutcome>>;
  /** The day's orders, oldest first as far as the broker sorts them; of rows that are no news none need be given. */
  orders(isNoNews?: IsNoNews): Promise<Read<readonly OrderReport[]>>;
  /** Of rows of the book that are no news none need be given. */
  order(orderId: OrderId, isNoNews?: IsNoNews): Promise<Read<OneOrder>>;
  orderByCorrelation(id: CorrelationId): Promise<Read<OrderReport | undefined>>;
  /** The day's executions of one order; none where the broker knows no such order. */
  tradesOf(orderId: OrderId): Promise<Read<readonly TradeReport[]>>;
  /** The executions of all orders of these days, both of them included, none of which is today. Whole, or not read. */
  tradeHistory(from: TradingDay, to: TradingDay): Promise<Read<readonly TradeReport[]>>;
  positions(): Promise<Read<readonly PositionReport[]>>;
  /** Those that wait, and the lately ended ones that the broker goes on listing. */
  foreverOrders(): Promise<Read<StandingRead<ForeverOrder>>>;
  conditionalOrders(): Promise<Read<StandingRead<ConditionalOrder>>>;
  /** What the account has. */
  funds(): Promise<Read<Funds>>;
  /** What the calculator asks for an order, with what stands beside it; paise. */
  marginFor(question: MarginQuestion): Promise<Read<number>>;
  /** Whether the token is alive; the cheapest check there is (reference 1.4). */
  profile(): Promise<Read<{ readonly tokenValidUntil: UnixMs | undefined }>>;
  /**
   * Runs the order stream until the signal: connects, logs in, reconnects with back-off, for ever. Beside it the access token is asked
   * about; while that is dead nothing is dialled, and a new one is logged in with at once.
   */
  stream(listener: StreamListener, signal: AbortSignal): Promise<void>;
}

export interface StreamListener {
  /** The socket is open and the login frame is written. Nothing proves that the login was good (reference 4.1). */
  opened(): void;
  report(report: OrderReport): void;
  /** A frame that said something about an order and could not be understood: kept for diagnosis, never guessed at. */
  unreadable(frame: UnreadableFrame): void;
  closed(why: StreamEnd): void;
  /** What is known of the access token has changed. */
  token(news: TokenNews): void;
}

export interface StreamEnd {
  readonly code: number;
  readonly text: string;
  /** Zero: it never opened. */
  readonly openForMs: number;
  readonly reports: number;
  /** We closed it, to log in with a new token at once. */
  readonly isRenewal: boolean;
}

/** `unasked`: the broker has not been asked about it, or could not be. `missing`: there is none to ask with. */
export type TokenNews =
  | { readonly state: "unasked" }
  | { readonly state: "alive"; readonly validUntil: UnixMs | undefined }
  | { readonly state: "dead"; readonly said: string }
  | { readonly state: "missing"; readonly said: string };

export type TokenState = TokenNews["state"];

/** What is wrong with a frame or a row, e.g. NO_ORDER_NUMBER, NO_SECURITY_ID, UNKNOWN_ORDER_TYPE, NOT_JSON. */
export type FrameFault = string & { readonly frame: unique symbol };

export interface UnreadableFrame {
  readonly code: FrameFault;
  readonly sentence: string;
  /** The raw text, bounded, so that the matter can be settled one day. */
  readonly raw: string;
  /** Known when the frame named it, so that the leader's order can be refused aloud. */
  readonly orderId: OrderId | undefined;
}
