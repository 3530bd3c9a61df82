/**
 * What of an account's money is promised to orders that the last reading of it does not know yet. Orders of the same moment can therefore
 * not spend the same rupees. An order's part is released when a reading knows it, when the order came to nothing, or ended with less.
 */
import type { MirrorKey } from "../mirror/mirror.ts";
import type { UnixMs } from "../time.ts";
import type { MoneyReading } from "./funds.ts";

export interface Reservation {
  readonly attempt: number;
  readonly of: "placement" | "modification";
  /** Units of the whole order that it was made for. */
  readonly units: number;
  readonly paise: number;
  /** When the request was answered or given up: a reading of some time after that knows what became of it. */
  readonly answeredAt: UnixMs | undefined;
}

export interface Reservations {
  readonly ofMirrors: Map<MirrorKey, readonly Reservation[]>;
  /** Of all of them together: it is asked for with every entry. */
  paise: number;
}

export function noReservations(): Reservations {
  return { ofMirrors: new Map(), paise: 0 };
}

export function reserve(reservations: Reservations, key: MirrorKey, made: Omit<Reservation, "answeredAt">): void {
  reservations.paise += made.paise;
  reservations.ofMirrors.set(key, [...(reservations.ofMirrors.get(key) ?? []), { ...made, answeredAt: undefined }]);
}

/** Its mirror is forgotten. */
export function release(reservations: Reservations, key: MirrorKey): void {
  put(reservations, key, []);
}

/** `nothing`: it came to nothing. */
export function requestSettled(
  reservations: Reservations,
  key: MirrorKey,
  { attempt, of, at, came }: Pick<Reservation, "attempt" | "of"> & { readonly at: UnixMs; readonly came: "to something" | "to nothing" },
): void {
  adjust(reservations, key, (one) => {
    if (one.attempt !== attempt || one.of !== of || one.answeredAt !== undefined) return one;
    return came === "to nothing" ? undefined : { ...one, answeredAt: at };
  });
}

/** The order is over: what it has not filled is free. */
export function orderEnded(reservations: Reservations, key: MirrorKey, attempt: number, filled: number): void {
  adjust(reservations, key, (one) => {
    if (one.attempt !== attempt || filled >= one.units) return one;
    return filled === 0 ? undefined : { ...one, units: filled, paise: Math.ceil((one.paise * filled) / one.units) };
  });
}

/** Whatever was answered before the reading knows of is in it. A clock that was set back made later what came before. */
export function fundsRead(reservations: Reservations, { knows }: MoneyReading, at: UnixMs): void {
  for (const key of [...reservations.ofMirrors.keys()]) {
    adjust(reservations, key, (one) => {
      if (one.answeredAt === undefined) return one;
      if (one.answeredAt <= knows) return undefined;
      return one.answeredAt > at ? { ...one, answeredAt: at } : one;
    });
  }
}

/** What was in flight when the process ended has been answered, or given up, by now. */
export function restarted(reservations: Reservations, at: UnixMs): void {
  for (const key of [...reservations.ofMirrors.keys()]) adjust(reservations, key, (one) => ({ ...one, answeredAt: one.answeredAt ?? at }));
}

function adjust(reservations: Reservations, key: MirrorKey, change: (one: Reservation) => Reservation | undefined): void {
  const before = reservations.ofMirrors.get(key);
  if (before !== undefined)
    put(
      reservations,
      key,
      before.flatMap((one) => change(one) ?? []),
    );
}

function put(reservations: Reservations, key: MirrorKey, after: readonly Reservation[]): void {
  reservations.paise += sum(after) - sum(reservations.ofMirrors.get(key) ?? []);
  if (after.length === 0) reservations.ofMirrors.delete(key);
  else reservations.ofMirrors.set(key, after);
}

function sum(reservations: readonly Reservation[]): number {
  return reservations.reduce((paise, one) => paise + one.paise, 0);
}
