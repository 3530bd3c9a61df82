/** The two files of facts that entries are judged by: the exchange's hours, and the contracts. */
import { type Calendar, endingOf } from "../../domain/calendar/calendar.ts";
import { kolkataText, tradingDay, type UnixMs } from "../../domain/time.ts";
import type { Finding } from "./finding.ts";

/** `sentences`: why it cannot be used. */
export type CalendarFacts =
  | { readonly sentences: readonly string[] }
  | { readonly calendar: Calendar; readonly isAlwaysOpen: boolean; readonly isDhanItself: boolean };

export function calendarFinding(facts: CalendarFacts, now: UnixMs): Finding {
  const check = "calendar";
  if ("sentences" in facts) {
    return {
      check,
      state: "failed",
      said: facts.sentences.join("; "),
      todo: "correct the file (docs/calendar.md), or leave out calendar for the one that Lockstep brings along",
    };
  }
  const { calendar, isAlwaysOpen, isDhanItself } = facts;
  if (isAlwaysOpen && isDhanItself) {
    return {
      check,
      state: "warning",
      said: "always-open is for simulators, and this is Dhan itself: no entry will be told from one while the market is closed",
      todo: "leave out calendar",
    };
  }
  if (isAlwaysOpen) return { check, state: "ok", said: "markets never count as closed (always-open)" };
  const ending = endingOf(calendar, now);
  const today = calendar.describe("NSE_FNO", now);
  if (ending !== undefined) return { check, state: "warning", said: ending, notes: [today] };
  return { check, state: "ok", said: `known to ${calendar.lastDate}; ${today}` };
}

export type InstrumentFacts =
  | { readonly fault: string /** Where to get one. */; readonly source: string }
  | { readonly writtenAt: UnixMs; readonly rows: number; readonly skipped: readonly { readonly line: number; readonly why: string }[] };

/** `lastTradingDay`: the latest day of trading up to today; a file that was fetched before it may lack contracts and have old lots. */
export function instrumentsFinding(facts: InstrumentFacts, lastTradingDay: string): Finding {
  const check = "instruments";
  if ("fault" in facts) return { check, state: "failed", said: facts.fault, todo: `download it anew from ${facts.source}` };
  const { writtenAt, rows, skipped } = facts;
  const said = `${rows} rows, fetched ${kolkataText(writtenAt).slice(0, 16)} in India by the file's time`;
  const [first] = skipped;
  const lost =
    first === undefined ? [] : [`${skipped.length} ${skipped.length === 1 ? "row is" : "rows are"} of no use; the first is line ${first.line}: ${first.why}`];
  if (tradingDay(writtenAt) < lastTradingDay) {
    const old = `${said}, before the trading day ${lastTradingDay}: new contracts are missing, and lots, bands and reused ids may be old`;
    return { check, state: "warning", said: old, todo: FETCH, notes: lost };
  }
  return { check, state: lost.length > 0 ? "warning" : "ok", said, notes: lost };
}

const FETCH = "fetch Dhan's instrument file anew, each morning before the market opens (README)";
