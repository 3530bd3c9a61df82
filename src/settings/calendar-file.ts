/**
 * The calendar's data: the exchange's own, which stands beside this file, or a file of the user's, which takes its place or is laid over it
 * (`calendar: { file }`). docs/calendar.md has the form.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ALWAYS_OPEN, type Calendar, type CalendarData, calendarOf } from "../domain/calendar/calendar.ts";
import { PHASES } from "../domain/calendar/timetable.ts";
import { SEGMENTS } from "../domain/instrument.ts";
import { parseKolkata, type TradingDay, tradingDay } from "../domain/time.ts";
import { keyText } from "./key.ts";
import { listOf, oneOf, text, textLike } from "./values.ts";

/** What the configuration asks for. */
export type CalendarChoice = { readonly is: "exchange" } | { readonly is: "always-open" } | { readonly is: "file" /** Absolute. */; readonly path: string };

export type CalendarResult = { readonly ok: true; readonly calendar: Calendar } | { readonly ok: false; readonly sentences: readonly string[] };

const EXCHANGE = new URL("exchange-calendar.json", import.meta.url);

const date = text("a date such as 2026-11-24").transform((written, context): TradingDay => {
  const at = parseKolkata(`${written} 00:00:00`);
  if (at !== undefined) return tradingDay(at);
  context.addIssue({ code: "custom", message: "a date such as 2026-11-24" });
  return z.NEVER;
});
const time = textLike(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 09:15, in India");
const closing = z.union([time, z.strictObject({ newYorkSummer: time, newYorkWinter: time })], {
  error: "a time such as 15:40, or { newYorkSummer, newYorkWinter }",
});
const phase = z
  .strictObject({ phase: oneOf(PHASES), from: time, to: closing }, { error: "a phase with phase, from and to" })
  .refine(({ from, to }) => (typeof to === "string" ? from < to : from < to.newYorkSummer && from < to.newYorkWinter), {
    error: "a phase that ends after it begins",
  });
const segments = listOf(oneOf(SEGMENTS), "a list of segments, such as [NSE_FNO]").min(1, { error: "a list of segments, such as [NSE_FNO]" });
const phases = listOf(phase, "a list of phases; an empty one means closed");
const calendarFile = z.strictObject(
  {
    extends: oneOf(["exchange"]).optional(),
    source: text("where the data comes from"),
    lastDate: date,
    timetables: listOf(z.strictObject({ segments, from: date, phases }), "a list of timetables").default([]),
    days: listOf(z.strictObject({ segments, date, name: text("the day's name"), phases, note: z.string().optional() }), "a list of days").default([]),
  },
  { error: "a mapping with source, lastDate, and timetables or days" },
);

export function loadCalendar(choice: CalendarChoice): CalendarResult {
  switch (choice.is) {
    case "always-open":
      return { ok: true, calendar: ALWAYS_OPEN };
    case "exchange":
    case "file": {
      const read = readData(choice.is === "file" ? choice.path : EXCHANGE);
      return "sentences" in read ? { ok: false, sentences: read.sentences } : { ok: true, calendar: calendarOf(read.data) };
    }
  }
}

type Data = { readonly data: CalendarData } | { readonly sentences: readonly string[] };

function readData(path: string | URL): Data {
  const name = path instanceof URL ? path.pathname : path;
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? `cannot be read (${String(cause.code)})` : "is no JSON";
    return { sentences: [`${name}: the calendar ${why}; see docs/calendar.md for its form`] };
  }
  const parsed = calendarFile.safeParse(written);
  if (!parsed.success) return { sentences: parsed.error.issues.map((issue) => `${name}: ${keyText(issue.path.filter(isStep))}: expected ${issue.message}`) };
  const { extends: base, ...data } = parsed.data;
  if (base === undefined) return { data };
  const beneath = readData(EXCHANGE);
  return "sentences" in beneath ? beneath : { data: laidOver(data, beneath.data) };
}

/** The upper one's days come first, and its timetables last among those of one date: the first day and the last timetable count. */
function laidOver(upper: CalendarData, lower: CalendarData): CalendarData {
  return {
    lastDate: upper.lastDate,
    timetables: [...lower.timetables, ...upper.timetables],
    days: [...upper.days, ...lower.days],
  };
}

function isStep(step: PropertyKey): step is string | number {
  return typeof step !== "symbol";
}
