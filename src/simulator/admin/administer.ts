/** The admin calls by method and path. A body that is not understood is refused with the key that is wrong. */
import { z } from "zod";
import type { Answer } from "../exchange/exchange.ts";
import type { Order } from "../exchange/order.ts";
import type { Simulator } from "../simulator.ts";
import { orderText } from "../wire/order-row.ts";
import * as accounts from "./accounts.ts";
import * as foreverOrders from "./forever-orders.ts";
import * as market from "./market.ts";
import * as orders from "./orders.ts";
import * as superOrders from "./super-orders.ts";
import * as trouble from "./trouble.ts";
import * as views from "./views.ts";

export interface AdminRequest {
  readonly method: string;
  /** From `/admin` on, with the query. */
  readonly path: string;
  readonly body: string;
}

export interface AdminReply {
  readonly status: number;
  readonly body: string;
}

export function administer(simulator: Simulator, request: AdminRequest): AdminReply {
  const { pathname, searchParams } = new URL(request.path, "http://simulator");
  if (request.method === "GET") return view(simulator, pathname, searchParams);
  const command = request.method === "POST" ? COMMANDS[pathname] : undefined;
  if (command === undefined) return refused(404, `there is no ${request.method} ${pathname}`);
  return command(simulator, request.body);
}

type Command = (simulator: Simulator, body: string) => AdminReply;

/** A command from the shape of its body and what it does. */
function command<T>(
  shape: z.ZodType<T>,
  run: (simulator: Simulator, input: T) => Answer<Order> | accounts.Done | trouble.Added | foreverOrders.Numbered,
): Command {
  return (simulator, body) => {
    const input = shape.safeParse(json(body));
    if (!input.success) return refused(400, z.prettifyError(input.error));
    const outcome = run(simulator, input.data);
    if (!outcome.ok) return refused(409, outcome.why);
    if ("value" in outcome) return { status: 200, body: orderText(outcome.value, "own") };
    return { status: 200, body: JSON.stringify(outcome) };
  };
}

const COMMANDS: Readonly<Record<string, Command | undefined>> = {
  "/admin/place": command(orders.ownersOrder, orders.placeAsOwner),
  "/admin/modify": command(orders.ownersChange, orders.modifyAsOwner),
  "/admin/cancel": command(orders.namedOrder, orders.cancelAsOwner),
  "/admin/fill": command(orders.orderFill, orders.fillOrder),
  "/admin/reject": command(orders.orderRejection, orders.rejectOrder),
  "/admin/end": command(orders.orderEnd, orders.endOrder),
  "/admin/trigger": command(orders.namedOrder, orders.triggerOrder),
  "/admin/super": command(superOrders.ownersSuper, superOrders.placeSuperAsOwner),
  "/admin/super-modify": command(superOrders.ownersSuperChange, superOrders.modifySuperAsOwner),
  "/admin/super-cancel": command(superOrders.namedLeg, superOrders.cancelSuperAsOwner),
  "/admin/super-send": command(superOrders.namedLeg, superOrders.sendLeg),
  "/admin/forever": command(foreverOrders.ownersForever, foreverOrders.placeForeverAsOwner),
  "/admin/forever-modify": command(foreverOrders.ownersForeverChange, foreverOrders.modifyForeverAsOwner),
  "/admin/forever-cancel": command(foreverOrders.namedForever, foreverOrders.cancelForeverAsOwner),
  "/admin/forever-fire": command(foreverOrders.namedForever, foreverOrders.fireForever),
  "/admin/alert": command(foreverOrders.ownersAlert, foreverOrders.placeAlertAsOwner),
  "/admin/alert-cancel": command(foreverOrders.namedAlert, foreverOrders.cancelAlertAsOwner),
  "/admin/alert-fire": command(foreverOrders.namedAlert, foreverOrders.fireAlert),
  "/admin/account": command(accounts.newAccount, accounts.openAccount),
  "/admin/transit": command(accounts.transit, accounts.holdInTransit),
  "/admin/funds": command(accounts.cash, accounts.setFunds),
  "/admin/position": command(accounts.heldPosition, accounts.setPosition),
  "/admin/convert": command(accounts.ownersConversion, accounts.convertAsOwner),
  "/admin/token": command(accounts.tokenChange, accounts.changeToken),
  "/admin/address": command(accounts.addressChange, accounts.setAddress),
  "/admin/lag": command(accounts.lagging, accounts.setLag),
  "/admin/price": command(market.lastPrice, market.setPrice),
  "/admin/matching": command(market.matchingMode, market.setMatching),
  "/admin/session": command(market.session, market.setSession),
  "/admin/conduct": command(market.conductChange, market.setConduct),
  "/admin/dialect": command(market.dialectChange, market.setDialect),
  "/admin/limits": command(market.limitsChange, market.setLimits),
  "/admin/fault": command(trouble.anyFault, trouble.addFault),
  "/admin/repair": command(trouble.faultRemoval, trouble.removeFaults),
  "/admin/frame": command(trouble.alteredFrame, trouble.sendAlteredFrame),
  "/admin/raw-frame": command(trouble.rawFrame, trouble.sendRawFrame),
  "/admin/cut": command(trouble.streamCut, trouble.cutStreams),
  "/admin/upgrades": command(trouble.upgradeRefusal, trouble.refuseUpgrades),
};

/** The paths of all commands, for the documentation's test. */
export const COMMAND_PATHS: readonly string[] = Object.keys(COMMANDS);

function view(simulator: Simulator, pathname: string, query: URLSearchParams): AdminReply {
  const clientId = query.get("clientId") ?? undefined;
  const text = viewText(simulator, pathname, query, clientId);
  return text === undefined ? refused(404, `there is nothing at ${pathname}`) : { status: 200, body: text };
}

function viewText(simulator: Simulator, pathname: string, query: URLSearchParams, clientId: string | undefined): string | undefined {
  switch (pathname) {
    case "/admin/accounts":
      return views.accountsView(simulator);
    case "/admin/books":
      return views.booksView(simulator, clientId ?? "");
    case "/admin/forever":
      return views.foreverView(simulator, clientId ?? "");
    case "/admin/alerts":
      return views.alertsView(simulator, clientId ?? "");
    case "/admin/requests":
      return views.requestsView(simulator, { clientId, after: Number(query.get("after") ?? 0) });
    case "/admin/frames":
      return views.framesView(simulator, clientId);
    case "/admin/faults":
      return views.faultsView(simulator);
    case "/admin/settings":
      return views.settingsView(simulator);
    case "/admin/price":
      return views.priceView(simulator, query.get("exchangeSegment") ?? "", query.get("securityId") ?? "");
    case "/admin/instruments":
      return views.instrumentsView(simulator);
    default:
      return undefined;
  }
}

function json(body: string): unknown {
  if (body.trim() === "") return {};
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function refused(status: number, why: string): AdminReply {
  return { status, body: JSON.stringify({ ok: false, why }) };
}
