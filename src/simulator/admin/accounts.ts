/** What can be done to an account: its orders held in TRANSIT, its funds, positions, token, address, and the lag of its books. */
import { z } from "zod";
import { parsePrice } from "../../domain/money.ts";
import { isProduct, net } from "../exchange/position.ts";
import type { Simulator } from "../simulator.ts";

/** Nothing, or why not. */
export type Done = { readonly ok: true } | { readonly ok: false; readonly why: string };

const DONE: Done = { ok: true };

/** Opens a further account while the simulator runs. Funds in rupees. */
export const newAccount = z.strictObject({
  clientId: z.string().regex(/^\d+$/),
  token: z.string().min(1),
  name: z.string().optional(),
  funds: z.number().optional(),
  address: z.string().optional(),
});

export function openAccount(simulator: Simulator, { clientId, token, name, funds, address }: z.infer<typeof newAccount>): Done {
  if (simulator.accounts.find(clientId) !== undefined) return { ok: false, why: `there is an account ${clientId}` };
  simulator.openAccount({
    clientId,
    token,
    ...(name === undefined ? {} : { name }),
    ...(funds === undefined ? {} : { funds }),
    ...(address === undefined ? {} : { address }),
  });
  return DONE;
}

/** `hold`: new orders stay in TRANSIT, without the exchange; `release`: they go on. */
export const transit = z.strictObject({ clientId: z.string(), state: z.enum(["hold", "release"]) });

export function holdInTransit(simulator: Simulator, { clientId, state }: z.infer<typeof transit>): Done {
  simulator.exchange.hold(clientId, state);
  return DONE;
}

/** The day's opening cash in rupees. */
export const cash = z.strictObject({ clientId: z.string(), rupees: z.number() });

export function setFunds(simulator: Simulator, { clientId, rupees }: z.infer<typeof cash>): Done {
  const books = simulator.exchange.ledger.books(clientId);
  const amount = parsePrice(rupees);
  if (books === undefined || amount === undefined) return { ok: false, why: `there is no account ${clientId}` };
  books.setCash(amount);
  return DONE;
}

/** Replaces a position by one carried from yesterday: `net` units, negative for short; `averagePrice` in rupees. */
export const heldPosition = z.strictObject({
  clientId: z.string(),
  exchangeSegment: z.string(),
  securityId: z.string(),
  productType: z.string().default("INTRADAY"),
  net: z.int(),
  averagePrice: z.number().default(100),
});

export function setPosition(simulator: Simulator, wanted: z.infer<typeof heldPosition>): Done {
  const books = simulator.exchange.ledger.books(wanted.clientId);
  const listing = simulator.exchange.listings.find(wanted.exchangeSegment, wanted.securityId);
  const averagePrice = parsePrice(wanted.averagePrice);
  if (books === undefined || listing === undefined || averagePrice === undefined || !isProduct(wanted.productType)) {
    return { ok: false, why: "the account, the instrument or the product is not known" };
  }
  books.setPosition(listing, wanted.productType, { net: wanted.net, averagePrice }, simulator.exchange.clock.elapsed());
  return DONE;
}

/** As the owner in Dhan's app: so many units are another product from now on, without an order; all that is held in the one, unless told otherwise. */
export const ownersConversion = z.strictObject({
  clientId: z.string(),
  exchangeSegment: z.string(),
  securityId: z.string(),
  fromProductType: z.string().default("INTRADAY"),
  toProductType: z.string().default("MARGIN"),
  quantity: z.int().positive().optional(),
});

export function convertAsOwner(simulator: Simulator, wanted: z.infer<typeof ownersConversion>): Done {
  const { clientId, exchangeSegment, securityId, fromProductType: from, toProductType: to } = wanted;
  const books = simulator.exchange.ledger.books(clientId);
  const listing = simulator.exchange.listings.find(exchangeSegment, securityId);
  if (books === undefined || listing === undefined || !isProduct(from) || !isProduct(to))
    return { ok: false, why: "the account, the instrument or a product is not known" };
  const held = books.position(listing, from);
  const units = wanted.quantity ?? (held === undefined ? 0 : Math.abs(net(held)));
  if (from === to || !books.convert(listing, from, to, units, simulator.exchange.clock.elapsed()))
    return { ok: false, why: `${clientId} does not hold so much of it in ${from}` };
  return DONE;
}

/** A new token kills the old one; without one, the token just dies. Open streams of a dead token are cut. */
export const tokenChange = z.strictObject({ clientId: z.string(), token: z.string().optional(), streams: z.enum(["cut", "keep"]).default("cut") });

export function changeToken(simulator: Simulator, { clientId, token, streams }: z.infer<typeof tokenChange>): Done {
  const account = simulator.accounts.find(clientId);
  if (account === undefined) return { ok: false, why: `there is no account ${clientId}` };
  if (token === undefined) simulator.accounts.killToken(account);
  else simulator.accounts.setToken(account, token);
  if (streams === "cut") simulator.streams.cut(clientId);
  return DONE;
}

/** The only address that orders may come from; any when left out. */
export const addressChange = z.strictObject({ clientId: z.string(), address: z.string().optional() });

export function setAddress(simulator: Simulator, { clientId, address }: z.infer<typeof addressChange>): Done {
  const account = simulator.accounts.find(clientId);
  if (account === undefined) return { ok: false, why: `there is no account ${clientId}` };
  simulator.accounts.setAddress(account, address);
  return DONE;
}

/** How far books, and look-ups by correlation id, are behind for their readers. Without an account: everybody's. */
export const lagging = z.strictObject({ clientId: z.string().optional(), booksMs: z.number().min(0).default(0), correlationMs: z.number().min(0).default(0) });

export function setLag(simulator: Simulator, { clientId, booksMs, correlationMs }: z.infer<typeof lagging>): Done {
  simulator.setLag(clientId, { booksMs, correlationMs });
  return DONE;
}
