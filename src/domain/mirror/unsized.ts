/**
 * An order that was taken on with the journal lost, and of which it cannot be worked out any more how large it should be: neither a frame nor the
 * instrument file tells the lot of its contract, or there is no ratio by capital, because the funds could not be read in that moment (R11, R22).
 * But it could when it was sent. So it stays as it is until the leader tells his order and somebody knows, unless the leader withdraws it or is
 * out of what it bought.
 */
import type { LeaderOrder } from "../book/book.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import { type CapitalTrouble, capitalTrouble } from "../sizing/capital.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Attempt } from "./attempt.ts";
import { liveUnitsOf, type Mirror } from "./mirror.ts";

type Sized = Pick<Mirror, "contract" | "role" | "scale" | "attempts">;

/** Where nothing was taken on, and the contract is known, nothing is sent, for good: that is a size. */
export function isUnsized(mirror: Sized): boolean {
  return mirror.contract === undefined || lacksRatio(mirror) !== undefined;
}

/** Why there is no ratio to size by what was taken on. Of an exit it takes none. */
export function lacksRatio({ role, scale, attempts }: Sized): CapitalTrouble | undefined {
  if (scale.capital === undefined || role.role === "exit" || !attempts.some(({ adopted }) => adopted)) return undefined;
  return capitalTrouble(scale.capital);
}

/** What rests of it and is to stay, as far as the leader's order says. */
export function standingUnits(mirror: Mirror, { known }: LeaderOrder): Quantity {
  const isWithdrawn = known.end !== undefined && known.end !== "filled";
  return isWithdrawn ? NONE : quantity(liveUnitsOf(mirror));
}

export function staysUnsized(mirror: Mirror, { orderId }: Attempt): Verdict | undefined {
  if (mirror.contract === undefined) {
    const { segment, securityId } = mirror.instrument;
    return verdict("INSTRUMENT_UNKNOWN", `nobody knows the lot of ${segment} ${securityId}; order ${orderId ?? ""} stays as it is until somebody does`);
  }
  const trouble = lacksRatio(mirror);
  const stays = `order ${orderId ?? ""} stays as it is until there is one and the leader's order is told anew`;
  return trouble === undefined ? undefined : verdict(trouble.code, `${trouble.sentence}; ${stays}`);
}
