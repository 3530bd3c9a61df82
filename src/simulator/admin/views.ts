/** What tests and people read: the broker's own truth, past all faults and lags. */
import type { Simulator } from "../simulator.ts";
import { fundsRow } from "../wire/account-rows.ts";
import { conditionalRowText } from "../wire/conditional-row.ts";
import { foreverRows } from "../wire/forever-row.ts";
import { arrayText, listText, objectText } from "../wire/json-text.ts";
import { orderText } from "../wire/order-row.ts";
import { positionRow } from "../wire/position-row.ts";
import { tradeRow } from "../wire/trade-row.ts";

/** Accounts without their tokens, with how many requests were refused for the rate, and how many streams are open. */
export function accountsView(simulator: Simulator): string {
  const accounts = [...simulator.accounts.all].map(({ clientId, name, tokenState, address }) => ({
    clientId,
    name,
    tokenState,
    address: address ?? null,
    openStreams: simulator.streams.open(clientId),
    requests: simulator.log.entries({ clientId }).length,
    refusedForRate: simulator.gate.refused(clientId),
    ordersRefusedForRate: simulator.gate.refused(clientId, ["order"]),
  }));
  return JSON.stringify(accounts);
}

/** Orders, trades, positions and funds as REST shows them, now. Undefined: no such account. */
export function booksView(simulator: Simulator, clientId: string): string | undefined {
  const books = simulator.exchange.ledger.books(clientId);
  if (books === undefined) return undefined;
  const positions = books.positions().map((position) => positionRow(clientId, position, simulator.exchange.market.last(position.listing)));
  const orders = listText(books.orders().map((order) => orderText(order, "own")));
  const trades = arrayText(books.trades().map(tradeRow));
  return `{"orders":${orders},"trades":${trades},"positions":${arrayText(positions)},"funds":${objectText(fundsRow(clientId, books.funds))}}`;
}

/** Forever orders as REST lists them, now. */
export function foreverView(simulator: Simulator, clientId: string): string {
  return arrayText(simulator.foreverOrders.of(clientId).flatMap(foreverRows));
}

/** Conditional orders as REST lists them, now. */
export function alertsView(simulator: Simulator, clientId: string): string {
  return listText(simulator.conditionalOrders.of(clientId).map(conditionalRowText));
}

/** In order of arrival; `after` is the sequence of the last request that the reader has. */
export function requestsView(simulator: Simulator, of: { readonly clientId: string | undefined; readonly after: number }): string {
  return JSON.stringify(simulator.log.entries({ ...(of.clientId === undefined ? {} : { clientId: of.clientId }), after: of.after }));
}

export function framesView(simulator: Simulator, clientId: string | undefined): string {
  return JSON.stringify(simulator.streams.sent(clientId));
}

export function faultsView(simulator: Simulator): string {
  return JSON.stringify({ requests: simulator.requestFaults.list(), streams: simulator.streamFaults.list() });
}

/** Every switch as it stands. */
export function settingsView(simulator: Simulator): string {
  const { conduct, session } = simulator.exchange;
  return JSON.stringify({ conduct, session, dialect: simulator.dialect, limits: simulator.gate.limits, refusedUpgrade: simulator.refusedUpgrade ?? null });
}

/** In rupees. Undefined: no such instrument. */
export function priceView(simulator: Simulator, exchangeSegment: string, securityId: string): string | undefined {
  const listing = simulator.exchange.listings.find(exchangeSegment, securityId);
  return listing === undefined ? undefined : JSON.stringify({ exchangeSegment, securityId, price: simulator.exchange.market.last(listing) / 10_000 });
}

/** What can be traded here. */
export function instrumentsView(simulator: Simulator): string {
  const rows = [...simulator.exchange.listings.all].map((listing) => ({
    exchangeSegment: listing.segment,
    securityId: listing.securityId,
    displayName: listing.displayName,
    instrument: listing.instrumentName,
    lot: listing.lot,
    tick: listing.tick / 10_000,
    expiry: listing.expiry?.slice(0, 10) ?? null,
  }));
  return JSON.stringify(rows);
}
