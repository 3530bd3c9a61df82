/** A reading of an account's list of forever orders, and what whoever makes something of it needs (docs/forever.md). */
import { type Book, getOrAdd } from "../domain/book/book.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { type ForeverOrder, stateOfForever } from "../domain/order/standing.ts";
import type { Clock, UnixMs } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { Note, Parties } from "./parties.ts";
import type { Reads } from "./reads.ts";
import type { Recorder } from "./recorder.ts";
import type { Touched } from "./touched.ts";

export type ForeverReading = Omit<Extract<Inbound, { type: "standing" }>, "orders"> & { readonly orders: readonly ForeverOrder[] };

export interface ForeverLinksOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly reads: Reads;
  readonly noted: (note: Note) => void;
  /** A report of a leader's, or of a follower's, order. */
  readonly told: { readonly leader: Told; readonly follower: Told };
  /** This order of the leader's is what it seems to be. */
  readonly proceed: (leader: ClientId, order: OrderId, now: UnixMs, touched: Touched) => void;
  /** What alternatives filled together is looked at anew. */
  readonly closeAlternatives: (follower: ClientId, now: UnixMs) => void;
}

type Told = (account: ClientId, report: OrderReport, now: UnixMs, touched: Touched) => void;

export function hasFired(row: ForeverOrder | undefined): boolean {
  return row !== undefined && stateOfForever(row) === "fired";
}

/** Whether what a reading tells of an order has been told for so long, because a list may lag: `since` keeps when, in elapsed time, it was first. */
export function hasLasted(since: Map<OrderId, number>, order: OrderId, askedElapsedMs: number, ms: number): boolean {
  return askedElapsedMs - getOrAdd(since, order, () => askedElapsedMs) >= ms;
}
