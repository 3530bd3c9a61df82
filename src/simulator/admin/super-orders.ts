/** Super orders by hand: as their owner from Dhan's web or app, and as the market that reaches a leg. */
import { z } from "zod";
import type { Answer } from "../exchange/exchange.ts";
import type { Order } from "../exchange/order.ts";
import type { Simulator } from "../simulator.ts";
import { LEG_NAMES, type LegWord, parseSuperChange, parseSuperPlacement } from "../wire/super-input.ts";
import { OWNERS_ORDER } from "./owners-order.ts";

const prices = { targetPrice: z.number().optional(), stopLossPrice: z.number().optional(), trailingJump: z.number().optional() };
const entry = { orderType: z.enum(["LIMIT", "MARKET"]).optional(), quantity: z.number().optional(), price: z.number().optional() };
const legName = z.enum(["ENTRY_LEG", "STOP_LOSS_LEG", "TARGET_LEG"]);

/** As the body of `POST /super/orders`, less strict: LIMIT, INTRADAY and no trail when left out. */
export const ownersSuper = z.strictObject({
  ...OWNERS_ORDER,
  correlationId: z.string().optional(),
  productType: z.string().default("INTRADAY"),
  ...entry,
  ...prices,
});

export function placeSuperAsOwner(simulator: Simulator, { clientId, source, ...body }: z.infer<typeof ownersSuper>): Answer<Order> {
  const whole = { orderType: "LIMIT", trailingJump: 0, ...body, dhanClientId: clientId };
  const parsed = parseSuperPlacement(JSON.stringify(whole), { clientId, source }, simulator.exchange.listings);
  if (simulator.accounts.find(clientId) === undefined) return { ok: false, why: `there is no account ${clientId}` };
  return parsed.ok ? simulator.superOrders.place(clientId, parsed.value.placement, parsed.value.prices) : { ok: false, why: parsed.wrong };
}

/** Only what changes need be named; the trail stays as it is, which the web sends along. */
export const ownersSuperChange = z.strictObject({ clientId: z.string(), orderId: z.string(), legName, ...entry, ...prices });

export function modifySuperAsOwner(simulator: Simulator, { clientId, orderId, ...changes }: z.infer<typeof ownersSuperChange>): Answer<Order> {
  const books = simulator.exchange.ledger.books(clientId);
  const found = simulator.superOrders.of(clientId, (id) => books?.order(id)).find((one) => one.entry.orderId === orderId);
  if (found === undefined) return { ok: false, why: `account ${clientId} has no super order ${orderId}` };
  const rupees = { targetPrice: found.prices.target / 10_000, stopLossPrice: found.prices.stop / 10_000, trailingJump: found.prices.trail / 10_000 };
  const whole = { orderType: found.entry.terms.type, ...rupees, ...changes, dhanClientId: clientId, orderId };
  const parsed = parseSuperChange(JSON.stringify(whole), clientId, found.entry, found.prices);
  if (!parsed.ok) return { ok: false, why: parsed.wrong };
  const { leg, terms, prices: wanted } = parsed.value;
  return simulator.superOrders.modify(clientId, orderId, leg, { prices: wanted, ...(terms === undefined ? {} : { terms }) });
}

export const namedLeg = z.strictObject({ clientId: z.string(), orderId: z.string(), legName });
type NamedLeg = z.infer<typeof namedLeg>;

export function cancelSuperAsOwner(simulator: Simulator, named: NamedLeg): Answer<Order> {
  return simulator.superOrders.cancel(named.clientId, named.orderId, LEG_NAMES[named.legName as LegWord]);
}

/** The market reaches a leg: it is sent to the exchange, and rests there until it is filled. */
export function sendLeg(simulator: Simulator, named: NamedLeg): Answer<Order> {
  const leg = LEG_NAMES[named.legName as LegWord];
  if (leg === "entry") return { ok: false, why: "the entry is no leg that waits for the market" };
  return simulator.superOrders.send(named.clientId, named.orderId, leg);
}
