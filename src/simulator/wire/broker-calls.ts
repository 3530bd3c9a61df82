/** What the broker answers to each call of a known account: the REST surface without limits, faults and log. */
import { unreachable } from "../../domain/assert.ts";
import { type Clock, type TradingDay, tradingDay, type UnixMs } from "../../domain/time.ts";
import type { Books } from "../exchange/books.ts";
import type { ConditionalOrders } from "../exchange/conditional-orders.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ForeverOrders } from "../exchange/forever-orders.ts";
import { basketMargin, type MarginLeg, orderMargin } from "../exchange/margin.ts";
import type { Order } from "../exchange/order.ts";
import type { SuperOrders } from "../exchange/super-orders.ts";
import { addressRow, basketMarginRow, fundsRow, marginRow, profileRow } from "./account-rows.ts";
import type { Account, Accounts } from "./accounts.ts";
import type { Call } from "./call.ts";
import { parseConditional } from "./conditional-input.ts";
import { conditionalRowText } from "./conditional-row.ts";
import type { Dialect } from "./dialect.ts";
import { parseForeverChange, parseForeverPlacement } from "./forever-input.ts";
import { foreverRows } from "./forever-row.ts";
import { arrayText, listText, objectText } from "./json-text.ts";
import { parseModification, parsePlacement } from "./order-input.ts";
import { orderText } from "./order-row.ts";
import { parseBasketQuestion, parseConversion, parseMarginQuestion, parseQuoteQuestion } from "./other-input.ts";
import { positionRow } from "./position-row.ts";
import { badInput, correlationMiss, noData, ok, orderRefused, type Reply, unknownPath } from "./reply.ts";
import { legNamed, parseSuperChange, parseSuperPlacement } from "./super-input.ts";
import { superRowText } from "./super-row.ts";
import { pastTradeRow, tradeRow } from "./trade-row.ts";

/** How far behind an account's books are for readers (reference 12, 14). */
export interface Lag {
  readonly booksMs: number;
  readonly correlationMs: number;
}

export interface CallContext {
  readonly account: Account;
  readonly books: Books;
  readonly body: string;
  readonly path: string;
  readonly from: string;
  readonly lag: Lag;
  readonly dialect: Dialect;
}

export interface BrokerWorld {
  readonly clock: Clock;
  readonly exchange: Exchange;
  readonly superOrders: SuperOrders;
  readonly foreverOrders: ForeverOrders;
  readonly conditionalOrders: ConditionalOrders;
  readonly accounts: Accounts;
}

/** How many rows a page of Dhan's has is not written anywhere. */
const HISTORY_PAGE_ROWS = 20;

export function perform(world: BrokerWorld, call: Call, context: CallContext): Reply {
  const { exchange, clock } = world;
  const { account, books, lag, dialect } = context;
  const seenAt = clock.elapsed() - lag.booksMs;
  switch (call.kind) {
    case "place":
      return place(exchange, context);
    case "modify":
      return modify(exchange, call.id, context);
    case "cancel":
      return cancel(exchange, call.id, context);
    case "orders":
      return ok(listText((lag.booksMs === 0 ? books.orders() : books.ordersAsOf(seenAt)).map((order) => orderText(order, dialect.superLegIds))));
    case "order":
      return oneOrder(books.orderAsOf(call.id, seenAt), dialect.orderById, dialect) ?? badInput();
    case "correlation": {
      const orderId = books.orderIdByCorrelation(call.id);
      const order = orderId === undefined ? undefined : books.orderAsOf(orderId, clock.elapsed() - lag.correlationMs);
      return oneOrder(order, dialect.orderByCorrelation, dialect) ?? correlationMiss(dialect, context.path, clock.now());
    }
    case "super-place":
      return placeSuper(world, context);
    case "super-modify":
      return modifySuper(world, call.id, context);
    case "super-cancel":
      return cancelSuper(world, call, context);
    case "super-orders": {
      const seen = (orderId: string): Order | undefined => (lag.booksMs === 0 ? books.order(orderId) : books.orderAsOf(orderId, seenAt));
      const rows = world.superOrders.of(account.clientId, seen).map((order) => superRowText(order, exchange.market.last(order.entry.listing), dialect));
      return ok(`[${rows.join(",")}]`);
    }
    case "forever-place":
      return placeForever(world, context);
    case "forever-modify":
      return modifyForever(world, call.id, context);
    case "forever-cancel":
      return cancelForever(world, call.id, context);
    case "forever-orders":
    case "forever-all": {
      if (call.kind !== `forever-${dialect.foreverList}`) return unknownPath(context.path, clock.now());
      return ok(arrayText(world.foreverOrders.of(account.clientId, lag.booksMs === 0 ? undefined : seenAt).flatMap(foreverRows)));
    }
    case "alert-place":
      return placeConditional(world, context);
    case "alert-modify":
      return modifyConditional(world, call.id, context);
    case "alert-cancel": {
      const answer = world.conditionalOrders.cancel(account.clientId, call.id);
      return answer.ok ? alerted(call.id, "CANCELLED") : orderRefused(answer.why);
    }
    case "alert-orders": {
      if (dialect.foreverList === "none") return unknownPath(context.path, clock.now());
      return ok(listText(world.conditionalOrders.of(account.clientId, lag.booksMs === 0 ? undefined : seenAt).map(conditionalRowText)));
    }
    case "alert": {
      const order = world.conditionalOrders.order(account.clientId, call.id);
      return order === undefined ? noData() : ok(conditionalRowText(order));
    }
    case "trades":
      return ok(arrayText(books.tradesAsOf(seenAt).map(tradeRow)));
    case "order-trades":
      return ok(
        arrayText(
          books
            .tradesAsOf(seenAt)
            .filter((trade) => trade.order.orderId === call.id)
            .map(tradeRow),
        ),
      );
    case "trade-history":
      return tradeHistory(books, call.history, clock.now());
    case "positions":
      return ok(arrayText(books.positionsAsOf(seenAt).map((position) => positionRow(account.clientId, position, exchange.market.last(position.listing)))));
    case "convert":
      return convert(world, context);
    case "holdings":
      return ok("[]");
    case "funds":
      return ok(objectText(fundsRow(account.clientId, books.funds)));
    case "margin":
      return margin(exchange, context);
    case "margin-multi":
      return basketMarginOf(exchange, context);
    case "profile":
      return ok(objectText(profileRow(account.clientId, world.accounts.validUntil(account))));
    case "address":
      return ok(objectText(addressRow(account.address, context.from)));
    case "ltp":
    case "ohlc":
      return quotes(exchange, call.kind, context.body);
    default:
      return unreachable(call.kind);
  }
}

/** The day that lasts is not in it; an empty page says that there are no more (reference 2.7). */
function tradeHistory(books: Books, asked: Call["history"], now: UnixMs): Reply {
  const [from, to] = [asked?.from, asked?.to].map((day) => (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day) ? undefined : (day as TradingDay)));
  if (from === undefined || to === undefined || !/^\d+$/.test(asked?.page ?? "")) return badInput();
  const past = books.tradesBetween(from, to).filter(({ at }) => tradingDay(at) < tradingDay(now));
  const first = Number(asked?.page) * HISTORY_PAGE_ROWS;
  return ok(arrayText(past.slice(first, first + HISTORY_PAGE_ROWS).map(pastTradeRow)));
}

function place(exchange: Exchange, { account, body }: CallContext): Reply {
  const parsed = parsePlacement(body, { clientId: account.clientId, source: "P" }, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = exchange.place(account.clientId, parsed.value);
  return answer.ok ? taken(answer.value.orderId, "TRANSIT") : orderRefused(answer.why);
}

function modify(exchange: Exchange, orderId: string, { account, books, body }: CallContext): Reply {
  const order = books.order(orderId);
  if (order === undefined) return badInput("orderId is not known");
  const parsed = parseModification(body, account.clientId, order);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = exchange.modify(account.clientId, orderId, parsed.value);
  return answer.ok ? taken(orderId, "TRANSIT") : orderRefused(answer.why);
}

function cancel(exchange: Exchange, orderId: string, { account, books }: CallContext): Reply {
  if (books.order(orderId) === undefined) return badInput("orderId is not known");
  const answer = exchange.cancel(account.clientId, orderId);
  return answer.ok ? taken(orderId, "CANCELLED") : orderRefused(answer.why);
}

function placeSuper({ exchange, superOrders }: BrokerWorld, { account, body }: CallContext): Reply {
  const parsed = parseSuperPlacement(body, { clientId: account.clientId, source: "P" }, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = superOrders.place(account.clientId, parsed.value.placement, parsed.value.prices);
  return answer.ok ? taken(answer.value.orderId, "TRANSIT") : orderRefused(answer.why);
}

function modifySuper({ superOrders }: BrokerWorld, orderId: string, { account, books, body }: CallContext): Reply {
  const order = superOrders.of(account.clientId, (id) => books.order(id)).find(({ entry }) => entry.orderId === orderId);
  if (order === undefined) return badInput("orderId is not known");
  const parsed = parseSuperChange(body, account.clientId, order.entry, order.prices);
  if (!parsed.ok) return badInput(parsed.wrong);
  const { leg, terms, prices } = parsed.value;
  const answer = superOrders.modify(account.clientId, orderId, leg, { prices, ...(terms === undefined ? {} : { terms }) });
  return answer.ok ? taken(orderId, "TRANSIT") : orderRefused(answer.why);
}

function cancelSuper({ superOrders }: BrokerWorld, { id, leg = "" }: Call, { account, books }: CallContext): Reply {
  const named = legNamed(leg);
  if (named === undefined || books.order(id) === undefined) return badInput("orderId or leg is not known");
  const answer = superOrders.cancel(account.clientId, id, named);
  return answer.ok ? taken(id, "CANCELLED") : orderRefused(answer.why);
}

function placeForever({ exchange, foreverOrders }: BrokerWorld, { account, body }: CallContext): Reply {
  const parsed = parseForeverPlacement(body, { clientId: account.clientId, source: "P" }, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = foreverOrders.place(account.clientId, parsed.value);
  return answer.ok ? taken(answer.value.orderId, "PENDING") : orderRefused(answer.why);
}

function modifyForever({ foreverOrders }: BrokerWorld, orderId: string, { account, body }: CallContext): Reply {
  const order = foreverOrders.order(account.clientId, orderId);
  if (order === undefined) return badInput("orderId is not known");
  const parsed = parseForeverChange(body, account.clientId, order);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = foreverOrders.modify(account.clientId, orderId, parsed.value.leg, parsed.value.change);
  return answer.ok ? taken(orderId, "PENDING") : orderRefused(answer.why);
}

function cancelForever({ foreverOrders }: BrokerWorld, orderId: string, { account }: CallContext): Reply {
  if (foreverOrders.order(account.clientId, orderId) === undefined) return badInput("orderId is not known");
  const answer = foreverOrders.cancel(account.clientId, orderId);
  return answer.ok ? taken(orderId, "CANCELLED") : orderRefused(answer.why);
}

function placeConditional({ exchange, conditionalOrders }: BrokerWorld, { account, body }: CallContext): Reply {
  const parsed = parseConditional(body, { clientId: account.clientId, source: "P" }, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = conditionalOrders.place(account.clientId, parsed.value);
  return answer.ok ? alerted(answer.value.alertId, "ACTIVE") : orderRefused(answer.why);
}

function modifyConditional({ exchange, conditionalOrders }: BrokerWorld, alertId: string, { account, body }: CallContext): Reply {
  const parsed = parseConditional(body, { clientId: account.clientId, source: "P" }, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const answer = conditionalOrders.modify(account.clientId, alertId, parsed.value);
  return answer.ok ? alerted(alertId, "ACTIVE") : orderRefused(answer.why);
}

function alerted(alertId: string, alertStatus: string): Reply {
  return ok(objectText({ alertId, alertStatus }));
}

function taken(orderId: string, orderStatus: string): Reply {
  return ok(`{"orderId":"${orderId}","orderStatus":"${orderStatus}"}`);
}

function oneOrder(order: Order | undefined, shape: "array" | "object", dialect: Dialect): Reply | undefined {
  if (order === undefined) return undefined;
  const row = orderText(order, dialect.superLegIds);
  return ok(shape === "array" ? listText([row]) : row);
}

/** 202 with an empty body (reference 6.3). */
function convert({ exchange, clock }: BrokerWorld, { account, books, body }: CallContext): Reply {
  const parsed = parseConversion(body, account.clientId, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const { listing, from, to, units } = parsed.value;
  if (!books.convert(listing, from, to, units, clock.elapsed())) return orderRefused("No position of that quantity to convert");
  return { status: 202, body: "" };
}

function margin(exchange: Exchange, { account, books, body }: CallContext): Reply {
  const parsed = parseMarginQuestion(body, account.clientId, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  const leg = priced(exchange, parsed.value);
  const needed = orderMargin(leg, undefined);
  return ok(objectText(marginRow(needed, leg.units * leg.price, books.funds.available)));
}

function basketMarginOf(exchange: Exchange, { account, body }: CallContext): Reply {
  const parsed = parseBasketQuestion(body, account.clientId, exchange.listings);
  if (!parsed.ok) return badInput(parsed.wrong);
  return ok(objectText(basketMarginRow(account.clientId, basketMargin(parsed.value.map((leg) => priced(exchange, leg))))));
}

/** Without a price, at the last one. */
function priced(exchange: Exchange, leg: MarginLeg): MarginLeg {
  return leg.price > 0 ? leg : { ...leg, price: exchange.market.last(leg.listing) };
}

/** Snapshots of prices; unknown ids are left out (reference 8.1). */
function quotes(exchange: Exchange, kind: "ltp" | "ohlc", body: string): Reply {
  const parsed = parseQuoteQuestion(body);
  if (!parsed.ok) return { status: 400, body: JSON.stringify({ data: { "814": "Invalid Request" }, status: "failed" }) };
  const data = parsed.value.map(({ segment, securityIds }) => {
    const known = securityIds.flatMap((securityId) => {
      const listing = exchange.listings.find(segment, securityId);
      if (listing === undefined) return [];
      const last = exchange.market.last(listing) / 10_000;
      const ohlc = { open: last, close: last, high: last, low: last };
      return [[securityId, kind === "ltp" ? { last_price: last } : { last_price: last, ohlc }] as const];
    });
    return [segment, Object.fromEntries(known)] as const;
  });
  return ok(JSON.stringify({ data: Object.fromEntries(data), status: "success" }));
}
