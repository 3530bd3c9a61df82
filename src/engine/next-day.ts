/** The trading day that is to begin, if the one of the book is over (R24). */
import type { Book } from "../domain/book/book.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { DayTurned } from "../domain/records.ts";
import { startOfDay, type TradingDay, tradingDay, type UnixMs, unixMs } from "../domain/time.ts";

/** 09:00: what was made after market before it was for the session of that day, what came later is for the next. */
const SESSIONS_BEGIN_MS = 9 * 3_600_000;

export interface NextDay extends Pick<DayTurned, "day" | "afterMarketFrom"> {
  /** The day that is over. */
  readonly before: TradingDay;
}

/** Undefined: it lasts. A clock that was set back brings no day back. */
export function nextDay({ day: before }: Pick<Book, "day">, calendar: Pick<Calendar, "lastTradingDay">, now: UnixMs): NextDay | undefined {
  const day = tradingDay(now);
  if (before === undefined || day <= before) return undefined;
  const lastSession = calendar.lastTradingDay(dayBefore(day));
  return { before, day, afterMarketFrom: unixMs(startOfDay(lastSession) + SESSIONS_BEGIN_MS) };
}

export function dayBefore(day: TradingDay): TradingDay {
  return tradingDay(unixMs(startOfDay(day) - 1));
}
