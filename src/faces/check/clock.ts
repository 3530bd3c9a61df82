/**
 * The machine's clock against the broker's. A wrong one makes living orders look old, and old ones fresh (R20), and it confuses which of a
 * book's row and a frame is newer (R1).
 */
import type { ClockReading } from "../../engine/ports/account-facts.ts";
import type { Finding } from "./finding.ts";

/** How far our clock is ahead of the broker's, at least and at most; below zero it is behind. */
export interface Offset {
  readonly leastMs: number;
  readonly mostMs: number;
}

const SECOND_MS = 1_000;
/** Beyond this a clock is broken, whatever `maxAge` is: the turn of the day and the opening are judged by it too. */
const BROKEN_MS = 30_000;
const RESOLUTION = "its answers tell whole seconds";

/** All readings together bound it closer than one. Undefined: there are none, or they contradict each other (several machines behind one name). */
export function offsetOf(readings: readonly ClockReading[]): Offset | "none" | "contradiction" {
  if (readings.length === 0) return "none";
  const leastMs = Math.max(...readings.map(({ askedAt, told }) => askedAt - told - SECOND_MS));
  const mostMs = Math.min(...readings.map(({ answeredAt, told }) => answeredAt - told));
  return leastMs <= mostMs ? { leastMs, mostMs } : "contradiction";
}

/** `maxAgeMs`: the shortest of the enabled copies. What counts is by how much the clock is wrong at least. */
export function clockFinding(readings: readonly ClockReading[], maxAgeMs: number): Finding {
  const offset = offsetOf(readings);
  if (offset === "none")
    return { check: "clock", state: "warning", said: "no answer of the broker told his time, so this machine's clock could not be compared" };
  if (offset === "contradiction") {
    return {
      check: "clock",
      state: "warning",
      said: "the broker's answers contradict each other about his time by more than a second: check again",
      todo: KEEP,
    };
  }
  const { leastMs, mostMs } = offset;
  const wrongMs = leastMs > 0 ? leastMs : mostMs < 0 ? -mostMs : 0;
  const direction = leastMs > 0 ? "ahead of" : "behind";
  if (wrongMs === 0) return { check: "clock", state: "ok", said: `within a second of the broker's clock (${RESOLUTION})` };
  const atMostMs = Math.max(Math.abs(leastMs), Math.abs(mostMs));
  const said = `${seconds(wrongMs)} to ${seconds(atMostMs)} s ${direction} the broker's clock (${RESOLUTION})`;
  if (wrongMs <= SECOND_MS) return { check: "clock", state: "ok", said };
  if (wrongMs < Math.min(maxAgeMs, BROKEN_MS)) return { check: "clock", state: "warning", said, todo: KEEP };
  const harm = leastMs > 0 ? "every executed entry would be refused as stale" : "entries would be sent long after maxAge";
  return { check: "clock", state: "failed", said: `${said}, and maxAge is ${seconds(maxAgeMs)} s: ${harm}`, todo: KEEP };
}

const KEEP = "let NTP keep this machine's clock (timedatectl set-ntp true), and check again";

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}
