/** What `decide` can answer: at most one request, a read that would settle a doubt, what is to be said, and when to ask again. */
import type { CorrelationId, OrderId } from "../identity.ts";
import type { Wanted } from "../margin/cover.ts";
import type { OcoChange } from "../order/oco.ts";
import type { ExitLeg, Followed, LegChange, LegPrices, Wishes } from "../order/plan.ts";
import type { Product, Terms } from "../order/terms.ts";
import type { MirrorOpened } from "../records.ts";
import { type UnixMs, unixMs } from "../time.ts";
import type { Verdict } from "../verdict.ts";

export type Request =
  | {
      readonly request: "place";
      readonly attempt: number;
      readonly correlationId: CorrelationId;
      readonly executing: boolean;
      readonly afterMarket: boolean;
      /** Absent: that under which the mirror is kept. */
      readonly product?: Product;
      readonly terms: Terms;
      readonly follows: Terms | undefined;
      readonly forever?: true;
      /** As a super order. */
      readonly legs?: LegPrices;
      readonly wishes?: Wishes;
      /** Paise of the account's money that are promised to it; absent where nobody counts them. */
      readonly reserves?: number;
    }
  | {
      readonly request: "modify";
      readonly attempt: number;
      readonly orderId: OrderId;
      readonly terms: Terms;
      readonly follows: Terms | undefined;
      /** Of a forever order that has not fired. */
      readonly forever?: true;
      readonly oco?: OcoChange;
      readonly legs?: LegChange;
      readonly wishes?: Followed;
      readonly reserves?: number;
    }
  /** `replaces`: another order takes the place of this one when it has ended. `gives-up`: it is an entry that is too late. `leg`: of a super order. */
  | {
      readonly request: "cancel";
      readonly attempt: number;
      readonly orderId: OrderId;
      readonly purpose: "withdraws" | "replaces" | "gives-up";
      readonly leg?: "entry" | ExitLeg;
      /** Of a forever order that has not fired. */
      readonly forever?: true;
    };

/** A read that would settle a doubt. */
export type Look =
  | { readonly look: "correlation"; readonly attempt: number; readonly correlationId: CorrelationId }
  | { readonly look: "order"; readonly orderId: OrderId }
  /** At the list of the account's forever orders. */
  | { readonly look: "forever" };

/** Cancels go before exits, exits before entries (R21). */
export type Rank = 0 | 1 | 2;

/** A verdict that is to be recorded, and what of the leader's terms it keeps out from then on (see `verdict-given`). */
export interface Saying {
  readonly verdict: Verdict;
  readonly refuses: Terms | undefined;
  readonly keeps?: Terms;
}

export interface Decision {
  readonly request: Request | undefined;
  readonly rank: Rank;
  readonly look: Look | undefined;
  readonly verdicts: readonly Saying[];
  /** Orders of our own that this one gives cause to. */
  readonly opens: readonly MirrorOpened[];
  readonly wakeAt: UnixMs | undefined;
  /** What has to be read of the account's money or of a margin, before this can be decided or beside it. */
  readonly wanted?: Wanted | undefined;
  /** Of an order that goes out in slices. */
  readonly others?: OtherSlices;
}

/** What other slices ask for beside the one whose request this is. */
interface OtherSlices {
  /** How urgent the next of their requests is, which is decided when this one is recorded; undefined: there is none. */
  readonly next: Rank | undefined;
  readonly looks: readonly Look[];
}

export const WAIT: Decision = { request: undefined, rank: 2, look: undefined, verdicts: [], opens: [], wakeAt: undefined };

/** The first pause before something is looked at or sent again; each further one is twice as long, up to half a minute. */
export const RETRY_AFTER_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
/** How often the broker is asked again who has said that the market is closed, while the calendar takes it for open. */
export const CLOSED_RETRY_MS = 60_000;

export function asksNothing({ request, look }: Decision): boolean {
  return request === undefined && look === undefined;
}

export function refuse(why: Verdict, refuses: Terms | undefined): Decision {
  return { ...WAIT, verdicts: [{ verdict: why, refuses }] };
}

export function backoff(firstMs: number, tries: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, tries - 1), BACKOFF_MAX_MS);
}

export function later(at: UnixMs, ms: number): UnixMs {
  return unixMs(at + ms);
}

export function earliest(a: UnixMs | undefined, b: UnixMs | undefined): UnixMs | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}
