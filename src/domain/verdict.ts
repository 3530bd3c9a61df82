/**
 * What a person may read of a mirror: a stable code, a severity, and a sentence with the numbers behind it. Every leader
 * order ends in a verdict per copy; docs/verdicts.md lists the codes, and a test holds the two equal.
 */
export type Severity = "info" | "warning" | "critical";

/** Every code, with how loud it is and what it means. */
export const VERDICTS = {
  COPIED: ["info", "The follower's order was sent."],
  FILLED: ["info", "Both orders are filled; quantities, prices, lag and slippage are in the numbers."],
  WITHDRAWN: ["info", "The leader withdrew his order, and the follower's is ended."],
  ENDED: ["info", "Both orders have ended, with nothing left to do."],
  MET_BY_WITHDRAWAL: ["info", "The leader's exit was met by withdrawing what still rested at the follower."],

  LEG_FILLED: ["info", "The follower's own target or stop of a super order got out, as the leader's did."],
  MET_BY_LEG: ["info", "The leader's target or stop of a super order was met by the follower's own."],

  NOT_AN_OPTION: ["info", "The instrument's kind is not among the copy's kinds (options only, unless written)."],
  SEGMENT_FILTERED: ["info", "The segment is not among the copy's segments."],
  PRODUCT_FILTERED: ["info", "The product is not among the copy's products."],
  SIDE_FILTERED: ["info", "The side is not among the copy's sides."],
  UNDERLYING_FILTERED: ["info", "The underlying is not among the copy's underlyings."],
  OUTSIDE_WINDOW: ["info", "The leader's order came outside the copy's time window."],
  STALE: ["warning", "An entry that the leader executed (or sent as MARKET or IOC) longer ago than maxAge."],
  LATE_JOIN_IGNORED: ["info", "The leader's order is older than the start: it had ended before the first one, or lateJoin is ignore."],
  ENDED_BEFORE_COPY: ["info", "The leader's order had ended without a fill before anything was sent."],
  LEADER_REJECTED: ["info", "The leader's order was rejected by his broker."],
  BELOW_ONE_LOT: ["info", "The follower's share is less than one lot; of an exit: what the copy has goes with a later one."],
  BELOW_MIN_LOTS: ["info", "The follower's share is below sizing.minLots."],
  FUNDS_UNREAD: ["warning", "Sizing by capital: the funds of the leader or the follower were not read, or more than 5 minutes before."],
  FUNDS_ZERO: ["warning", "Sizing by capital: the leader or the follower has no funds at all."],
  NOTHING_TO_EXIT: ["info", "The leader reduces a position of which the follower holds nothing copied."],
  FAMILY_NOT_COPIED: ["warning", "A cover or bracket order, or what of a super order cannot be copied with its legs: never as a plain order."],
  INSTRUMENT_UNKNOWN: ["warning", "Neither the leader's frame nor the instrument file knows the contract."],
  INSTRUMENT_CONTRADICTION: ["warning", "The leader's frame and the instrument file disagree on lot, tick or kind."],
  MARKET_CLOSED: ["warning", "The market is closed, and marketClosed keeps the entry from being sent."],
  SENT_WHILE_CLOSED: ["warning", "An entry was sent although the calendar says that its market is closed."],
  SENT_AFTER_MARKET: ["info", "The market is closed; the entry was sent as an after-market order."],
  FUNDS_SHORT: ["warning", "The account's money does not cover the entry; need and have are in the numbers (paise)."],
  MARGIN_UNKNOWN: ["warning", "The entry part of a stop and reverse is left out: what it costs, or what the account has, is not known at once."],
  SELF_TRADE: ["warning", "The entry would trade with an order of the other side that rests at the same account."],
  PRICE_TOO_FAR: ["warning", "The leader has filled, and the market is further from his price than maxSlippage: the entry is not sent."],
  ENTRIES_HALTED: ["warning", "Entries of the copy are halted; what is refused meanwhile is not sent when they are resumed."],

  BROKER_REFUSED: ["warning", "The follower's broker refused the order, or one leg of a super order; the same terms are not sent again."],
  CHANGE_REFUSED: ["warning", "The follower's broker refused the change; the same terms are not sent again."],
  MODIFICATION_CAP: [
    "warning",
    "The order has been changed as often as the broker allows and stays as it is, for good (modificationCap: refuse) or until it can be replaced; of a trail half as often.",
  ],
  REPLACED: [
    "info",
    "The order had been changed as often as the broker allows, or waited as a forever order when only the leader's had fired: it was ended, and what it left unfilled is placed anew.",
  ],
  ALREADY_EXECUTED: ["info", "The leader changed his order after the follower's was executed."],
  CHASED: ["info", "The leader has filled and the follower's order rests: it is re-priced in steps (onLeaderFilled: chase)."],
  MISSED: ["warning", "The leader has filled, and what the follower's entry had not was given up; the exposure is in the sentence (onLeaderFilled)."],
  DRIFT: ["warning", "The follower's quantity differs from the leader's, scaled, and nothing is sent to mend it; or his order rests smaller than was sent."],
  ORPHAN: ["warning", "The follower has filled more than his share of what the leader filled; the sentence says what is exited and what is kept."],
  LEG_ALONE: ["warning", "The follower's own target or stop of a super order got out, and the leader's has not; nothing is entered again."],
  FOREVER_ALONE: ["warning", "The follower's forever order has fired, and the leader's has not; it is left to the leader what becomes of that."],
  FOREVER_GONE: ["warning", "The leader's forever order has fired and the follower's has not: it is deleted, and what the leader's fired is copied then."],
  FOREVER_UNCLAIMED: [
    "critical",
    "A forever order waits in the follower's account that may be ours, from a lost journal: none is placed beside it, a person must look.",
  ],
  FOREVER_IN_DOUBT: [
    "critical",
    "The placement of a forever order was not answered and the list does not tell of it: none is placed for it again, a person must look.",
  ],
  FOREVER_NOT_COPIED: ["warning", "A forever order that cannot be copied as one; what it fires is copied as any order."],
  UNHEDGED: [
    "critical",
    "A leg is missing at the follower while what the leader ordered beside it stands (basket.window); lots and rupees are in the numbers.",
  ],
  HEDGED: ["info", "A leg that was missing stands after all, or nothing stands without it any more."],
  FOLLOWER_LATE: ["warning", "The leader was filled, and the follower was not for longer than slippage.after."],
  SLIPPAGE: ["warning", "The follower's price is worse than the leader's by more than slippage.percent."],
  ENDED_BY_OTHERS: ["warning", "The follower's order, or a leg of it, ended without our request; it is left alone."],
  CHANGED_BY_OTHERS: ["warning", "The follower's order was changed without our request; it is left alone."],

  IN_DOUBT: ["warning", "A request was sent and not answered, and the broker's books do not tell yet."],
  FAILED: ["critical", "A placement was proved absent and is too old to send again."],
  OUTCOME_UNKNOWN: ["critical", "What became of an order of an earlier day was never found out; it is sent no more, and a person must look."],
  ACCOUNT_UNABLE: ["critical", "The follower's account can place no order at all: a dead token, or an address that is not registered."],
  EXIT_RETRIED: ["warning", "An exit was refused and is tried again in a legal form."],
  ENTRY_WAITS: [
    "warning",
    "The entry waits, for a refused exit, one in another product, the account's breaker or what has to be read first, and is judged anew then.",
  ],
  EXIT_FAILED: ["critical", "An exit was refused as often as it may be tried; a person must act."],
  EXIT_WAITS: [
    "critical",
    "An exit, or a part of it, waits: for a resting exit to end, longer than a request may take; or, with the journal lost, for an order that may be ours, or is, and that nothing explains.",
  ],
  EXIT_RESTS: [
    "critical",
    "An exit still rests where it is taken no further, after the leader is out (onLeaderFilled) or as an order of Lockstep's own; a person must act.",
  ],
  CANCEL_FAILED: ["critical", "A cancel was sent as often as it may be tried and the order is still open; a person must act."],
  SQUARE_OFF_AWAITED: ["info", "The leader's broker squares his intraday position off; the follower's own broker is to do the same."],
  SQUARE_OFF_MISSED: ["critical", "The follower's broker had not squared his copied position off five minutes later; it is reported or exited (squareOff)."],
  ALTERNATIVES_CLOSED: ["critical", "Two alternative exits filled faster than the cancel; the excess is closed."],
} as const satisfies Record<string, readonly [Severity, string]>;

export type VerdictCode = keyof typeof VERDICTS;

export interface Verdict {
  readonly code: VerdictCode;
  /** With the numbers in it, for people. */
  readonly sentence: string;
  /** The numbers behind the sentence, for programs. */
  readonly numbers: Readonly<Record<string, number | string>>;
}

export function verdict(code: VerdictCode, sentence: string, numbers: Verdict["numbers"] = {}): Verdict {
  return { code, sentence, numbers };
}

export function severityOf(code: VerdictCode): Severity {
  return VERDICTS[code][0];
}
