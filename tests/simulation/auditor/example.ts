/** A copy and an order as the auditor's own tests have them: plain, but for what each test says. */
import type { CopyTerms, OrderVersion } from "./observed.ts";

export const PLAIN_COPY = {
  numerator: 1,
  denominator: 1,
  rounding: "down",
  capital: undefined,
  maxLots: undefined,
  orphan: "report",
  amoTime: "OPEN",
  onLeaderFilled: { action: "leave" },
} as const satisfies Partial<CopyTerms>;

/** A lot at 120 that rests. */
export const PLAIN_ORDER = {
  correlationId: undefined,
  leg: undefined,
  isSuperEntry: false,
  product: "INTRADAY",
  lot: 75,
  side: "BUY",
  type: "LIMIT",
  validity: "DAY",
  afterMarket: false,
  amoTime: undefined,
  quantity: 75,
  price: 1_200_000,
  trigger: 0,
  filled: 0,
  average: 0,
  last: 1_200_000,
  status: "PENDING",
  confirmed: true,
} as const satisfies Partial<OrderVersion>;
