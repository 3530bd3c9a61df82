/**
 * A story for programs (docs/explain.md; a contract). Prices are rupees, times are ISO 8601 with India's offset, accounts have
 * the names that the configuration gives them.
 */

import { filledOf } from "../../domain/mirror/attempt.ts";
import { NO_PRICE, priceToRupees } from "../../domain/money.ts";
import { type Waiting, waitingIn } from "../../domain/order/oco.ts";
import type { LegPrices } from "../../domain/order/plan.ts";
import type { OrderReport } from "../../domain/order/report.ts";
import { stateOf } from "../../domain/order/status.ts";
import type { Terms } from "../../domain/order/terms.ts";
import type { FollowerRecord, LeaderRecord, RequestOutcome, Stages } from "../../domain/records.ts";
import type { UnixMs } from "../../domain/time.ts";
import { severityOf } from "../../domain/verdict.ts";
import type { CopyStory, Story, StoryOrder, StoryRequest } from "../../engine/views/story.ts";
import { kolkataIso } from "../kolkata-time.ts";
import { comparisonJson, fillsJson } from "./fills-json.ts";
import type { AccountNames } from "./story-text.ts";

export function storyJson(story: Story, names: AccountNames): object {
  return {
    order: story.order,
    leader: names(story.leader),
    seen: story.seen.flatMap(seenJson),
    fills: fillsJson(story.fills),
    copies: story.copies.map((copy) => copyJson(copy, names)),
  };
}

function seenJson(record: LeaderRecord): readonly object[] {
  switch (record.type) {
    case "leader-order-reported":
      return [{ what: "report", ...reportJson(record.report, record.at) }];
    case "leader-frame-refused":
      return [{ what: "refused", at: kolkataIso(record.at), code: record.code, sentence: record.sentence, raw: record.raw }];
    case "leader-order-lacked":
      return [{ what: "lacked", at: kolkataIso(record.at) }];
    case "leader-forever-fired":
      return [{ what: "fired", at: kolkataIso(record.at), by: record.by }];
    case "leader-positions-read":
    case "leader-trades-read":
    case "leader-standing-reported":
    case "leader-standing-gone":
      return [];
  }
}

function copyJson({ copy, follower, records, requests, orders, comparison }: CopyStory, names: AccountNames): object {
  return {
    copy,
    follower: names(follower),
    verdicts: records.flatMap(verdictJson),
    requests: requests.map(requestJson),
    looks: records.flatMap((record) =>
      record.type === "look-answered" ? [{ at: kolkataIso(record.at), attempt: record.attempt, answer: record.answer }] : [],
    ),
    followerOrders: orders.map((order) => orderJson(order, records)),
    ...(comparison === undefined ? {} : { comparison: comparisonJson(comparison) }),
  };
}

function verdictJson(record: FollowerRecord): readonly object[] {
  if (record.type !== "verdict-given") return [];
  const { code, sentence, numbers } = record.verdict;
  return [{ at: kolkataIso(record.at), code, severity: severityOf(code), sentence, numbers }];
}

function requestJson({ intent, answer }: StoryRequest): object {
  const sent = {
    "placement-intended": "placement",
    "modification-intended": "modification",
    "cancel-intended": "cancel",
  } as const;
  return {
    at: kolkataIso(intent.at),
    request: sent[intent.type],
    attempt: intent.attempt,
    ...(intent.type === "placement-intended" ? { correlationId: intent.correlationId, product: intent.product } : { orderId: intent.orderId }),
    ...(intent.type === "cancel-intended" ? { leg: intent.leg } : { terms: termsJson(intent.terms), ...legsJson(intent) }),
    ...(answer === undefined ? {} : { result: resultJson(answer.result), answeredAt: kolkataIso(answer.at) }),
    ...(answer?.result.outcome === "accepted" ? { orderId: answer.result.orderId } : {}),
    ...(answer?.stages === undefined ? {} : { stages: stagesJson(answer.stages) }),
  };
}

function resultJson(result: RequestOutcome): object {
  switch (result.outcome) {
    case "accepted":
      return result;
    case "refused":
      return { outcome: result.outcome, code: result.refusal.code, said: result.refusal.brokerSaid };
    case "not-sent":
      return { outcome: result.outcome, said: result.cause };
    case "unknown":
      return { outcome: result.outcome, said: result.because };
  }
}

function orderJson({ attempt, adopted, fills }: StoryOrder, records: readonly FollowerRecord[]): object {
  const { orderId, correlationId, order, placing, terms } = attempt;
  return {
    ...(orderId === undefined ? {} : { orderId }),
    correlationId,
    adopted,
    // What the broker has shown of it; before that, what became of the request to place it.
    state: order === undefined ? placing.state : stateOf(order),
    filled: filledOf(attempt),
    averagePrice: priceToRupees(order?.averagePrice ?? NO_PRICE),
    terms: termsJson(terms),
    fills: fillsJson(fills),
    reports: records.flatMap((record) => {
      if (record.type !== "follower-order-reported" && record.type !== "order-adopted") return [];
      const isIts = (record.report.leg?.of ?? record.report.orderId) === orderId || record.report.correlationId === correlationId;
      return isIts ? [reportJson(record.report, record.at)] : [];
    }),
  };
}

function reportJson({ source, status, filled, averagePrice, terms, reason, leg, plan }: OrderReport, at: UnixMs): object {
  const told = { at: kolkataIso(at), source: source.kind, status, filled, averagePrice: priceToRupees(averagePrice), terms: termsJson(terms), reason };
  return { ...told, ...(leg === undefined ? {} : { leg: leg.leg }), ...(plan === undefined ? {} : { legs: legPricesJson(plan.prices) }) };
}

/** Of a super order: the part that is changed, and all prices of its legs as they are to be. */
function legsJson(intent: Exclude<StoryRequest["intent"], { type: "cancel-intended" }>): object {
  if (intent.legs === undefined) return {};
  if (intent.type === "placement-intended") return { legs: legPricesJson(intent.legs) };
  return { leg: intent.legs.leg, legs: legPricesJson(intent.legs.prices) };
}

function legPricesJson({ target, stop, trail }: LegPrices): object {
  return { target: priceToRupees(target), stop: priceToRupees(stop), trail: priceToRupees(trail) };
}

/** Of an OCO order with the other of the two. */
function termsJson(terms: Terms): object {
  const [one, other] = waitingIn(terms);
  const { type, validity, disclosed } = terms;
  return { type, validity, ...waitingJson(one), disclosed, ...(other === undefined ? {} : { or: waitingJson(other) }) };
}

function waitingJson({ quantity, price, triggerPrice }: Waiting): object {
  return { quantity, price: priceToRupees(price), triggerPrice: priceToRupees(triggerPrice) };
}

function stagesJson(stages: Stages): object {
  return Object.fromEntries(Object.entries(stages).filter(([, ms]) => ms !== undefined));
}
