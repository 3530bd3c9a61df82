/** The line of a journal record, for those that are worth one. What is not here can be read with `explain` and `journal export`. */

import { unreachable } from "../../domain/assert.ts";
import type { Book } from "../../domain/book/book.ts";
import { isOurOrder } from "../../domain/book/ways.ts";
import { isOurs } from "../../domain/correlation.ts";
import type { ClientId } from "../../domain/identity.ts";
import type { Contract } from "../../domain/instrument.ts";
import type { MirrorKey } from "../../domain/mirror/mirror.ts";
import { waits } from "../../domain/order/standing.ts";
import type { BookRecord, RequestAnswered } from "../../domain/records.ts";
import { severityOf } from "../../domain/verdict.ts";
import { scopeWords } from "../halt-words.ts";
import { cancelWords, changeWords, legWords, orderWords, reportWords, termsWords } from "../order-words.ts";
import { STANDING_CODES, standingWords, waitingWords } from "../standing-words.ts";
import type { LogLine } from "./line.ts";

export interface Names {
  readonly accounts: ReadonlyMap<ClientId, string>;
  /** To find the copy and the leader's order of a mirror. */
  readonly book: Book;
}

/** Undefined for what is said by another line already, and for what nobody reads while it happens. */
export function recordLine(record: BookRecord, names: Names): LogLine | undefined {
  const { at } = record;
  switch (record.type) {
    case "engine-started":
      return { at, level: "info", code: "ENGINE_STARTED", message: `version ${record.version}` };
    case "day-turned":
      return { at, level: "info", code: "DAY_TURNED", message: `${record.day}: orders of the days before are over` };
    case "operator-halted":
    case "operator-resumed": {
      const over = scopeWords(record.over, (client) => accountName(client, names));
      if (record.type === "operator-halted") return { at, level: "warning", code: "HALTED", message: `the operator halted the entries of ${over}` };
      return { at, level: "info", code: "RESUMED", message: `the operator resumed the entries of ${over}` };
    }
    case "leader-order-reported": {
      const { orderId } = record.report;
      const message = reportWords(record.report, leadersContract(record, names));
      return { at, level: "info", code: "LEADER_ORDER", account: accountName(record.leader, names), order: orderId, message };
    }
    case "leader-frame-refused": {
      const order = record.order === undefined ? {} : { order: record.order };
      return { at, level: "warning", code: record.code, account: accountName(record.leader, names), ...order, message: record.sentence };
    }
    case "follower-order-reported": {
      const { orderId, correlationId, leg } = record.report;
      const follower = names.book.followers.get(record.follower);
      const isOurLeg = leg !== undefined && follower !== undefined && isOurOrder(follower, leg.of);
      const key = follower?.byOrder.get(leg?.of ?? orderId);
      const code = isOurs(correlationId) || isOurLeg ? "FOLLOWER_ORDER" : "OWNERS_ORDER";
      return {
        at,
        level: "info",
        code,
        account: accountName(record.follower, names),
        message: reportWords(record.report, key === undefined ? undefined : follower?.mirrors.get(key)?.contract),
        details: { followerOrder: orderId, correlationId },
      };
    }
    case "order-adopted": {
      const mirror = names.book.followers.get(record.follower)?.mirrors.get(record.mirror);
      return {
        ...mirrorLine(record, names),
        code: "ORDER_ADOPTED",
        message: `order ${record.report.orderId} bears our mark and is taken on: ${reportWords(record.report, mirror?.contract)}`,
      };
    }
    case "placement-intended": {
      const mirror = names.book.followers.get(record.follower)?.mirrors.get(record.mirror);
      const product = record.product ?? mirror?.contracted.product;
      const order =
        mirror === undefined || product === undefined
          ? termsWords(record.terms)
          : orderWords({ ...mirror, contracted: { ...mirror.contracted, product }, terms: record.terms });
      const message = [...(record.forever === true ? ["forever order"] : []), order, ...legWords(record.legs)].join(", ");
      return { ...mirrorLine(record, names), code: "PLACE", message, details: { correlationId: record.correlationId, attempt: record.attempt } };
    }
    case "modification-intended":
      return { ...mirrorLine(record, names), code: "MODIFY", message: changeWords(record), details: { followerOrder: record.orderId } };
    case "cancel-intended":
      return {
        ...mirrorLine(record, names),
        code: "CANCEL",
        message: cancelWords(record),
        details: { followerOrder: record.orderId },
      };
    case "request-answered":
      return answeredLine(record, names);
    case "look-answered":
      return { ...mirrorLine(record, names), code: "LOOKED", message: `looked for an order in doubt: ${record.answer}`, details: { attempt: record.attempt } };
    case "verdict-given": {
      const { code, sentence, numbers } = record.verdict;
      return { ...mirrorLine(record, names), level: severityOf(code), code, message: sentence, details: { numbers } };
    }
    case "leader-trades-read":
    case "follower-trades-read": {
      const client = record.type === "leader-trades-read" ? record.leader : record.follower;
      const units = record.trades.reduce((sum, trade) => sum + trade.quantity, 0);
      const message = `the trade book tells ${units} units of order ${record.order} in ${record.trades.length} trades`;
      const about = record.type === "leader-trades-read" ? { order: record.order } : { details: { followerOrder: record.order } };
      return { at, level: "info", code: "TRADES_READ", account: accountName(client, names), ...about, message };
    }
    case "leader-order-lacked":
    case "follower-order-lacked": {
      const client = record.type === "leader-order-lacked" ? record.leader : record.follower;
      const message = `order ${record.order}, made after market on an earlier day, is in no book of today: it is over`;
      const about = record.type === "leader-order-lacked" ? { order: record.order } : { details: { followerOrder: record.order } };
      return { at, level: "warning", code: "ORDER_LACKED", account: accountName(client, names), ...about, message };
    }
    case "leader-forever-fired": {
      const about = { account: accountName(record.leader, names), order: record.order };
      return { at, level: "info", code: "FOREVER_FIRED", ...about, message: `it has fired: order ${record.by} was sent for it` };
    }
    case "follower-forever-fired": {
      const message = `forever order ${record.order} has fired: order ${record.by} was sent for it`;
      return { ...mirrorLine(record, names), code: "FOREVER_FIRED", message, details: { followerOrder: record.order } };
    }
    case "leader-standing-reported": {
      const { kind, orderId } = record.order;
      const [level, message] = waits(record.order) ? (["warning", waitingWords(record)] as const) : (["info", standingWords(record.order)] as const);
      return { at, level, code: STANDING_CODES[kind], account: accountName(record.leader, names), order: orderId, message };
    }
    case "leader-standing-gone": {
      const about = { account: accountName(record.leader, names), order: record.order };
      return { at, level: "info", code: STANDING_CODES[record.kind], ...about, message: "it is listed no more: it has fired, was deleted, or has expired" };
    }
    case "entries-halted": // noted as it happens
    case "journal-cut": // said at the start
    case "leader-positions-read":
    case "follower-standing-read":
    case "follower-positions-read":
    case "follower-funds-read":
    case "margin-quoted":
    case "mirror-opened":
    case "mirrors-put-away":
      return undefined;
    default:
      return unreachable(record);
  }
}

function answeredLine(record: RequestAnswered, names: Names): LogLine {
  const { request, result, stages } = record;
  const orderId = result.outcome === "accepted" ? { followerOrder: result.orderId } : {};
  return {
    ...mirrorLine(record, names),
    code: "ANSWERED",
    message: answerWords(record),
    details: { request, outcome: result.outcome, ...orderId, attempt: record.attempt, ...(stages === undefined ? {} : { stages: rounded(stages) }) },
  };
}

/** `placement accepted as order 75001`, `cancel refused, NOT_OPEN: …`. */
export function answerWords({ request, result }: Pick<RequestAnswered, "request" | "result">): string {
  switch (result.outcome) {
    case "accepted":
      return request === "placement" ? `placement accepted as order ${result.orderId}` : `${request} accepted`;
    case "refused":
      return `${request} refused, ${result.refusal.code}: ${result.refusal.brokerSaid}`;
    case "not-sent":
      return `${request} not sent: ${result.cause}`;
    case "unknown":
      return `${request} sent, and its outcome is unknown: ${result.because}`;
    default:
      return unreachable(result);
  }
}

function mirrorLine(record: { readonly at: LogLine["at"]; readonly follower: ClientId; readonly mirror: MirrorKey }, names: Names) {
  const mirror = names.book.followers.get(record.follower)?.mirrors.get(record.mirror);
  const address = mirror === undefined ? {} : { copy: mirror.copy, order: mirror.cause };
  return { at: record.at, level: "info" as const, account: accountName(record.follower, names), ...address };
}

/** A frame has named it, or the instrument file to a mirror. */
function leadersContract({ leader, report: { orderId } }: Extract<BookRecord, { type: "leader-order-reported" }>, { book }: Names): Contract | undefined {
  const { orders, mirrors } = book.leaders.get(leader) ?? {};
  const [copied] = mirrors?.get(orderId) ?? [];
  return orders?.get(orderId)?.known.contract ?? (copied === undefined ? undefined : book.followers.get(copied.follower)?.mirrors.get(copied.key)?.contract);
}

export function accountName(client: ClientId, names: Pick<Names, "accounts">): string {
  return names.accounts.get(client) ?? client;
}

/** To the microsecond: further digits are noise of the clock. */
function rounded(stages: NonNullable<RequestAnswered["stages"]>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(stages).flatMap(([stage, ms]) => (typeof ms === "number" ? [[stage, Math.round(ms * 1_000) / 1_000]] : [])));
}
