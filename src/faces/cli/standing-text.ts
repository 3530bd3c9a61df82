/** The story of what waited at a leader's broker, for people and for programs (docs/explain.md). */
import { priceToRupees } from "../../domain/money.ts";
import type { StandingOrder } from "../../domain/order/standing.ts";
import { tradingDay } from "../../domain/time.ts";
import type { StandingRecord, StandingStory } from "../../engine/views/standing-story.ts";
import { kolkataClock, kolkataIso } from "../kolkata-time.ts";
import { standingWords } from "../standing-words.ts";
import type { AccountNames } from "./story-text.ts";

const TITLES = { forever: "Forever order", conditional: "Conditional order" } as const;

export function standingText({ leader, order, seen, mayHaveFired }: StandingStory, names: AccountNames): string {
  return [
    `${TITLES[order.kind]} ${order.orderId} of ${names(leader)}: ${standingWords(order)}`,
    "Times are India's.",
    "",
    `Listed at the leader's broker, ${names(leader)}`,
    ...seen.map((record) => `  ${tradingDay(record.at)}  ${kolkataClock(record.at)}  ${recordWords(record)}`),
    "",
    "It is in no copy. The order that it fires is copied as any other is.",
    mayHaveFired.length === 0
      ? "No order of the leader's asks for the same since then."
      : `Orders of the leader's that ask for the same since then, which explain tells by their numbers: ${mayHaveFired.join(", ")}.`,
    "",
  ].join("\n");
}

function recordWords(record: StandingRecord): string {
  return record.type === "leader-standing-gone" ? "is listed no more" : standingWords(record.order);
}

export function standingJson({ leader, order, seen, mayHaveFired }: StandingStory, names: AccountNames): object {
  return {
    order: order.orderId,
    kind: order.kind,
    leader: names(leader),
    seen: seen.map((record) =>
      record.type === "leader-standing-gone"
        ? { what: "gone", at: kolkataIso(record.at) }
        : { what: "listed", at: kolkataIso(record.at), ...orderJson(record.order) },
    ),
    mayHaveFired,
  };
}

function orderJson(order: StandingOrder): object {
  if (order.kind === "conditional") {
    const orders = order.orders.map((one) => ({ ...one, price: priceToRupees(one.price), triggerPrice: priceToRupees(one.triggerPrice) }));
    return { condition: order.condition, state: order.state, said: order.said, orders };
  }
  const legs = order.legs.map((leg) => ({ ...leg, price: priceToRupees(leg.price), triggerPrice: priceToRupees(leg.triggerPrice) }));
  const { instrument, contracted } = order;
  return { segment: instrument.segment, securityId: instrument.securityId, ...contracted, legs };
}
