/**
 * An order that was taken on with the journal lost, in a contract whose lot neither a frame nor the instrument file tells any more (R11, R22). How
 * large it should be cannot be worked out; but it was, when it was sent. So it stays as it is until somebody knows the lot, unless the leader
 * withdraws his order or is out of what it bought.
 */
import type { LeaderOrder } from "../book/book.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Attempt } from "./attempt.ts";
import { liveUnitsOf, type Mirror } from "./mirror.ts";

/** What rests of it and is to stay, as far as the leader's order says. */
export function standingUnits(mirror: Mirror, { known }: LeaderOrder): Quantity {
  const isWithdrawn = known.end !== undefined && known.end !== "filled";
  return isWithdrawn ? NONE : quantity(liveUnitsOf(mirror));
}

export function staysUnsized(mirror: Mirror, { orderId }: Attempt): Verdict {
  const { segment, securityId } = mirror.instrument;
  return verdict("INSTRUMENT_UNKNOWN", `nobody knows the lot of ${segment} ${securityId}; order ${orderId ?? ""} stays as it is until somebody does`);
}
