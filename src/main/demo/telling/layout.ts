/** One event on one line, in columns: time in India, who, what, how much, how long after the leader, and the rest in words. */
import type { UnixMs } from "../../../domain/time.ts";
import { kolkataClock } from "../../../faces/kolkata-time.ts";
import { LEADER } from "../players.ts";
import type { Line, Tone } from "./line.ts";
import type { Paint } from "./palette.ts";

const WIDTHS = { who: 9, what: 10, size: 13, lag: 8 } as const;
const COLOURS: Readonly<Record<Tone, Parameters<Paint>[0]>> = { calm: "reset", filled: "green", refused: "yellow", trouble: "red" };

export function laidOut({ at, who, what, size, lagMs, text, tone }: Line, paint: Paint): string {
  const lag = lagMs === undefined ? "" : lagText(lagMs);
  const name = who.padEnd(WIDTHS.who);
  return [
    paint("dim", kolkataClock(at)),
    who === LEADER ? paint("bold", name) : name,
    paint(COLOURS[tone], what.padEnd(WIDTHS.what)),
    size.padEnd(WIDTHS.size),
    paint("cyan", lag.padStart(WIDTHS.lag)),
    ` ${text}`,
  ]
    .join(" ")
    .trimEnd();
}

export function headings(paint: Paint): string {
  const { who, what, size, lag } = WIDTHS;
  return paint("dim", ["time (IST)  ", "who".padEnd(who), "what".padEnd(what), "size".padEnd(size), "lag".padStart(lag), " in words"].join(" "));
}

/** A fraction of a millisecond only where there is not more of it. */
export function lagText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

export function aside(at: UnixMs, text: string): Line {
  return { at, who: "--", what: "", size: "", lagMs: undefined, text, tone: "calm" };
}
