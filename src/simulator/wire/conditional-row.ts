/** A conditional order as its list shows it (reference 3.3): what was asked for, as it was asked for, and how it stands. */
import { kolkataText } from "../../domain/time.ts";
import type { ConditionalOrder } from "../exchange/conditional-orders.ts";

export function conditionalRowText({ alertId, status, createdAt, triggeredAt, last, texts }: ConditionalOrder): string {
  const about = {
    alertId,
    alertStatus: status,
    createdTime: kolkataText(createdAt),
    triggeredTime: triggeredAt === undefined ? null : kolkataText(triggeredAt),
    lastPrice: last === undefined ? null : last / 10_000,
  };
  return `${JSON.stringify(about).slice(0, -1)},"condition":${texts.condition},"orders":${texts.orders}}`;
}
