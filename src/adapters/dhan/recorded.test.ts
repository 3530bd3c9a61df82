/** Every recorded payload goes through the parsers, and what it must become is written out here. Sources: tests/fixtures/payloads. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clientId, orderId } from "../../domain/identity.ts";
import { type Price, parsePrice } from "../../domain/money.ts";
import type { OrderReport } from "../../domain/order/report.ts";
import { parseKolkata, type UnixMs, unixMs } from "../../domain/time.ts";
import { readFunds, readProfile } from "./account-reads.ts";
import { readFrame } from "./frame.ts";
import { LegNumbers } from "./leg-numbers.ts";
import { readMargin } from "./money-reads.ts";
import { judge } from "./refusals.ts";
import { readOrders, readPositions, readTrades } from "./rows.ts";
import { outcomeOf } from "./write-calls.ts";

const folder = join(import.meta.dirname, "../../../tests/fixtures/payloads");
const used = new Set<string>();

function payload(name: string): unknown {
  used.add(name);
  const file: { body: unknown } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return file.body;
}

const rs = (rupees: number): Price => parsePrice(rupees) ?? expect.fail(`${rupees} is no price`);
const at = (text: string): UnixMs => parseKolkata(text) ?? expect.fail(`${text} is no time`);

const NOTHING = { triggerPrice: 0, disclosed: 0 } as const;
const equity = { segment: "NSE_EQ", expiry: undefined } as const;

const frame = (name: string, account: string): unknown => {
  const content = readFrame(JSON.stringify(payload(name)), clientId(account), new LegNumbers());
  expect(content.unreadable).toEqual([]);
  return content.reports;
};

test("ws-01: a limit order that rests, placed on the web", () => {
  expect(frame("ws-01-pending-equity-limit-web", "1100000001")).toEqual([
    {
      source: { kind: "frame" },
      clientId: "1100000001",
      orderId: "351260318338501",
      exchangeOrderId: "1200000080741389",
      correlationId: undefined,
      family: "plain",
      instrument: { ...equity, securityId: "11630" },
      contract: { kind: "equity", lot: 1, tick: rs(0.05), underlying: "NTPC", displayName: "NTPC" },
      contracted: { side: "BUY", product: "INTRADAY", afterMarket: false },
      status: "PENDING",
      terms: { type: "LIMIT", validity: "DAY", quantity: 1, price: rs(377), ...NOTHING },
      filled: 0,
      averagePrice: 0,
      reason: "CONFIRMED",
      orderTime: at("2026-03-18 14:25:47"),
      updatedAt: at("2026-03-18 14:25:47"),
      lastPrice: rs(379.65),
      placedFrom: "W",
    },
  ]);
});

test("ws-02: the same order, changed to a market order and filled: no price, and its time has moved", () => {
  expect(frame("ws-02-traded-equity-market-web", "1100000001")).toMatchObject([
    {
      orderId: "351260318338501",
      family: "plain",
      status: "TRADED",
      terms: { type: "MARKET", validity: "DAY", quantity: 1, price: 0, ...NOTHING },
      filled: 1,
      averagePrice: rs(379.55),
      reason: "TRADE CONFIRMED",
      orderTime: at("2026-03-18 14:28:40"),
      updatedAt: at("2026-03-18 14:28:40"),
      lastPrice: rs(379.4),
    },
  ]);
});

test("ws-03: an order that risk management rejected never had an exchange number", () => {
  expect(frame("ws-03-rejected-rms-equity-web", "1100000001")).toMatchObject([
    {
      orderId: "341260209256501",
      exchangeOrderId: undefined,
      correlationId: undefined,
      instrument: { ...equity, securityId: "10666" },
      contract: { kind: "equity", lot: 1, tick: rs(0.01), underlying: "PNB", displayName: "Punjab National Bank" },
      status: "REJECTED",
      terms: { type: "MARKET", quantity: 1, price: 0 },
      filled: 0,
      reason: "RMS:341260209256501:You have insufficient funds. Please add Rs.23.67 to trade.",
      updatedAt: at("2026-02-09 12:12:09"),
    },
  ]);
});

test("ws-04: a stop of an option that was changed and still rests", () => {
  expect(frame("ws-04-modified-option-sl-api", "1100000002")).toEqual([
    {
      source: { kind: "frame" },
      clientId: "1100000002",
      orderId: "3225031246227",
      exchangeOrderId: "1300000005880874",
      correlationId: undefined,
      family: "plain",
      instrument: { segment: "NSE_FNO", securityId: "45471", expiry: "2025-03-13" },
      contract: { kind: "option", lot: 75, tick: rs(0.05), underlying: "NIFTY", displayName: "NIFTY 13 MAR 22550 PUT" },
      contracted: { side: "SELL", product: "INTRADAY", afterMarket: false },
      status: "MODIFIED",
      terms: { type: "STOP_LOSS", validity: "DAY", quantity: 75, price: rs(131), triggerPrice: rs(131.2), disclosed: 0 },
      filled: 0,
      averagePrice: 0,
      reason: "CONFIRMED",
      orderTime: at("2025-03-12 09:27:30"),
      updatedAt: at("2025-03-12 09:27:30"),
      lastPrice: rs(133.2),
      placedFrom: "P",
    },
  ]);
});

test("ws-05: an option sold by limit, filled two minutes after it was placed", () => {
  expect(frame("ws-05-traded-option-limit-api", "1100000002")).toMatchObject([
    {
      orderId: "102250326300826",
      correlationId: "1100000002-1742967679712",
      instrument: { segment: "NSE_FNO", securityId: "53847", expiry: "2025-03-27" },
      contracted: { side: "SELL", product: "INTRADAY", afterMarket: false },
      status: "TRADED",
      terms: { type: "LIMIT", quantity: 75, price: rs(133.5), ...NOTHING },
      filled: 75,
      averagePrice: rs(133.55),
      orderTime: at("2025-03-26 11:11:19"),
      updatedAt: at("2025-03-26 11:13:00"),
      lastPrice: rs(139),
      placedFrom: "P",
    },
  ]);
});

test("ws-06: an option bought from a platform that nobody knows", () => {
  expect(frame("ws-06-traded-option-limit-other-source", "1100000002")).toMatchObject([
    {
      orderId: "10225030676527",
      correlationId: undefined,
      contract: { kind: "option", lot: 75, tick: rs(0.05), underlying: "NIFTY", displayName: "NIFTY 13 MAR 22400 PUT" },
      contracted: { side: "BUY", product: "INTRADAY", afterMarket: false },
      status: "TRADED",
      terms: { type: "LIMIT", quantity: 150, price: rs(188.1) },
      filled: 150,
      averagePrice: rs(188.1),
      updatedAt: at("2025-03-06 09:32:19"),
      placedFrom: "T",
    },
  ]);
});

test("ws-90: the documented sample, in two casings at once, is a leg of a super order (R19)", () => {
  expect(frame("ws-90-documented-mixed-casing", "1000000001")).toEqual([
    {
      source: { kind: "frame" },
      clientId: "1000000001",
      orderId: "1124091136546",
      exchangeOrderId: "1400000000404591",
      correlationId: undefined,
      family: "super",
      instrument: { ...equity, securityId: "14366" },
      contract: { kind: "equity", lot: 1, tick: rs(0.01), underlying: "IDEA", displayName: "Vodafone Idea" },
      contracted: { side: "BUY", product: "CNC", afterMarket: false },
      status: "CANCELLED",
      terms: { type: "LIMIT", validity: "DAY", quantity: 1, price: rs(13), ...NOTHING },
      filled: 0,
      averagePrice: 0,
      reason: "CONFIRMED",
      orderTime: at("2024-09-11 14:39:29"),
      updatedAt: at("2024-09-11 14:39:29"),
      lastPrice: rs(13.21),
      placedFrom: "N",
    },
  ]);
});

const orders = (name: string): readonly OrderReport[] => {
  const read = readOrders(payload(name), clientId("1"), unixMs(1_000));
  expect(read.unreadable).toEqual([]);
  return read.rows;
};

test("rest-01: a rejected row is read whole, with its placeholders as absent", () => {
  expect(orders("rest-01-order-rejected-rms")).toEqual([
    {
      source: { kind: "row", asked: 1_000 },
      clientId: "1100000001",
      orderId: "241260209361101",
      exchangeOrderId: undefined,
      correlationId: "DFT",
      family: "plain",
      instrument: { ...equity, securityId: "10666" },
      contract: undefined,
      contracted: { side: "BUY", product: "INTRADAY", afterMarket: false },
      status: "REJECTED",
      terms: { type: "MARKET", validity: "DAY", quantity: 1, price: 0, ...NOTHING },
      filled: 0,
      averagePrice: 0,
      reason: "RMS:241260209361101:You have insufficient funds. Please add Rs.23.70 to trade.",
      orderTime: undefined,
      createdAt: at("2026-02-09 12:09:29"),
      updatedAt: at("2026-02-09 12:09:29"),
      lastPrice: undefined,
      placedFrom: undefined,
    },
  ]);
});

test.each([
  {
    name: "rest-02-order-pending-2024",
    is: {
      orderId: "1124090536396",
      exchangeOrderId: "1300000024948292",
      correlationId: "1100000004-1725518165987",
      status: "PENDING",
      filled: 0,
      terms: { type: "LIMIT", price: rs(26.42), quantity: 1 },
    },
  },
  {
    name: "rest-03-order-rejected-margin-2025",
    is: {
      orderId: "6125011057766",
      status: "REJECTED",
      reason: "RMS:6125011057766:Insufficient Funds, required margin is 27.23 and available margin 0. Add Funds to Trade",
    },
  },
  {
    name: "rest-04-order-amo-pending-2024",
    is: {
      orderId: "252405148427",
      exchangeOrderId: undefined,
      status: "PENDING",
      contracted: { side: "BUY", product: "CNC", afterMarket: true },
      reason: "",
      terms: { type: "MARKET", quantity: 10 },
    },
  },
  {
    name: "rest-05-option-order-rejected-2024",
    is: {
      orderId: "42240515152001",
      status: "REJECTED",
      instrument: { segment: "NSE_FNO", securityId: "44160", expiry: "2024-05-15" },
      terms: { type: "MARKET", quantity: 15 },
    },
  },
  {
    name: "rest-06-option-order-cancelled-2024",
    is: {
      orderId: "22240807823701",
      correlationId: undefined,
      status: "CANCELLED",
      filled: 0,
      instrument: { segment: "NSE_FNO", securityId: "50195", expiry: "2024-08-07" },
      terms: { price: rs(2.5), quantity: 180 },
    },
  },
  {
    name: "rest-20-order-book-amo-pending",
    is: {
      orderId: "952502167319",
      status: "PENDING",
      contracted: { side: "BUY", product: "CNC", afterMarket: true },
      instrument: { segment: "BSE_EQ", securityId: "539310", expiry: undefined },
      terms: { price: rs(0.36), quantity: 20 },
    },
  },
  { name: "rest-21-order-by-id-is-an-array", is: { orderId: "952502167319", status: "PENDING", updatedAt: at("2025-02-16 16:04:37") } },
  {
    name: "rest-22-order-by-id-cancelled",
    is: { orderId: "952502167319", status: "CANCELLED", filled: 0, terms: { quantity: 20 }, updatedAt: at("2025-02-16 21:07:34") },
  },
])("$name: an order row is read", ({ name, is }) => {
  expect(orders(name)).toMatchObject([{ family: "plain", ...is }]);
});

test.each([
  ["rest-23-place-order-transit", "752502167405"],
  ["rest-36-place-order-sandbox", "712608242009"],
])("%s: the answer to a placement is an acceptance", (name, number) => {
  expect(outcomeOf({ status: 200, body: JSON.stringify(payload(name)) }, undefined)).toEqual({ outcome: "accepted", orderId: number, status: "TRANSIT" });
});

test("rest-07: a position long in an option; its expiry comes with a time of day", () => {
  expect(readPositions(payload("rest-07-position-long-option-2024"))).toEqual({
    rows: [{ instrument: { segment: "NSE_FNO", securityId: "44147", expiry: "2024-05-15" }, product: "MARGIN", net: 15 }],
    unreadable: [],
  });
});

test("rest-08: flat positions stay listed", () => {
  expect(readPositions(payload("rest-08-positions-closed-2024"))).toEqual({
    rows: [
      { instrument: { segment: "NSE_FNO", securityId: "55231", expiry: "2024-07-10" }, product: "MARGIN", net: 0 },
      { instrument: { segment: "NSE_FNO", securityId: "55214", expiry: "2024-07-10" }, product: "MARGIN", net: 0 },
    ],
    unreadable: [],
  });
});

test("rest-32: no positions", () => {
  expect(readPositions(payload("rest-32-positions-empty"))).toEqual({ rows: [], unreadable: [] });
});

test("rest-24: a day's trades, one row for each fill", () => {
  const { rows, unreadable } = readTrades(payload("rest-24-trade-book-today"), clientId("1"));
  expect(unreadable).toEqual([]);
  expect(rows).toHaveLength(35);
  expect(rows[0]).toEqual({
    clientId: "1100000009",
    orderId: "312507074433",
    tradeId: "200764585",
    quantity: 1,
    price: rs(392),
    at: at("2025-07-07 09:25:05"),
  });
  expect(new Set(rows.map(({ tradeId, orderId }) => `${tradeId}:${orderId}`)).size).toBe(35);
});

test("rest-25: old trades have NA for two of their times and no trade number", () => {
  const { rows, unreadable } = readTrades(payload("rest-25-trade-history"), clientId("1"));
  expect(unreadable).toEqual([]);
  expect(rows[0]).toEqual({ clientId: "1100000009", orderId: "102241231491129", tradeId: "", quantity: 25, price: rs(1.75), at: at("2024-12-31 14:07:11") });
});

test.each([
  ["rest-29-profile-sandbox", "1100000009", "2026-04-06 11:20:00"],
  ["rest-37-profile-sandbox-2026", "2600000001", "2026-09-23 22:13:00"],
])("%s: whose token it is, until when, and what it may trade", (name, client, until) => {
  const segments = ["Equity", "Derivative", "Currency", "Commodity"];
  expect(readProfile(payload(name))).toEqual({ ok: true, value: { clientId: client, tokenValidUntil: at(until), segments } });
});

test.each([
  ["rest-27-fundlimit", 11_564],
  ["rest-28-fundlimit-sandbox", 100_000_000],
])("%s: the balance by the spelling on the wire, in paise", (name, availablePaise) => {
  expect(readFunds(payload(name))).toEqual({ ok: true, value: { availablePaise, utilisedPaise: 0 } });
});

test("rest-30: the margin of an order, in paise", () => {
  expect(readMargin(payload("rest-30-margincalculator"))).toEqual({ ok: true, value: 100_000 });
});

test.each(["rest-26-holdings", "rest-31-ledger-empty-range", "rest-33-marketfeed-ltp", "rest-34-marketfeed-ohlc", "rest-35-marketfeed-quote"])(
  "%s: an answer that is no order is not taken for an error",
  (name) => {
    expect(judge(200, payload(name))).toEqual({ is: "fine" });
  },
);

test.each([
  ["err-01-modify-market-closed", 400, "MARKET_CLOSED"],
  ["err-02-dh901", 401, "TOKEN_DEAD"],
  ["err-03-dh904", 429, "RATE_LIMIT"],
  ["err-04-dh905", 400, "INPUT_INVALID"],
  ["err-05-data-806-numeric-code", 200, "NO_ACCESS"],
  ["err-06-unknown-path-404", 404, "NOT_FOUND"],
  ["err-07-v1-internal-error-shape", 400, "NO_DATA"],
  ["err-08-dh906-invalid-token", 400, "TOKEN_DEAD"],
  ["err-09-data-api-808", 401, "TOKEN_DEAD"],
  ["err-10-invalid-ip", 400, "ADDRESS_NOT_ALLOWED"],
  ["err-11-rate-limit-type", 429, "RATE_LIMIT"],
  ["err-13-leg-nothing-to-cancel", 400, "NOT_OPEN"],
] as const)("%s: HTTP %i is the refusal %s", (name, status, code) => {
  expect(outcomeOf({ status, body: JSON.stringify(payload(name)) }, orderId("1"))).toMatchObject({ outcome: "refused", refusal: { code } });
});

test("err-12: an order error with HTTP 500 proves nothing about a placement (R10)", () => {
  expect(outcomeOf({ status: 500, body: JSON.stringify(payload("err-12-sandbox-orders-get")) }, undefined)).toEqual({
    outcome: "unknown",
    because: "server-error",
    detail: "HTTP 500 DH-906 Incorrect request for order and cannot be processed",
  });
});

test("no recorded payload is left out of this page", () => {
  const recorded = readdirSync(folder).filter((name) => name.endsWith(".json"));
  expect(recorded.map((name) => name.replace(".json", "")).filter((name) => !used.has(name))).toEqual([]);
});
