/** Acting on orders by hand: as their owner from Dhan's web or app, and as the exchange. */
import { z } from "zod";
import { parsePrice } from "../../domain/money.ts";
import type { Answer } from "../exchange/exchange.ts";
import { end, fill, reject, trigger } from "../exchange/operator.ts";
import type { Order } from "../exchange/order.ts";
import type { Simulator } from "../simulator.ts";
import { parseModification, parsePlacement } from "../wire/order-input.ts";
import { OWNERS_ORDER } from "./owners-order.ts";

const terms = {
  orderType: z.enum(["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_MARKET"]).optional(),
  validity: z.enum(["DAY", "IOC"]).optional(),
  quantity: z.number().optional(),
  price: z.number().optional(),
  triggerPrice: z.number().optional(),
  disclosedQuantity: z.number().optional(),
};

/** As the body of `POST /orders`, less strict: LIMIT, DAY and INTRADAY when left out. No limits, no faults, no address. */
export const ownersOrder = z.strictObject({
  ...OWNERS_ORDER,
  correlationId: z.string().optional(),
  productType: z.string().default("INTRADAY"),
  afterMarketOrder: z.boolean().default(false),
  amoTime: z.string().default("OPEN"),
  ...terms,
});

export function placeAsOwner(simulator: Simulator, { clientId, source, ...body }: z.infer<typeof ownersOrder>): Answer<Order> {
  const whole = { orderType: "LIMIT", validity: "DAY", ...body, dhanClientId: clientId };
  const parsed = parsePlacement(JSON.stringify(whole), { clientId, source }, simulator.exchange.listings);
  if (simulator.accounts.find(clientId) === undefined) return { ok: false, why: `there is no account ${clientId}` };
  return parsed.ok ? simulator.exchange.place(clientId, parsed.value) : { ok: false, why: parsed.wrong };
}

/** An order by its number or by its correlation id. */
const named = { clientId: z.string(), orderId: z.string().optional(), correlationId: z.string().optional() };

export const namedOrder = z.strictObject(named);
type Named = z.infer<typeof namedOrder>;

export function findOrder(simulator: Simulator, { clientId, orderId, correlationId }: Named): Answer<Order> {
  const books = simulator.exchange.ledger.books(clientId);
  const id = orderId ?? (correlationId === undefined ? undefined : books?.orderIdByCorrelation(correlationId));
  const order = id === undefined ? undefined : books?.order(id);
  return order === undefined
    ? { ok: false, why: `account ${clientId} has no order ${orderId ?? correlationId ?? "without a number"}` }
    : { ok: true, value: order };
}

/** Only what changes need be named. */
export const ownersChange = z.strictObject({ ...named, ...terms });

export function modifyAsOwner(simulator: Simulator, { clientId, orderId, correlationId, ...changes }: z.infer<typeof ownersChange>): Answer<Order> {
  const found = findOrder(simulator, { clientId, orderId, correlationId });
  if (!found.ok) return found;
  const { terms: now, orderId: id } = found.value;
  const whole = { orderType: now.type, validity: now.validity, ...changes, dhanClientId: clientId, orderId: id };
  const parsed = parseModification(JSON.stringify(whole), clientId, found.value);
  return parsed.ok ? simulator.exchange.modify(clientId, id, parsed.value) : { ok: false, why: parsed.wrong };
}

export function cancelAsOwner(simulator: Simulator, order: Named): Answer<Order> {
  const found = findOrder(simulator, order);
  return found.ok ? simulator.exchange.cancel(found.value.clientId, found.value.orderId) : found;
}

/** `quantity`: all that is open when left out; `price` in rupees: the order's limit, or the last price. `late` fills an ended order. */
export const orderFill = z.strictObject({
  ...named,
  quantity: z.int().positive().optional(),
  price: z.number().positive().optional(),
  late: z.boolean().default(false),
});

export function fillOrder(simulator: Simulator, wanted: z.infer<typeof orderFill>): Answer<Order> {
  const found = findOrder(simulator, wanted);
  if (!found.ok) return found;
  const price = wanted.price === undefined ? undefined : parsePrice(wanted.price);
  return fill(simulator.exchange, found.value, { quantity: wanted.quantity, price, timing: wanted.late ? "late" : "normal" });
}

/** `reason` without the `RMS:<orderId>:` that Dhan puts before it. */
export const orderRejection = z.strictObject({ ...named, reason: z.string() });

export function rejectOrder(simulator: Simulator, wanted: z.infer<typeof orderRejection>): Answer<Order> {
  const found = findOrder(simulator, wanted);
  return found.ok ? reject(simulator.exchange, found.value, wanted.reason) : found;
}

/** How the exchange ends an order without its owner. */
export const orderEnd = z.strictObject({ ...named, as: z.enum(["cancelled", "expired"]) });

export function endOrder(simulator: Simulator, wanted: z.infer<typeof orderEnd>): Answer<Order> {
  const found = findOrder(simulator, wanted);
  return found.ok ? end(simulator.exchange, found.value, wanted.as) : found;
}

export function triggerOrder(simulator: Simulator, wanted: Named): Answer<Order> {
  const found = findOrder(simulator, wanted);
  return found.ok ? trigger(simulator.exchange, found.value) : found;
}
