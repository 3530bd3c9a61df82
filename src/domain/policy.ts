/**
 * What one copy asks for: everything that shapes a follower's order besides the leader's order and the books. Plain data,
 * already checked by the settings; the core reads it and never asks where it came from (design section 6).
 */
import type { AccountId, CopyId } from "./identity.ts";
import type { InstrumentKind, Segment } from "./instrument.ts";
import type { Price } from "./money.ts";
import type { AmoTime, Product, Side } from "./order/terms.ts";
import type { Ratio } from "./ratio.ts";

export const ROUNDINGS = ["down", "nearest", "up", "carry"] as const;
/** Which whole lot a share becomes. `nearest` takes an exact half up. `carry` rounds down and takes what is left over to the next order. */
export type Rounding = (typeof ROUNDINGS)[number];

/** A percentage in hundredths of a percent, whole and above 0: 2 % is 200. */
export type BasisPoints = number;

interface SizingBounds {
  /** To a whole lot: of an entry by ratio, and of an exit that is a part of the copied position. */
  readonly rounding: Rounding;
  /** An entry that comes out below it is refused, never raised. Whole lots, zero or more; absent: no bound. */
  readonly minLots?: number;
  /** An entry above it is capped. Whole lots, one or more; absent: no bound. */
  readonly maxLots?: number;
}

export interface RatioSizing extends SizingBounds {
  readonly mode: "ratio";
  /** Follower over leader, above 0. */
  readonly ratio: Ratio;
}

export interface LotsSizing extends SizingBounds {
  readonly mode: "lots";
  /** Lots of each entry, whatever the leader's size. Whole, one or more. */
  readonly lots: number;
}

export interface CapitalSizing extends SizingBounds {
  readonly mode: "capital";
  /** Times the follower's total funds over the leader's, above 0. */
  readonly multiplier: Ratio;
  /** The ratio is never above it. Above 0. */
  readonly maxRatio: Ratio;
}

/** How large the copy of an entry is. Decided once, at first sight of the leader's order. */
export type Sizing = RatioSizing | LotsSizing | CapitalSizing;

/** Which of the leader's entries are copied (R22); exits are never filtered. An empty list lets everything through. */
export interface Filter {
  /** Options only, unless the file says otherwise. */
  readonly kinds: readonly InstrumentKind[];
  readonly segments: readonly Segment[];
  readonly products: readonly Product[];
  readonly sides: readonly Side[];
  /** As the exchange writes them, in capitals: `NIFTY`. */
  readonly underlyings: readonly string[];
  /** The time of day in which entries are copied; absent: all day. */
  readonly window?: TimeWindow;
}

/** `HH:MM` in Asia/Kolkata; `from` is inside the window, `to` is the first minute outside it, and is later than `from`. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

/** What becomes of a STOP_LOSS_MARKET, which does not rest at the API (reference 2.2). */
export interface StopMarketPolicy {
  /** `limit`: goes out as STOP_LOSS, its limit beyond the trigger by the buffer. `pass`: goes out unchanged. */
  readonly as: "limit" | "pass";
  /** How far beyond the trigger the limit lies, of the trigger price, for options and for everything else. */
  readonly buffer: { readonly options: BasisPoints; readonly others: BasisPoints };
  /** An exit stop that triggered and did not fill in this time is re-priced by `exitSlippage`. Milliseconds. */
  readonly afterMs: number;
}

/** How far a price may be from the one that it is held against: a share of that, or a distance in rupees. */
export type Slippage = { readonly percent: BasisPoints } | { readonly price: Price };

/** What becomes of a follower's order that still rests when the leader's has filled (design 3). Times in milliseconds, from his fill. */
export type OnLeaderFilled =
  | { readonly action: "leave" }
  /** What rests of an entry is cancelled, and what it missed is reported. */
  | { readonly action: "cancel"; readonly afterMs: number }
  /** It is re-priced in steps, an entry up to `maxSlippage` from the leader's price and an exit up to `exitSlippage`; then as `cancel`. */
  | { readonly action: "chase"; readonly afterMs: number; readonly maxSlippage: Slippage };

/** What makes a copy late or dear enough for an alert: beyond either of the two. */
export interface SlippageAlert {
  /** The follower's average price against the leader's. */
  readonly percent: BasisPoints;
  /** The follower's fill after the leader's. Milliseconds. */
  readonly afterMs: number;
}

export interface CopyPolicy {
  readonly id: CopyId;
  readonly leader: AccountId;
  readonly follower: AccountId;
  readonly sizing: Sizing;
  readonly filter: Filter;
  /** The oldest that an executed leader order may be for its entry still to be sent (R20). Milliseconds. */
  readonly maxAgeMs: number;
  readonly stopMarket: StopMarketPolicy;
  /** How far from the leader's price an entry may be priced, or the market be, once he has filled (R22). */
  readonly maxSlippage: Slippage;
  /** How far from the leader's price an exit may be priced so that it executes. */
  readonly exitSlippage: Slippage;
  readonly onLeaderFilled: OnLeaderFilled;
  readonly slippage: SlippageAlert;
  /** What the follower has filled too much of an order that the leader ended: said and kept, or exited as well (R18). */
  readonly orphan: "report" | "exit";
  /** The leader's forever orders: told of, and what they fire copied; or, single ones, placed at the follower's broker as well (docs/forever.md). */
  readonly forever: "report" | "copy";
  /** What an intraday position is that the follower's broker has not squared off five minutes after the leader's: told, or exited as well. */
  readonly squareOff: "report" | "exit";
  /** The leader's entries of one underlying and expiry are legs of one another within this time; 0: none are. Milliseconds. */
  readonly basketWindowMs: number;
  /** An order that has been changed as often as the broker allows: cancelled and placed anew, or left as it is (R21). */
  readonly modificationCap: "replace" | "refuse";
  /** When the copies of after-market orders go to the exchange; Dhan does not show the leader's own choice (R19). */
  readonly amoTime: AmoTime;
  /** `ignore`: a leader order that is older than the start is not copied. `orders`: it is, if it still rests. */
  readonly lateJoin: "ignore" | "orders";
  /** An entry while its market is closed (R22). `warn`: it is sent, with a word; `refuse`; `amo`: it is sent as an after-market order. */
  readonly marketClosed: "warn" | "refuse" | "amo";
  /** `check`: an entry that the account's money does not cover is not sent. `trust`: the broker decides. */
  readonly margin: "check" | "trust";
}
