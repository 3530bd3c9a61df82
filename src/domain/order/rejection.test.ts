import { expect, test } from "vitest";
import { classifyReason, REJECTION_TEXTS } from "./rejection.ts";

test.each(REJECTION_TEXTS)("each row knows the text that it was written for: $seenAs", ({ seenAs, code }) => {
  expect(classifyReason(seenAs)).toBe(code);
});

test.each([
  ["RMS:241260209361101:You have insufficient funds. Please add Rs.23.70 to trade.", "MARGIN_SHORT"],
  ["RMS:6125011057766:Insufficient Funds, required margin is 27.23 and available margin 0. Add Funds to Trade", "MARGIN_SHORT"],
  ["RMS:42240515152001:Fund Limit Insufficient By 2872.08 & Available Amount 92. Order Amount Is 2943.75", "MARGIN_SHORT"],
  ["Order price is outside the LPP range", "PRICE_OUTSIDE_BAND"],
  ["Trigger price is beyond the circuit limit", "PRICE_OUTSIDE_BAND"],
  ["Stop loss trigger price already crossed by last traded price", "TRIGGER_CROSSED"],
  ["EXCH:16387: market closed", "MARKET_CLOSED"],
  ["Order already traded", "NOT_OPEN"],
  ["RMS:1:Scrip not allowed in Intraday", "ORDER_REFUSED"],
  ["RMS:1:Transactions blocked by RMS", "ORDER_REFUSED"],
  ["CONFIRMED", "ORDER_REFUSED"],
  ["", "ORDER_REFUSED"],
] as const)("the broker's words %j are read as %s", (text, code) => {
  expect(classifyReason(text)).toBe(code);
});
