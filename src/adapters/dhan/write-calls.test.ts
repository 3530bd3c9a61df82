import { expect, test } from "vitest";
import { clientId, correlationId, orderId, securityId } from "../../domain/identity.ts";
import { type Price, parsePrice } from "../../domain/money.ts";
import type { Terms } from "../../domain/order/terms.ts";
import { quantity } from "../../domain/quantity.ts";
import type { Placement } from "../../engine/ports/broker.ts";
import { modifyBody, outcomeOf, placeBody } from "./write-calls.ts";

const rs = (rupees: number): Price => parsePrice(rupees) ?? expect.fail(`${rupees} is no price`);
const arjun = clientId("1000000002");
const limit: Terms = { type: "LIMIT", validity: "DAY", quantity: quantity(75), price: rs(120.5), triggerPrice: rs(0), disclosed: quantity(0) };

function placement(terms: Terms, afterMarket = false): Placement {
  return {
    correlationId: correlationId("lks000000000000abcd010001"),
    instrument: { segment: "NSE_FNO", securityId: securityId("61042"), expiry: "2026-11-26" },
    contracted: { side: "BUY", product: "INTRADAY", afterMarket },
    amoTime: "OPEN",
    terms,
  };
}

test("a limit order goes out with every field and typed zeros (reference 2.1)", () => {
  expect(JSON.parse(placeBody(arjun, placement(limit)))).toEqual({
    dhanClientId: "1000000002",
    correlationId: "lks000000000000abcd010001",
    transactionType: "BUY",
    exchangeSegment: "NSE_FNO",
    productType: "INTRADAY",
    orderType: "LIMIT",
    validity: "DAY",
    securityId: "61042",
    quantity: 75,
    disclosedQuantity: 0,
    price: 120.5,
    triggerPrice: 0,
    afterMarketOrder: false,
    boProfitValue: null,
    boStopLossValue: null,
  });
});

test.each(["MARKET", "STOP_LOSS_MARKET"] as const)("a %s order goes out with price 0, whatever stands in its terms", (type) => {
  expect(JSON.parse(placeBody(arjun, placement({ ...limit, type, triggerPrice: rs(110) })))).toMatchObject({ orderType: type, price: 0, triggerPrice: 110 });
  expect(JSON.parse(modifyBody(arjun, { orderId: orderId("1"), terms: { ...limit, type } }))).toMatchObject({ orderType: type, price: 0 });
});

test("amoTime goes out with an after-market order and with no other", () => {
  expect(JSON.parse(placeBody(arjun, placement(limit, true)))).toMatchObject({ afterMarketOrder: true, amoTime: "OPEN" });
  expect(JSON.parse(placeBody(arjun, placement(limit)))).not.toHaveProperty("amoTime");
});

test("a price goes out by its digits: a quarter of a paisa, and what 4.35 * 100 would have spoiled", () => {
  expect(placeBody(arjun, placement({ ...limit, price: rs(84.2525) }))).toContain('"price":84.2525');
  expect(placeBody(arjun, placement({ ...limit, price: rs(4.35) }))).toContain('"price":4.35,');
});

test("a modification goes out whole and without a leg name (reference 2.3)", () => {
  const terms: Terms = { ...limit, type: "STOP_LOSS", price: rs(109), triggerPrice: rs(110), disclosed: quantity(30) };
  expect(JSON.parse(modifyBody(arjun, { orderId: orderId("112611220001"), terms }))).toEqual({
    dhanClientId: "1000000002",
    orderId: "112611220001",
    orderType: "STOP_LOSS",
    validity: "DAY",
    quantity: 75,
    disclosedQuantity: 30,
    price: 109,
    triggerPrice: 110,
  });
});

const answered = (status: number, body: unknown, asked?: string) =>
  outcomeOf({ status, body: typeof body === "string" ? body : JSON.stringify(body) }, asked === undefined ? undefined : orderId(asked));

test.each([
  ["a placement", 200, { orderId: "112611220001", orderStatus: "TRANSIT" }, undefined],
  ["a placement whose order number came as a number", 200, { orderId: 112611220001, orderStatus: "TRANSIT" }, undefined],
  ["a modification", 200, { orderId: "112611220001", orderStatus: "TRANSIT" }, "112611220001"],
  ["a cancel, with 202", 202, { orderId: "112611220001", orderStatus: "CANCELLED" }, "112611220001"],
  ["a cancel without a body", 202, "", "112611220001"],
  ["a cancel in an array", 200, [{ orderId: "112611220001" }], "112611220001"],
] as const)("%s is accepted", (_what, status, body, asked) => {
  expect(answered(status, body, asked)).toMatchObject({ outcome: "accepted", orderId: "112611220001" });
});

test.each([
  ["a placement without an order number", 200, { orderStatus: "TRANSIT" }, undefined],
  ["a placement without a body", 200, "", undefined],
  ["a placement answered by a page", 200, "<html>ok</html>", undefined],
  ["a cancel answered by a page", 200, "<html>ok</html>", "1"],
  ["a page with HTTP 400", 400, "<html>bad</html>", undefined],
] as const)("%s has an outcome that nobody knows (R10)", (_what, status, body, asked) => {
  expect(answered(status, body, asked)).toMatchObject({ outcome: "unknown", because: "unreadable-reply" });
});

test.each([500, 502, 503, 504])("HTTP %i has an outcome that nobody knows, with any body (R10)", (status) => {
  expect(answered(status, "<html>")).toMatchObject({ outcome: "unknown", because: "server-error" });
  expect(answered(status, { orderId: "1", orderStatus: "TRANSIT" })).toMatchObject({ outcome: "unknown", because: "server-error" });
});

test("a placement that is answered as REJECTED with HTTP 200 is a refusal (reference 2.1)", () => {
  expect(answered(200, { orderId: "1", orderStatus: "REJECTED", omsErrorDescription: "RMS:1:You have insufficient funds." })).toEqual({
    outcome: "refused",
    refusal: { code: "MARGIN_SHORT", brokerSaid: "RMS:1:You have insufficient funds." },
  });
  expect(answered(200, { orderId: "1", orderStatus: "Rejected" })).toMatchObject({ outcome: "refused", refusal: { code: "ORDER_REFUSED" } });
});
