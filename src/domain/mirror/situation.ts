/** What a decision is made in: the book, the copy's policy, the account's limits, and the moment. */
import type { Book } from "../book/book.ts";
import type { Calendar } from "../calendar/calendar.ts";
import type { CopyPolicy } from "../policy.ts";
import type { UnixMs } from "../time.ts";

export interface AccountLimits {
  readonly modificationsPerOrder: number;
  /** After this, the outcome of a request is unknown. */
  readonly requestTimeoutMs: number;
  /** How long the broker's books may lag. */
  readonly lookupGraceMs: number;
}

export interface Situation {
  readonly book: Book;
  readonly policy: CopyPolicy;
  readonly limits: AccountLimits;
  readonly now: UnixMs;
  readonly calendar: Calendar;
  /** The follower's book has been read twice, a grace apart, since the start: what is older than the start may be placed (R11). */
  readonly booksProved: boolean;
  /** Why no request of the follower's account can succeed just now: his token is known to be dead. Undefined: they can. */
  readonly unable: string | undefined;
}
