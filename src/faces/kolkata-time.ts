/** Instants as people in India read them. The offset is written out, so that a program reads them as well. */
import { kolkataText, type UnixMs } from "../domain/time.ts";

/** `2026-11-23T09:15:02.417+05:30` */
export function kolkataIso(at: UnixMs): string {
  return `${kolkataText(at).replace(" ", "T")}.${thousandths(at)}+05:30`;
}

/** `09:15:02.417`, Asia/Kolkata. */
export function kolkataClock(at: UnixMs): string {
  return `${kolkataText(at).slice(11)}.${thousandths(at)}`;
}

function thousandths(at: UnixMs): string {
  return String(((at % 1_000) + 1_000) % 1_000).padStart(3, "0");
}
