/**
 * Numbers as Dhan and the exchanges give them: texts of digits of no fixed width, not sortable (reference 2.1, 12 item 24).
 * Each is given once.
 */
import { tradingDay, type UnixMs } from "../../domain/time.ts";
import { seededRandom } from "./random.ts";

export interface Numbering {
  /** 12 to 15 digits, with `YYMMDD` after one to three digits. */
  orderId(at: UnixMs): string;
  /** 16 digits. */
  exchangeOrderId(): string;
  /** 9 digits. */
  tradeId(): string;
}

export function numbering(seed: number): Numbering {
  const random = seededRandom(seed, "numbers");
  const prefixes = ["1", "5", "31", "75", "102", "351"] as const;
  let orders = 10_000 + random.below(1_000);
  let exchangeOrders = 1_000_000 + random.below(1_000_000);
  let trades = 200_000_000 + random.below(1_000_000);
  return {
    orderId: (at) => {
      orders += 1;
      const day = tradingDay(at).slice(2).replaceAll("-", "");
      // The rising number comes last and has its own width, so two numbers of different prefixes can't be equal.
      return `${prefixes[random.below(prefixes.length)]}${day}${orders}`;
    },
    exchangeOrderId: () => {
      exchangeOrders += 1 + random.below(50);
      return `1${random.below(7)}${String(exchangeOrders).padStart(14, "0")}`;
    },
    tradeId: () => {
      trades += 1 + random.below(50);
      return String(trades);
    },
  };
}
