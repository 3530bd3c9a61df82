/**
 * The leader's broker squares his intraday positions off before the close by itself (design 5). The follower's broker does the same to the
 * follower's, so what the leader's square-off exits is not exited by us as well: two sales would meet, and one would open a position.
 */
import type { LeaderOrder } from "../book/book.ts";
import { isSquareOff } from "../order/family.ts";
import type { Product } from "../order/terms.ts";
import { verdict } from "../verdict.ts";
import type { InProduct } from "./copied.ts";
import { type Decision, later, WAIT } from "./decision.ts";
import { given, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

/** How long the follower's broker has for his own square-off before what is left is reported or exited. */
export const SQUARE_OFF_WAIT_MS = 300_000;

/** An exit that the follower's own broker is to do: it claims nothing of the position, so what protects it goes on resting. */
export function isLeftToBroker(mirror: Mirror, leader: LeaderOrder, product: Product = mirror.contracted.product): boolean {
  // What the follower has converted his broker lets be.
  if (product !== "INTRADAY" || !isSquareOff(leader.known) || mirror.attempts.some((attempt) => attempt.product === "INTRADAY")) return false;
  return !mirror.verdicts.some(({ code, numbers }) => code === "SQUARE_OFF_MISSED" && numbers["exits"] !== 0);
}

/** Why an exit of so many units in a product is not sent, or not yet; undefined: it is sent. */
export function awaitSquareOff(
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  { product, units }: InProduct,
  { policy, now }: Situation,
): Decision | undefined {
  if (leader === undefined || !isLeftToBroker(mirror, leader, product)) return undefined;
  const due = later(mirror.openedAt, SQUARE_OFF_WAIT_MS);
  const isExited = policy.squareOff === "exit";
  const minutes = SQUARE_OFF_WAIT_MS / 60_000;
  if (now < due) {
    const then = `what is left of it after ${minutes} minutes is ${isExited ? "exited" : "reported"}`;
    const sentence = `the leader's broker squares his intraday position off; the follower's broker does the same by itself, and ${then}`;
    return { ...WAIT, wakeAt: due, verdicts: [{ verdict: verdict("SQUARE_OFF_AWAITED", sentence), refuses: undefined }] };
  }
  if (given(mirror, "SQUARE_OFF_MISSED")) return WAIT;
  const sentence = `${minutes} minutes after the leader's square-off ${units} copied units are open: ${isExited ? "they are exited" : "they are left to the follower"}`;
  return {
    ...WAIT,
    verdicts: [{ verdict: verdict("SQUARE_OFF_MISSED", sentence, { units, exits: isExited ? units : 0 }), refuses: undefined }],
  };
}
