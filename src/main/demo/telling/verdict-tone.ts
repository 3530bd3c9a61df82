/** Which verdicts are worth a line, and in what tone. `quiet`: another line says it already. */
import type { VerdictCode } from "../../../domain/verdict.ts";
import type { Tone } from "./line.ts";

export const VERDICT_TONES: Readonly<Record<VerdictCode, Tone | "quiet">> = {
  COPIED: "quiet",
  FILLED: "quiet",
  WITHDRAWN: "quiet",
  ENDED: "quiet",
  LEADER_REJECTED: "quiet",
  MET_BY_WITHDRAWAL: "calm",
  ENDED_BEFORE_COPY: "calm",
  ALREADY_EXECUTED: "calm",
  SENT_AFTER_MARKET: "calm",
  REPLACED: "calm",
  SQUARE_OFF_AWAITED: "calm",

  NOT_AN_OPTION: "refused",
  SEGMENT_FILTERED: "refused",
  PRODUCT_FILTERED: "refused",
  SIDE_FILTERED: "refused",
  UNDERLYING_FILTERED: "refused",
  OUTSIDE_WINDOW: "refused",
  STALE: "refused",
  LATE_JOIN_IGNORED: "refused",
  BELOW_ONE_LOT: "refused",
  BELOW_MIN_LOTS: "refused",
  NOTHING_TO_EXIT: "refused",
  FAMILY_NOT_COPIED: "refused",
  INSTRUMENT_UNKNOWN: "refused",
  INSTRUMENT_CONTRADICTION: "refused",
  ENTRIES_HALTED: "refused",
  MARKET_CLOSED: "refused",
  BROKER_REFUSED: "refused",
  CHANGE_REFUSED: "refused",
  MODIFICATION_CAP: "refused",
  FAILED: "refused",

  SENT_WHILE_CLOSED: "trouble",
  DRIFT: "trouble",
  ORPHAN: "trouble",
  FOLLOWER_LATE: "trouble",
  SLIPPAGE: "trouble",
  ENDED_BY_OTHERS: "trouble",
  CHANGED_BY_OTHERS: "trouble",
  IN_DOUBT: "trouble",
  OUTCOME_UNKNOWN: "trouble",
  ACCOUNT_UNABLE: "trouble",
  EXIT_RETRIED: "trouble",
  EXIT_FAILED: "trouble",
  ENTRY_WAITS: "trouble",
  EXIT_WAITS: "trouble",
  CANCEL_FAILED: "trouble",
  SQUARE_OFF_MISSED: "trouble",
  ALTERNATIVES_CLOSED: "trouble",
};

/** The word in the second column; the sentence says the rest. */
export const TONE_WORDS: Readonly<Record<Tone, string>> = { calm: "notes", filled: "notes", refused: "refused", trouble: "reports" };
