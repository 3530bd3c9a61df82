/** Forever and conditional orders by hand: as their owner from Dhan's web or app, and as the market that reaches one. */
import { z } from "zod";
import type { Answer } from "../exchange/exchange.ts";
import type { Order } from "../exchange/order.ts";
import type { Simulator } from "../simulator.ts";
import { parseConditional } from "../wire/conditional-input.ts";
import { foreverLegNamed, parseForeverChange, parseForeverPlacement } from "../wire/forever-input.ts";
import { OWNERS_ORDER } from "./owners-order.ts";

/** Done, with the number of what waits: of a forever order, or of an alert. */
export type Numbered = { readonly ok: true; readonly orderId: string } | { readonly ok: false; readonly why: string };

const terms = {
  orderType: z.enum(["LIMIT", "MARKET"]).optional(),
  validity: z.enum(["DAY", "IOC"]).optional(),
  quantity: z.number().optional(),
  disclosedQuantity: z.number().optional(),
  price: z.number().optional(),
  triggerPrice: z.number().optional(),
};
const legName = z.enum(["ENTRY_LEG", "TARGET_LEG", "STOP_LOSS_LEG"]).default("TARGET_LEG");

/** As the body of `POST /forever/orders`, less strict: LIMIT, DAY and CNC when left out; an OCO order where a second trigger is given. */
export const ownersForever = z.strictObject({
  ...OWNERS_ORDER,
  productType: z.string().default("CNC"),
  ...terms,
  quantity1: z.number().optional(),
  price1: z.number().optional(),
  triggerPrice1: z.number().optional(),
});

export function placeForeverAsOwner(simulator: Simulator, { clientId, source, ...body }: z.infer<typeof ownersForever>): Numbered {
  const whole = { orderType: "LIMIT", validity: "DAY", orderFlag: body.triggerPrice1 === undefined ? "SINGLE" : "OCO", ...body, dhanClientId: clientId };
  const parsed = parseForeverPlacement(JSON.stringify(whole), { clientId, source }, simulator.exchange.listings);
  if (simulator.accounts.find(clientId) === undefined) return { ok: false, why: `there is no account ${clientId}` };
  return parsed.ok ? numbered(simulator.foreverOrders.place(clientId, parsed.value)) : { ok: false, why: parsed.wrong };
}

/** Only what changes need be named. */
export const ownersForeverChange = z.strictObject({ clientId: z.string(), orderId: z.string(), legName, ...terms });

export function modifyForeverAsOwner(simulator: Simulator, { clientId, orderId, ...changes }: z.infer<typeof ownersForeverChange>): Numbered {
  const order = simulator.foreverOrders.order(clientId, orderId);
  const leg = order?.legs.find(({ name }) => name === foreverLegNamed(changes.legName));
  if (order === undefined || leg === undefined) return { ok: false, why: `account ${clientId} has no such order of ${orderId}` };
  const now = { orderFlag: order.legs.length > 1 ? "OCO" : "SINGLE", orderType: leg.price === 0 ? "MARKET" : "LIMIT", validity: order.validity };
  const parsed = parseForeverChange(JSON.stringify({ ...now, ...changes, dhanClientId: clientId, orderId }), clientId, order);
  return parsed.ok ? numbered(simulator.foreverOrders.modify(clientId, orderId, parsed.value.leg, parsed.value.change)) : { ok: false, why: parsed.wrong };
}

/** `legName`: of an OCO order, which of the two is meant; the first when left out. */
export const namedForever = z.strictObject({ clientId: z.string(), orderId: z.string(), legName });
type NamedForever = z.infer<typeof namedForever>;

export function cancelForeverAsOwner(simulator: Simulator, { clientId, orderId }: NamedForever): Numbered {
  return numbered(simulator.foreverOrders.cancel(clientId, orderId));
}

/** The market reaches it: its order is sent, and answered as an order. */
export function fireForever(simulator: Simulator, { clientId, orderId, legName: leg }: NamedForever): Answer<Order> {
  return simulator.foreverOrders.fire(clientId, orderId, foreverLegNamed(leg));
}

/** As the body of `POST /alerts/orders`. */
export const ownersAlert = z.strictObject({
  clientId: z.string(),
  source: z.string().default("W"),
  condition: z.record(z.string(), z.unknown()),
  orders: z.array(z.record(z.string(), z.unknown())),
});

export function placeAlertAsOwner(simulator: Simulator, { clientId, source, condition, orders }: z.infer<typeof ownersAlert>): Numbered {
  const parsed = parseConditional(JSON.stringify({ dhanClientId: clientId, condition, orders }), { clientId, source }, simulator.exchange.listings);
  if (simulator.accounts.find(clientId) === undefined) return { ok: false, why: `there is no account ${clientId}` };
  if (!parsed.ok) return { ok: false, why: parsed.wrong };
  const placed = simulator.conditionalOrders.place(clientId, parsed.value);
  return placed.ok ? { ok: true, orderId: placed.value.alertId } : placed;
}

export const namedAlert = z.strictObject({ clientId: z.string(), alertId: z.string() });
type NamedAlert = z.infer<typeof namedAlert>;

export function cancelAlertAsOwner(simulator: Simulator, { clientId, alertId }: NamedAlert): Numbered {
  const cancelled = simulator.conditionalOrders.cancel(clientId, alertId);
  return cancelled.ok ? { ok: true, orderId: alertId } : cancelled;
}

/** Its condition comes to hold: its orders are sent, and the first of them is answered. */
export function fireAlert(simulator: Simulator, { clientId, alertId }: NamedAlert): Answer<Order> {
  return simulator.conditionalOrders.fire(clientId, alertId);
}

function numbered(answer: Answer<{ readonly orderId: string }>): Numbered {
  return answer.ok ? { ok: true, orderId: answer.value.orderId } : answer;
}
