/**
 * Which codes raise an alert, and what ends one: every code of a verdict, of a note, of a refusal and of the program's own warnings has a
 * row, or the compiler asks for it. How loud an alert is stands with the code itself (`VERDICTS`, the level of a note), or here where that
 * has none. docs/alerts.md is this page for people, and a test holds the two equal.
 */

import type { RefusalCode } from "../../domain/order/refusal.ts";
import type { StandingKind } from "../../domain/order/standing.ts";
import { VERDICTS, type VerdictCode } from "../../domain/verdict.ts";
import type { NoteCode } from "../../engine/parties.ts";
import type { STANDING_CODES } from "../standing-words.ts";
import type { AlertSeverity } from "./alert.ts";

/**
 * What ends an alert, with a notice:
 * - `told`: the note whose row `ends` it;
 * - `accepted`: the broker accepts a request of the account;
 * - `resumed`: the account's entries are resumed;
 * - `settled`: it is known of each of its orders whether the broker has it;
 * - `standing`: each of its orders stands at the exchange, or was filled;
 * - `closed`: none of its orders is open at the follower any more;
 * - `hedged`: the verdict `HEDGED` is given to each of its orders;
 * - `decided`: each of its orders is sent, or it is decided that it is not.
 *
 * `none`: it happened, and there is nothing to be over. It is listed for a while after the last time.
 */
export type Ending = "told" | "accepted" | "resumed" | "settled" | "standing" | "closed" | "hedged" | "decided" | "none";

export interface AlertRule {
  /** One cause is one account, one copy, or the program: what happens again there is counted, not told each time. */
  readonly per: "account" | "copy" | "program";
  readonly over: Ending;
  /** It is told only if it has not ended by then: most of its kind mend themselves. Milliseconds. */
  readonly afterMs?: number;
  /** While one of these is open at the account, it is that one's doing, and is not told by itself. */
  readonly under?: readonly AlertCode[];
}

export type RaisedRow = AlertRule & { readonly severity: AlertSeverity };
export type NoteRow = "none" | RaisedRow | { readonly ends: readonly AlertCode[] };

/** The program's own warnings, of its start, its surroundings and its end. */
export type ProgramWarning =
  | "CALENDAR_ENDS"
  | "FOREVER_COPIED"
  | "ROWS_SKIPPED"
  | "UNANSWERED"
  | "STOPPED"
  | "JOURNAL_CUT"
  | "BROKEN"
  | "REHEARSAL_FAILED"
  | "SHELF_UNMADE";

export type AlertCode =
  | VerdictCode
  | NoteCode
  | RefusalCode
  | ProgramWarning
  | "HALTED"
  | (typeof STANDING_CODES)[StandingKind]
  | typeof FRAME_FAULT
  | typeof TEST;

/** Stands for every fault of a frame or a row: each is an alert with its own code. */
export const FRAME_FAULT = "FRAME_FAULT";
/** What `lockstep alerts test` sends. */
export const TEST = "TEST";

/** A stream that is cut is dialled within a quarter of a second, and books are read again soon: what lasts longer is trouble (docs/streams.md). */
const MENDS_ITSELF_MS = 30_000;
/** What is refused, or waits, for the account's sake is explained by another alert within that: its token is asked about, for instance. */
const EXPLAINED_MS = 5_000;

/** What is refused for margin goes again when its hedge has filled, mostly at once. */
const HEDGED_SOON_MS = 2_000;

const PER_COPY = { per: "copy", over: "none" } as const;
const PER_ACCOUNT = { per: "account", over: "none" } as const;
const NO_TOKEN: readonly AlertCode[] = ["TOKEN_DEAD"];
const UNABLE: readonly AlertCode[] = [...NO_TOKEN, "NO_ACCESS", "ADDRESS_NOT_ALLOWED"];

export const VERDICT_ALERTS: Readonly<Record<VerdictCode, "none" | AlertRule>> = {
  COPIED: "none",
  FILLED: "none",
  WITHDRAWN: "none",
  ENDED: "none",
  MET_BY_WITHDRAWAL: "none",

  LEG_FILLED: "none",
  MET_BY_LEG: "none",

  NOT_AN_OPTION: "none",
  SEGMENT_FILTERED: "none",
  PRODUCT_FILTERED: "none",
  SIDE_FILTERED: "none",
  UNDERLYING_FILTERED: "none",
  OUTSIDE_WINDOW: "none",
  STALE: PER_COPY,
  LATE_JOIN_IGNORED: "none",
  ENDED_BEFORE_COPY: "none",
  LEADER_REJECTED: "none",
  BELOW_ONE_LOT: "none",
  BELOW_MIN_LOTS: "none",
  FUNDS_UNREAD: { ...PER_COPY, under: ["FUNDS_UNREADABLE"] },
  FUNDS_ZERO: PER_COPY,
  NOTHING_TO_EXIT: "none",
  FAMILY_NOT_COPIED: PER_COPY,
  INSTRUMENT_UNKNOWN: PER_COPY,
  INSTRUMENT_CONTRADICTION: PER_COPY,
  MARKET_CLOSED: PER_COPY,
  SENT_WHILE_CLOSED: PER_COPY,
  SENT_AFTER_MARKET: "none",
  FUNDS_SHORT: PER_COPY,
  MARGIN_UNKNOWN: PER_COPY,
  SELF_TRADE: PER_COPY,
  PRICE_TOO_FAR: PER_COPY,
  ENTRIES_HALTED: { ...PER_COPY, under: ["HALTED", "STRANGER_WITH_OUR_MARK"] },

  BROKER_REFUSED: { per: "copy", over: "standing" },
  CHANGE_REFUSED: PER_COPY,
  MODIFICATION_CAP: PER_COPY,
  REPLACED: "none",
  ALREADY_EXECUTED: "none",
  CHASED: "none",
  MISSED: PER_COPY,
  EXIT_RESTS: { per: "copy", over: "closed" },
  DRIFT: PER_COPY,
  ORPHAN: PER_COPY,
  LEG_ALONE: PER_COPY,
  FOREVER_ALONE: PER_COPY,
  FOREVER_GONE: PER_COPY,
  FOREVER_UNCLAIMED: PER_COPY,
  FOREVER_IN_DOUBT: PER_COPY,
  FOREVER_NOT_COPIED: PER_COPY,
  UNHEDGED: { per: "copy", over: "hedged", afterMs: HEDGED_SOON_MS },
  HEDGED: "none",
  FOLLOWER_LATE: { per: "copy", over: "closed" },
  SLIPPAGE: PER_COPY,
  ENDED_BY_OTHERS: PER_COPY,
  CHANGED_BY_OTHERS: PER_COPY,

  IN_DOUBT: { per: "copy", over: "settled" },
  FAILED: PER_COPY,
  OUTCOME_UNKNOWN: PER_COPY,
  ACCOUNT_UNABLE: { per: "account", over: "accepted", afterMs: EXPLAINED_MS, under: UNABLE },
  EXIT_RETRIED: { per: "copy", over: "standing" },
  EXIT_FAILED: { per: "copy", over: "standing" },
  ENTRY_WAITS: { per: "copy", over: "decided", afterMs: EXPLAINED_MS, under: [...UNABLE, "EXIT_RETRIED", "EXIT_FAILED", "BREAKER_OPEN"] },
  EXIT_WAITS: { per: "copy", over: "standing" },
  CANCEL_FAILED: { per: "copy", over: "closed" },
  SQUARE_OFF_AWAITED: "none",
  SQUARE_OFF_MISSED: PER_COPY,
  ALTERNATIVES_CLOSED: PER_COPY,
};

/** A note at level `info` raises nothing, whatever its row says: a stream that is closed for the sake of a new token, for instance. */
export const NOTE_ALERTS: Readonly<Record<NoteCode, NoteRow>> = {
  STREAM_OPEN: { ends: ["STREAM_CLOSED"] },
  STREAM_CLOSED: { severity: "warning", per: "account", over: "told", afterMs: MENDS_ITSELF_MS, under: NO_TOKEN },
  TOKEN_DEAD: { severity: "critical", per: "account", over: "told" },
  TOKEN_ALIVE: { ends: ["TOKEN_DEAD", "TOKEN_EXPIRES"] },
  TOKEN_EXPIRES: { severity: "warning", per: "account", over: "told" },
  TOKEN_RENEWED: { ends: ["TOKEN_EXPIRES"] },
  BOOKS_READ: { ends: ["BOOKS_UNREADABLE"] },
  BOOKS_UNREADABLE: { severity: "warning", per: "account", over: "told", afterMs: MENDS_ITSELF_MS, under: NO_TOKEN },
  FOLLOWER_READ: "none",
  RATE_LIMITED: { severity: "warning", per: "account", over: "accepted" },
  RATE_LIMIT_OVER: "none", // the request that was accepted has ended it
  BUDGET_SPENT: { severity: "warning", per: "account", over: "told" },
  BUDGET_FREE: { ends: ["BUDGET_SPENT"] },
  BREAKER_OPEN: { severity: "critical", per: "account", over: "told", afterMs: EXPLAINED_MS, under: UNABLE },
  BREAKER_CLOSED: { ends: ["BREAKER_OPEN"] },
  STRANGER_WITH_OUR_MARK: { severity: "critical", per: "account", over: "resumed" },
  ORDER_ABANDONED: { severity: "warning", ...PER_ACCOUNT },
  FUNDS_UNREADABLE: { severity: "warning", per: "account", over: "told", afterMs: MENDS_ITSELF_MS, under: NO_TOKEN },
  INSTRUMENTS_KEPT: { severity: "warning", per: "program", over: "told" },
  INSTRUMENTS_FRESH: { ends: ["INSTRUMENTS_KEPT"] },
  LOTS_CHANGED: { severity: "warning", per: "program", over: "none" },
  FUNDS_READ: { ends: ["FUNDS_UNREADABLE"] },
  STANDING_UNREADABLE: { severity: "warning", per: "account", over: "told", afterMs: MENDS_ITSELF_MS, under: NO_TOKEN },
  FOREVER_UNLINKED: { severity: "critical", ...PER_ACCOUNT },
  STANDING_READ: { ends: ["STANDING_UNREADABLE"] },
  TRADES_DISAGREE: { severity: "warning", ...PER_ACCOUNT },
  TRADES_UNREADABLE: { severity: "warning", ...PER_ACCOUNT },
  JOURNAL_BROKEN: { severity: "critical", per: "program", over: "told" },
  JOURNAL_WRITTEN: { ends: ["JOURNAL_BROKEN"] },
  CANCEL_UNRECORDED: { severity: "warning", ...PER_ACCOUNT },
  REDUCTION_UNRECORDED: { severity: "warning", ...PER_ACCOUNT },
  POSITION_CONVERTED: { severity: "warning", ...PER_ACCOUNT },
  POSITION_CROSSED: { severity: "critical", ...PER_ACCOUNT },
  CARRIED_UNEXPLAINED: { severity: "warning", ...PER_ACCOUNT },
  HISTORY_UNREADABLE: "none", // what comes of it is told as CARRIED_UNEXPLAINED
};

/** What the broker refuses for the account's sake. All other refusals end in a verdict of their order. */
export const REFUSAL_ALERTS: Readonly<Record<RefusalCode, "none" | RaisedRow>> = {
  TOKEN_DEAD: "none", // noted when `/profile` has confirmed it
  NO_ACCESS: { severity: "critical", per: "account", over: "accepted", under: NO_TOKEN },
  RATE_LIMIT: "none", // noted
  ADDRESS_NOT_ALLOWED: { severity: "critical", per: "account", over: "accepted" },
  INPUT_INVALID: "none",
  MARKET_CLOSED: "none",
  NOT_OPEN: "none",
  MODIFICATION_CAP: "none",
  MARGIN_SHORT: "none",
  PRICE_OUTSIDE_BAND: "none",
  TRIGGER_CROSSED: "none",
  NO_DATA: "none",
  NOT_FOUND: "none",
  ORDER_REFUSED: "none",
};

export const PROGRAM_ALERTS: Readonly<Record<ProgramWarning, "none" | RaisedRow>> = {
  CALENDAR_ENDS: { severity: "warning", per: "program", over: "none" },
  FOREVER_COPIED: "none", // as the file asks for
  ROWS_SKIPPED: "none", // as on every day
  UNANSWERED: { severity: "warning", per: "program", over: "none" },
  STOPPED: { severity: "critical", per: "program", over: "none" },
  JOURNAL_CUT: { severity: "critical", per: "program", over: "none" },
  BROKEN: { severity: "critical", per: "program", over: "none" },
  REHEARSAL_FAILED: "none", // orders are slower, and nothing is there to be done
  SHELF_UNMADE: "none", // more memory is needed, and nothing else is different
};

/** A halt that stands, an operator's or for a stranger's order (R23). Of all copies it is at no account. */
export const HALT_ALERT: RaisedRow = { severity: "warning", per: "account", over: "resumed", under: ["STRANGER_WITH_OUR_MARK"] };

/** A leader has placed or changed what waits at his broker and is not copied; when it fires, its order is. */
export const STANDING_ALERT: RaisedRow = { severity: "warning", ...PER_ACCOUNT };

export const FRAME_ALERT: RaisedRow = { severity: "warning", ...PER_ACCOUNT };

/** Undefined: it raises none. A verdict that is no more than information never does; a test holds that. */
export function verdictAlert(code: VerdictCode): RaisedRow | undefined {
  const rule = VERDICT_ALERTS[code];
  const [severity] = VERDICTS[code];
  return rule === "none" || severity === "info" ? undefined : { ...rule, severity };
}
