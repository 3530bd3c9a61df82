/**
 * An entry while its market is closed (R22, `marketClosed`). Exits, changes and cancels are never asked (R14), and a leader's own
 * after-market order is meant for a closed market.
 */
import { type Calendar, takesOrders } from "../calendar/calendar.ts";
import type { KnownOrder } from "../order/known.ts";
import type { CopyPolicy } from "../policy.ts";
import type { UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";

export interface Hours {
  readonly send: "now" | "after-market" | "not";
  /** What is to be said of it; undefined: its market is open. */
  readonly says: Verdict | undefined;
}

const OPEN: Hours = { send: "now", says: undefined };

export function hoursFor(leader: KnownOrder, policy: CopyPolicy, calendar: Calendar, now: UnixMs): Hours {
  const { segment } = leader.instrument;
  if (leader.contracted.afterMarket || takesOrders(calendar.phase(segment, now))) return OPEN;
  const why = calendar.describe(segment, now);
  switch (policy.marketClosed) {
    case "warn":
      return { send: "now", says: verdict("SENT_WHILE_CLOSED", `${why}; the entry is sent all the same`) };
    case "refuse":
      return { send: "not", says: verdict("MARKET_CLOSED", why) };
    case "amo":
      // The exchange executes or ends an IOC at once, so there is none for later.
      if (leader.terms.validity === "IOC") return { send: "not", says: verdict("MARKET_CLOSED", `${why}, and an IOC cannot be an after-market order`) };
      return { send: "after-market", says: verdict("SENT_AFTER_MARKET", `${why}; the entry is sent as an after-market order for ${policy.amoTime}`) };
  }
}
