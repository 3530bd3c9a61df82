/**
 * The disclosed quantity: the part of a resting order that the market sees. The leader's is carried in proportion, made legal where it can be, and
 * left out where nothing legal is smaller than the whole (R19). Then all is shown, which `COPIED` says.
 */
import type { Segment } from "../instrument.ts";
import type { Terms } from "../order/terms.ts";
import { type LotSize, NONE, type Quantity, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { fractionOf } from "./rounding.ts";

/** Dhan takes 0, or more than this part of the quantity, in every segment (reference 2.1). */
const DHAN_ABOVE_PERCENT = 30;

/** What an exchange asks for at least (indian-markets 4). Below Dhan's own bound today; a circular that raises one counts from then on. */
const EXCHANGE_LEAST_PERCENT: Partial<Record<Segment, number>> = { NSE_EQ: 10, MCX_COMM: 25 };

/** The leader's order, as far as it hides a part of itself. */
export type Disclosing = Pick<Terms, "quantity" | "disclosed" | "validity">;

export interface DisclosingOrder {
  readonly units: Quantity;
  readonly lot: LotSize;
  readonly segment: Segment;
}

/** In whole lots: the leader's proportion rounded up, raised to what is legal; nothing where that is no smaller than the order. */
export function disclosedShare(leader: Disclosing, { units, lot, segment }: DisclosingOrder): Quantity {
  if (!hides(leader) || leader.validity === "IOC") return NONE;
  const inProportion = fractionOf(units, ratio(leader.disclosed, leader.quantity), "up", lot);
  const aboveDhans = (Math.floor((units * DHAN_ABOVE_PERCENT) / 100 / lot) + 1) * lot;
  const exchanges = Math.ceil((units * (EXCHANGE_LEAST_PERCENT[segment] ?? 0)) / 100 / lot) * lot;
  const legal = Math.max(inProportion, aboveDhans, exchanges);
  return legal >= units ? NONE : quantity(legal);
}

/** Why all of an order is shown although the leader hides a part of his; undefined: it is as his. */
export function disclosedDropped(leader: Disclosing, order: DisclosingOrder): string | undefined {
  if (!hides(leader) || disclosedShare(leader, order) > 0) return undefined;
  const why = leader.validity === "IOC" ? "an IOC order does not rest" : `no legal part in whole lots is smaller than ${order.units}`;
  return `the leader shows ${leader.disclosed} of ${leader.quantity}; all is shown here, ${why}`;
}

function hides({ disclosed, quantity: all }: Disclosing): boolean {
  return disclosed > 0 && disclosed < all;
}
