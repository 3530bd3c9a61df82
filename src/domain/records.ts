/**
 * Everything that is ever written to the journal: facts in the past tense and intents, each a record of one stream. State is
 * the fold of these (R8). A record is never edited; a new meaning is a new type or a versioned field (docs/journal.md).
 */

import type { HaltScope } from "./halt/halt.ts";
import type { ClientId, CopyId, CorrelationId, OrderId } from "./identity.ts";
import type { Contract, InstrumentKey } from "./instrument.ts";
import type { MoneyReading } from "./margin/funds.ts";
import type { MarginQuestion } from "./margin/quote.ts";
import type { MirrorKey, Role } from "./mirror/mirror.ts";
import type { OcoChange } from "./order/oco.ts";
import type { ExitLeg, Followed, LegChange, LegPrices, Wishes } from "./order/plan.ts";
import type { Refusal } from "./order/refusal.ts";
import type { OrderReport, PositionReport, TradeReport } from "./order/report.ts";
import type { ForeverOrder, StandingKind, StandingOrder } from "./order/standing.ts";
import type { Contracted, Product, Terms } from "./order/terms.ts";
import type { Conversion, CopyConversion } from "./position/conversion.ts";
import type { Unexplained } from "./position/unexplained.ts";
import type { Scale } from "./sizing/share.ts";
import type { TradingDay, UnixMs } from "./time.ts";
import type { Verdict } from "./verdict.ts";

interface At {
  readonly at: UnixMs;
}

/** A leader's stream. */
export type LeaderRecord =
  | (At & { readonly type: "leader-order-reported"; readonly leader: ClientId; readonly report: OrderReport })
  /** His net positions as they were before the order reports that follow. */
  | (At & {
      readonly type: "leader-positions-read";
      readonly leader: ClientId;
      readonly positions: readonly PositionReport[];
      /** What he has converted since they were known last; absent: nothing. */
      readonly converted?: readonly Conversion[];
    })
  /** What the trade book told of one order that was not known of it before; nothing is decided by it (docs/fills.md). */
  | (At & { readonly type: "leader-trades-read"; readonly leader: ClientId; readonly order: OrderId; readonly trades: readonly TradeReport[] })
  /** A frame or row that said something about an order and could not be understood; kept for diagnosis. */
  | (At & {
      readonly type: "leader-frame-refused";
      readonly leader: ClientId;
      readonly code: string;
      readonly sentence: string;
      readonly raw: string;
      readonly order: OrderId | undefined;
    })
  /** What the list of what waits at his broker told of one of it, where that was new; nothing is decided by it. `copied`: some copy has `forever: copy`, and this can be. */
  | (At & { readonly type: "leader-standing-reported"; readonly leader: ClientId; readonly order: StandingOrder; readonly copied?: true })
  /** The list has it no more. */
  | (At & { readonly type: "leader-standing-gone"; readonly leader: ClientId; readonly kind: StandingKind; readonly order: OrderId })
  /** This order of his was sent for a forever order, which is told of by its reports from here on (docs/forever.md). */
  | (At & { readonly type: "leader-forever-fired"; readonly leader: ClientId; readonly order: OrderId; readonly by: OrderId })
  /** His after-market order of an earlier day was still open as far as was known, and no book of today has it: it is over (R24). */
  | (At & { readonly type: "leader-order-lacked"; readonly leader: ClientId; readonly order: OrderId });

export interface MirrorOpened extends At {
  readonly type: "mirror-opened";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly copy: CopyId;
  readonly leader: ClientId;
  readonly cause: OrderId;
  readonly stem: string;
  readonly instrument: InstrumentKey;
  readonly contracted: Contracted;
  readonly contract: Contract | undefined;
  /** How the leader's frame and the instrument file disagree about the contract: entries are refused (R22). */
  readonly contradiction: string | undefined;
  readonly scale: Scale;
  readonly role: Role;
  readonly late: boolean;
}

/**
 * These mirrors are over, have been quiet for a while, and had nothing more to say or to send: from here on they are kept in few bytes, until
 * something more is told of one of them (docs/journal.md, "What leaves memory").
 */
export interface MirrorsPutAway extends At {
  readonly type: "mirrors-put-away";
  readonly follower: ClientId;
  readonly mirrors: readonly MirrorKey[];
  /** Their orders at the follower's broker. */
  readonly orders: readonly OrderId[];
}

/** Written before the request leaves (R8). */
export interface PlacementIntended extends At {
  readonly type: "placement-intended";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly attempt: number;
  readonly correlationId: CorrelationId;
  readonly executing: boolean;
  /** An after-market order: the leader's is one, or its market was closed (`marketClosed: amo`). */
  readonly afterMarket: boolean;
  /** Absent: that under which its mirror is kept (docs/conversions.md). */
  readonly product?: Product;
  readonly terms: Terms;
  /** It goes out as a forever order. */
  readonly forever?: true;
  /** It goes out as a super order with these legs, which answer to these wishes of the leader's. */
  readonly legs?: LegPrices;
  readonly wishes?: Wishes;
  /** The leader's terms that these answer to; undefined where no leader order stands behind them. */
  readonly follows: Terms | undefined;
  /** Paise of the account's money that are promised to it; absent where nobody counts them. */
  readonly reserves?: number;
}

export interface ModificationIntended extends At {
  readonly type: "modification-intended";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly attempt: number;
  readonly orderId: OrderId;
  readonly terms: Terms;
  readonly follows: Terms | undefined;
  /** Of a forever order that has not fired. */
  readonly forever?: true;
  /** Of an OCO order: which of the two is changed, and to what; `terms` are what both are after it. */
  readonly oco?: OcoChange;
  /** Of a super order: which part of it is changed. */
  readonly legs?: LegChange;
  readonly wishes?: Followed;
  /** Paise that are promised to it beyond those of the order that it changes. */
  readonly reserves?: number;
}

export interface CancelIntended extends At {
  readonly type: "cancel-intended";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly attempt: number;
  readonly orderId: OrderId;
  /** It may not be changed any more: what it leaves unfilled is placed anew when it has ended (`modificationCap: replace`). */
  readonly replaces?: true;
  /** Of a super order; its entry takes the legs with it. */
  readonly leg?: "entry" | ExitLeg;
  /** Of a forever order that has not fired. */
  readonly forever?: true;
  /** The leader's order has filled, and what this entry has not is given up (`onLeaderFilled`). */
  readonly givesUp?: true;
}

/** What became of a request (R10). The outcome mirrors the broker port's words. */
export type RequestOutcome =
  | { readonly outcome: "accepted"; readonly orderId: OrderId }
  | { readonly outcome: "refused"; readonly refusal: Refusal }
  | { readonly outcome: "not-sent"; readonly cause: string }
  | { readonly outcome: "unknown"; readonly because: string };

/** Where the time went, in milliseconds, each counted from the stage before it. */
export interface Stages {
  /** From the leader's frame to the decision; undefined when no frame of the leader's led to it. */
  readonly decidedMs: number | undefined;
  /** From the decision to the durable intent. */
  readonly journalledMs: number;
  /** From the durable intent to the request's first byte; undefined when it was never written. */
  readonly wireMs: number | undefined;
  /** From the first byte to the answer, or to giving up. */
  readonly answeredMs: number;
}

export interface RequestAnswered extends At {
  readonly type: "request-answered";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly attempt: number;
  readonly request: "placement" | "modification" | "cancel";
  /** The cancel was of this leg of a super order. */
  readonly leg?: ExitLeg;
  readonly result: RequestOutcome;
  readonly stages: Stages | undefined;
  /** Of an outcome that is not known: elapsed time of the process, which no step of the wall clock moves. Absent in older journals. */
  readonly elapsedMs?: number;
}

/** A look at the follower's books for an order in doubt. `found` reports are journalled as reports of their own. */
export interface LookAnswered extends At {
  readonly type: "look-answered";
  readonly follower: ClientId;
  readonly mirror: MirrorKey;
  readonly attempt: number;
  readonly asked: UnixMs;
  readonly answer: "found" | "absent" | "failed";
  /** Elapsed time of the process when it was asked; to be held against that of the outcome that it looks into. Absent in older journals. */
  readonly askedElapsedMs?: number;
  /** `lookupGrace` of that moment: how long the books may lag. */
  readonly graceMs: number;
}

/** A follower's stream. */
export type FollowerRecord =
  | (At & { readonly type: "follower-order-reported"; readonly follower: ClientId; readonly report: OrderReport })
  | (At & {
      readonly type: "follower-positions-read";
      readonly follower: ClientId;
      readonly positions: readonly PositionReport[];
      /** Which units of which copy the owner has converted since they were known last; absent: none. */
      readonly converted?: readonly CopyConversion[];
      /** What they show of copied contracts that nothing known explains; absent: nothing. It counts as the owner's, and a person is told. */
      readonly unexplained?: readonly Unexplained[];
    })
  | (At & { readonly type: "follower-funds-read"; readonly follower: ClientId; readonly funds: MoneyReading })
  /** What the broker's calculator asked for an order (reference 6.6). */
  | (At & {
      readonly type: "margin-quoted";
      readonly follower: ClientId;
      readonly question: MarginQuestion;
      readonly paise: number;
      readonly asked: UnixMs;
    })
  | (At & { readonly type: "follower-trades-read"; readonly follower: ClientId; readonly order: OrderId; readonly trades: readonly TradeReport[] })
  /** The same of a forever order of ours. */
  | (At & { readonly type: "follower-forever-fired"; readonly follower: ClientId; readonly mirror: MirrorKey; readonly order: OrderId; readonly by: OrderId })
  /**
   * The forever orders that wait in the account and are not ours, as far as is known; kept where forever orders are copied. `fired`: orders of the account that
   * are new as what one of them has fired which was there before.
   */
  | (At & {
      readonly type: "follower-standing-read";
      readonly follower: ClientId;
      readonly orders: readonly ForeverOrder[];
      readonly fired?: readonly OrderId[];
    })
  /** The same of an order of ours. */
  | (At & { readonly type: "follower-order-lacked"; readonly follower: ClientId; readonly order: OrderId })
  /** An order with our prefix that this journal did not send, taken on as an attempt of its mirror (R11). */
  | (At & { readonly type: "order-adopted"; readonly follower: ClientId; readonly mirror: MirrorKey; readonly report: OrderReport })
  | (At & { readonly type: "entries-halted"; readonly follower: ClientId; readonly why: string })
  | (At & {
      readonly type: "verdict-given";
      readonly follower: ClientId;
      readonly mirror: MirrorKey;
      readonly verdict: Verdict /** It refuses an entry with these leader's terms: not tried again until they change (R2). */;
      readonly refuses: Terms | undefined;
      /** It keeps an order that rests from growing to these leader's terms, until they change (R23). */
      readonly keeps?: Terms | undefined;
    })
  | MirrorsPutAway
  | MirrorOpened
  | PlacementIntended
  | ModificationIntended
  | CancelIntended
  | RequestAnswered
  | LookAnswered;

/**
 * A new trading day at the exchanges: orders of the days before are over, whatever their books don't show any more (R24). Two seconds after
 * midnight, or at a start: what else was recorded since midnight may stand before it.
 */
export interface DayTurned extends At {
  readonly type: "day-turned";
  readonly day: TradingDay;
  /** After-market orders made since then are for a session that is still to come, and stay. */
  readonly afterMarketFrom: UnixMs;
  /** What had ended before it leaves memory. Absent in journals of before that was so: what followed there may still speak of it. */
  readonly forgets?: true;
}

/**
 * The end of the journal was damaged and has been cut off (R11): everything after the position `after`, at least `missing` records. What
 * was done for what stands before it may not be known. Written by whoever mended it, as the first record after the cut.
 */
export interface JournalCut extends At {
  readonly type: "journal-cut";
  readonly after: number;
  readonly missing: number;
  /** The file beside the journal that has what was cut, as far as it could be read. */
  readonly kept: string;
}

/** The engine started; whatever was in flight before is in doubt now. First record of each start, in the engine's own stream. */
export type EngineRecord = DayTurned | EngineStarted | JournalCut | OperatorOrdered;

/** A person halted or resumed entries (R23). It may concern all followers, so it is in no follower's stream. */
export interface OperatorOrdered extends At {
  readonly type: "operator-halted" | "operator-resumed";
  readonly over: HaltScope;
}

export interface EngineStarted extends At {
  readonly type: "engine-started";
  readonly version: string;
  /** On a first start: leaders' orders that were last updated before it are left out (`dhan.lookback`). */
  readonly leadersSince: UnixMs | undefined;
  /** Elapsed time of this process: it begins anew with each. Absent in older journals. */
  readonly elapsedMs?: number;
}

export type BookRecord = LeaderRecord | FollowerRecord | EngineRecord;

/** The stream that a record belongs to. Keyed by client id: names can be changed by a person. */
export function streamOf(record: BookRecord): string {
  switch (record.type) {
    case "leader-order-reported":
    case "leader-positions-read":
    case "leader-trades-read":
    case "leader-frame-refused":
    case "leader-order-lacked":
    case "leader-standing-reported":
    case "leader-standing-gone":
    case "leader-forever-fired":
      return `leader:${record.leader}`;
    case "engine-started":
    case "day-turned":
    case "journal-cut":
    case "operator-halted":
    case "operator-resumed":
      return "engine";
    case "follower-order-reported":
    case "follower-positions-read":
    case "follower-trades-read":
    case "follower-order-lacked":
    case "follower-forever-fired":
    case "follower-standing-read":
    case "follower-funds-read":
    case "margin-quoted":
    case "order-adopted":
    case "entries-halted":
    case "verdict-given":
    case "mirror-opened":
    case "mirrors-put-away":
    case "placement-intended":
    case "modification-intended":
    case "cancel-intended":
    case "request-answered":
    case "look-answered":
      return `follower:${record.follower}`;
  }
}
