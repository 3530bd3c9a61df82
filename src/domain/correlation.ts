/**
 * The id that we write on an order so that it can be found again (R9): `lks`, a hash of what caused it, the slice and the
 * attempt. It fits Dhan's limits (at most 25 letters and digits, lower case; reference 11) and holds no name that a person can
 * change, so a restart with an empty journal derives the same ids and finds the same orders (R11).
 */
import { hash } from "node:crypto";
import { assert } from "./assert.ts";
import { type ClientId, type CorrelationId, correlationId, type OrderId } from "./identity.ts";
import type { TradingDay } from "./time.ts";

const PREFIX = "lks";
const HASH_LENGTH = 16;
const SLICE_LENGTH = 2;
/** With the rest it makes Dhan's 25. An exit that cannot even be sent is tried every half minute: enough for a year and a half. */
const ATTEMPT_LENGTH = 4;
const PATTERN = new RegExp(`^${PREFIX}[0-9a-z]{${HASH_LENGTH + SLICE_LENGTH + ATTEMPT_LENGTH}}$`);

/** What all slices and attempts of one mirror have in common. */
export type CorrelationStem = string;

export interface CorrelationCause {
  readonly leader: ClientId;
  /** The leader's order, or the follower's record that caused an order of our own (a closing alternative). */
  readonly cause: OrderId;
  readonly day: TradingDay;
  readonly follower: ClientId;
}

export function correlationStem(cause: CorrelationCause): CorrelationStem {
  const digest = hash("sha256", `${cause.leader}|${cause.cause}|${cause.day}|${cause.follower}`, "hex");
  const text = BigInt(`0x${digest.slice(0, 24)}`).toString(36);
  return PREFIX + text.padStart(HASH_LENGTH, "0").slice(-HASH_LENGTH);
}

export function correlationFor(stem: CorrelationStem, part: { readonly slice: number; readonly attempt: number }): CorrelationId {
  return correlationId(stem + digits(part.slice, SLICE_LENGTH) + digits(part.attempt, ATTEMPT_LENGTH));
}

/** An order that bears our prefix is never a leader order (R7). */
export function isOurs(id: CorrelationId | undefined): id is CorrelationId {
  return id !== undefined && PATTERN.test(id);
}

export function stemOf(id: CorrelationId): CorrelationStem {
  return id.slice(0, PREFIX.length + HASH_LENGTH);
}

export function sliceOf(id: CorrelationId): number {
  return Number.parseInt(id.slice(PREFIX.length + HASH_LENGTH, PREFIX.length + HASH_LENGTH + SLICE_LENGTH), 36);
}

export function attemptOf(id: CorrelationId): number {
  return Number.parseInt(id.slice(-ATTEMPT_LENGTH), 36);
}

function digits(value: number, length: number): string {
  assert(value >= 0 && value < 36 ** length, `${value} does not fit into ${length} digits of base 36`);
  return value.toString(36).padStart(length, "0");
}
