/** What of the account's money is promised to a request, and what becomes of the promise. Part of the fold. */
import { requestSettled, reserve } from "../margin/reservations.ts";
import type { ModificationIntended, PlacementIntended, RequestAnswered } from "../records.ts";
import type { FollowerBook } from "./book.ts";

export function promise(follower: FollowerBook, { type, mirror, attempt, terms, reserves }: PlacementIntended | ModificationIntended): void {
  if (reserves === undefined || reserves === 0) return;
  reserve(follower.reservations, mirror, { attempt, of: type === "placement-intended" ? "placement" : "modification", units: terms.quantity, paise: reserves });
}

/** Of a placement that came to nothing its end has told already. */
export function settlePromise(follower: FollowerBook, { mirror, attempt, request, result, at }: RequestAnswered): void {
  if (request === "cancel") return;
  const cameToNothing = request === "modification" && (result.outcome === "refused" || result.outcome === "not-sent");
  requestSettled(follower.reservations, mirror, { attempt, of: request, at, came: cameToNothing ? "to nothing" : "to something" });
}
