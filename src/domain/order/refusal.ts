/** How a broker says no, classed by what may be done about it (reference 10.4). */
export const REFUSAL_CODES = [
  "TOKEN_DEAD", // not executed; a new token is needed
  "NO_ACCESS", // the account, one of its segments, or its API access is not enabled; an operator must act
  "RATE_LIMIT", // not executed; may go again after a second or more
  "ADDRESS_NOT_ALLOWED", // not from the registered static address: stop everything for that account
  "INPUT_INVALID", // the request is wrong; sending it again would be as wrong
  "MARKET_CLOSED",
  "NOT_OPEN", // the order that was to be changed or cancelled has ended
  "MODIFICATION_CAP", // the broker allows no further change of this order
  "MARGIN_SHORT",
  "PRICE_OUTSIDE_BAND",
  "TRIGGER_CROSSED", // a stop whose trigger the market has already passed, or on the wrong side of its price
  "NO_DATA", // for reads: treat as empty
  "NOT_FOUND",
  "ORDER_REFUSED", // any other definite business refusal
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** It says nothing about the order: the account could not have placed any (reference 10.4). */
export function isAccountRefusal(code: RefusalCode): boolean {
  return code === "TOKEN_DEAD" || code === "NO_ACCESS" || code === "ADDRESS_NOT_ALLOWED";
}

export interface Refusal {
  readonly code: RefusalCode;
  /** The broker's own words, for people; secrets never stand in them. */
  readonly brokerSaid: string;
}

/** It was refused for what it is: neither because its market is closed, nor for the account's sake. */
export function isAboutTheOrder(code: RefusalCode): boolean {
  return code !== "MARKET_CLOSED" && !isAccountRefusal(code);
}
