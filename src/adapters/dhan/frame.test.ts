import { expect, test } from "vitest";
import { clientId } from "../../domain/identity.ts";
import { readFrame } from "./frame.ts";
import { LegNumbers } from "./leg-numbers.ts";

const meera = clientId("1100000001");

/** The invented resting order of reference 4.3. */
const DATA = {
  exchange: "NSE",
  segment: "D",
  source: "P",
  securityId: "61042",
  clientId: "1100000001",
  exchOrderNo: "1300000001234567",
  orderNo: "112611220001",
  product: "I",
  txnType: "B",
  orderType: "LMT",
  validity: "DAY",
  remainingQuantity: 75,
  quantity: 75,
  price: 120.5,
  offMktFlag: "0",
  orderDateTime: "2026-11-20 10:15:01",
  exchOrderTime: "2026-11-20 10:15:01",
  lastUpdatedTime: "2026-11-20 10:15:01",
  remarks: " ",
  reasonDescription: "CONFIRMED",
  legNo: 1,
  instrument: "OPTIDX",
  symbol: "NIFTY-Nov2026-2",
  status: "Pending",
  lotSize: 75,
  expiryDate: "2026-11-26",
  displayName: "NIFTY 26 NOV 26000 CALL",
  refLtp: 121.1,
  tickSize: 0.05,
  correlationId: "cp-7f3a91-01",
};

const text = (data: object): string => JSON.stringify({ Data: data, Type: "order_alert" });
const read = (data: object) => readFrame(text(data), meera, new LegNumbers());
const without = (key: keyof typeof DATA): object => Object.fromEntries(Object.entries(DATA).filter(([name]) => name !== key));
const pascal = (data: object): object => Object.fromEntries(Object.entries(data).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]));

test("camelCase, PascalCase and both in one frame say the same (reference 4.2)", () => {
  const mixed = Object.fromEntries(Object.entries(DATA).map(([key, value], i) => [i % 2 === 0 ? key : key.charAt(0).toUpperCase() + key.slice(1), value]));
  expect(read(DATA).reports).toHaveLength(1);
  expect(read(pascal(DATA))).toEqual(read(DATA));
  expect(read(mixed)).toEqual(read(DATA));
});

test("of two casings of one key camelCase is believed, wherever it stands", () => {
  expect(read({ Status: "Cancelled", ...DATA }).reports[0]?.status).toBe("PENDING");
  expect(read({ ...DATA, Status: "Cancelled" }).reports[0]?.status).toBe("PENDING");
});

test("of two equal keys the last one wins", () => {
  const twice = text(DATA).replace('"Data":{', '"Data":{"remarks":"Super Order","remarks":"NR","status":"Cancelled",');
  expect(readFrame(twice, meera, new LegNumbers()).reports[0]).toMatchObject({ status: "PENDING", family: "plain" });
  expect(readFrame(text(pascal(DATA)).replace(/}/, ',"Remarks":"NR","Remarks":"Super Order"}'), meera, new LegNumbers()).reports[0]).toMatchObject({
    family: "super",
  });
});

// biome-ignore format: a table is read by its columns
test.each([
  ["Transit", "TRANSIT"], ["Pending", "PENDING"], ["PENDING", "PENDING"], ["Confirmed", "PENDING"], ["Modified", "MODIFIED"],
  ["Part-Traded", "PART_TRADED"], ["Part_Traded", "PART_TRADED"], ["PART TRADED", "PART_TRADED"], ["Traded", "TRADED"], ["traded", "TRADED"],
  ["Cancelled", "CANCELLED"], ["Rejected", "REJECTED"], ["Expired", "EXPIRED"],
  ["O-Pending", "PENDING"], ["O-Modified", "MODIFIED"], ["O-Cancelled", "CANCELLED"],
])("the status word %s is read as %s", (status, meaning) => {
  expect(read({ ...DATA, status }).reports[0]).toMatchObject({ status: meaning, family: "plain" });
});

// biome-ignore format: a table is read by its columns
test.each([["C", "CNC"], ["I", "INTRADAY"], ["M", "MARGIN"], ["F", "MTF"]])("the product letter %s is read as %s", (letter, product) => {
  expect(read({ ...DATA, product: letter }).reports[0]).toMatchObject({ contracted: { product }, family: "plain" });
});

// biome-ignore format: a table is read by its columns
test.each([
  [{ product: "V" }, "cover"], [{ product: "B" }, "bracket"], [{ legNo: 2, algoOrdNo: "1" }, "super"], [{ legNo: "3", algoOrdNo: "1" }, "super"],
  [{ algoOrdNo: "112611220000" }, "super"], [{ algoOrdNo: 112611220000.0 }, "super"], [{ remarks: "Super Order" }, "super"],
  [{ status: "Triggered" }, "super"], [{ status: "Active" }, "super"], [{ status: "Dummy" }, "super"], [{ product: "V", legNo: 2 }, "cover"],
  [{ algoOrdNo: "0" }, "plain"], [{ algoOrdNo: 0 }, "plain"], [{ algoOrdNo: "0.0" }, "plain"], [{ algoOrdNo: "" }, "plain"], [{ remarks: "NR" }, "plain"], [{ legNo: 1 }, "plain"],
] as const)("%j marks the family %s (R19)", (change, family) => {
  expect(read({ ...DATA, ...change }).reports[0]).toMatchObject({ family });
});

test("a leg is known by its number and by its entry's, whichever of the two it shows as its own (R19)", () => {
  const numbers = new LegNumbers();
  const leg = { leg: "stop", of: "112611229999" };
  expect(readFrame(text({ ...DATA, legNo: 2, algoOrdNo: "112611229999" }), meera, numbers).reports[0]).toMatchObject({
    orderId: "112611229999-STOP_LOSS_LEG",
    leg,
  });
  // Known from the frame before it, and by its entry's own number.
  expect(readFrame(text({ ...DATA, legNo: 2 }), meera, numbers).reports[0]).toMatchObject({ leg });
  expect(readFrame(text({ ...DATA, orderNo: "112611229999", legNo: 3 }), meera, numbers).reports[0]).toMatchObject({
    leg: { leg: "target", of: "112611229999" },
  });
  expect(readFrame(text({ ...DATA, legNo: 2 }), meera, new LegNumbers())).toMatchObject({ reports: [], unreadable: [{ code: "LEG_OF_UNKNOWN_ORDER" }] });
});

test("fields that are left out are zero: a market order that is filled has no price and nothing remaining", () => {
  const { remainingQuantity: _r, price: _p, ...filled } = { ...DATA, orderType: "MKT", tradedQty: 75, avgTradedPrice: 121.25, status: "Traded" };
  expect(read(filled).reports[0]).toMatchObject({ filled: 75, averagePrice: 1_212_500, terms: { type: "MARKET", price: 0, triggerPrice: 0, disclosed: 0 } });
});

test("numbers may come as texts, and an after-market flag as a number", () => {
  const texts = { ...DATA, quantity: "150", tradedQty: "75", price: "120.5", legNo: "1", offMktFlag: 1, tickSize: "0.05", lotSize: "75" };
  expect(read(texts).reports[0]).toMatchObject({
    filled: 75,
    terms: { quantity: 150, price: 1_205_000 },
    contracted: { afterMarket: true },
    contract: { lot: 75, tick: 500 },
  });
});

// biome-ignore format: a table is read by its columns
test.each([
  ["NO_ORDER_NUMBER",    without("orderNo"),                     undefined],
  ["NO_ORDER_NUMBER",    { ...DATA, orderNo: "0" },              undefined],
  ["NO_SECURITY_ID",     without("securityId"),                  "112611220001"],
  ["NO_SECURITY_ID",     { ...DATA, securityId: null },          "112611220001"],
  ["UNKNOWN_ORDER_TYPE", { ...DATA, orderType: "ICEBERG" },      "112611220001"],
  ["UNKNOWN_STATUS",     { ...DATA, status: "Inactive" },        "112611220001"],
  ["UNKNOWN_SIDE",       { ...DATA, txnType: "X" },              "112611220001"],
  ["UNKNOWN_PRODUCT",    { ...DATA, product: "Q" },              "112611220001"],
  ["UNKNOWN_VALIDITY",   { ...DATA, validity: "GTC" },           "112611220001"],
  ["UNKNOWN_SEGMENT",    { ...DATA, exchange: "NCDEX" },         "112611220001"],
  ["NO_QUANTITY",        without("quantity"),                    "112611220001"],
  ["BAD_QUANTITY",       { ...DATA, tradedQty: 7.5 },            "112611220001"],
  ["BAD_PRICE",          { ...DATA, price: "many" },             "112611220001"],
  ["BAD_PRICE",          { ...DATA, price: -1 },                 "112611220001"],
  ["OTHER_ACCOUNT",      { ...DATA, clientId: "1100000099" },    "112611220001"],
  ["NO_TIME",            { ...DATA, lastUpdatedTime: "NA", orderDateTime: "0001-01-01 00:00:00" }, "112611220001"],
])("%s: a frame that can't be understood is told with its order, never guessed (S33, S34, S39)", (code, data, order) => {
  const { reports, unreadable } = read(data);
  expect(reports).toEqual([]);
  expect(unreadable).toEqual([{ code, sentence: expect.any(String), raw: text(data), orderId: order }]);
});

test("two objects in one frame are two reports, and garbage between them is told (reference 4.2)", () => {
  const { reports, unreadable } = readFrame(`${text(DATA)}\n429 too many\n${text({ ...DATA, orderNo: "2" })}`, meera, new LegNumbers());
  expect(reports.map(({ orderId }) => orderId)).toEqual(["112611220001", "2"]);
  expect(unreadable).toMatchObject([{ code: "NOT_JSON", raw: "429 too many" }]);
});

test.each(["", "   ", "not json", "{", '{"Data":', "42", "null", '"text"'])("the frame %j kills nothing", (frame) => {
  expect(readFrame(frame, meera, new LegNumbers()).reports).toEqual([]);
});

test("what is no order at all is told, and a message of another type is left alone", () => {
  expect(readFrame('{"status":"failed","remarks":"login"}', meera, new LegNumbers()).unreadable).toMatchObject([{ code: "NO_ORDER_DATA" }]);
  expect(readFrame('{"Type":"heartbeat","Data":{}}', meera, new LegNumbers())).toEqual({ reports: [], unreadable: [] });
});

test("the raw text that is kept has a bound", () => {
  expect(readFrame("x".repeat(100_000), meera, new LegNumbers()).unreadable[0]?.raw).toHaveLength(4_000);
});

// biome-ignore format: a table is read by its columns
test.each([
  ["NIFTY 26 NOV 26000 CALL", "NIFTY-Nov2026-2", "OPTIDX", "NIFTY"],
  ["",                        "NIFTY-Nov2026-2", "OPTIDX", "NIFTY"],
  ["",                        "BAJAJ-AUTO-Nov2", "OPTSTK", "BAJAJ-AUTO"],
  ["BAJAJ-AUTO SEP FUT",      "BAJAJ-AUTO-Sep2", "FUTSTK", "BAJAJ-AUTO"],
  ["M&M 26 NOV 3000 PUT",     "M&M",             "OPTSTK", "M&M"],
  ["Bajaj Auto",              "BAJAJ-AUTO",      "EQUITY", "BAJAJ-AUTO"],
  ["something new",           "NIFTY",           "OPTIDX", undefined],
])("the underlying of %j with symbol %j (%s) is %s", (displayName, symbol, instrument, underlying) => {
  expect(read({ ...DATA, displayName, symbol, instrument }).reports[0]?.contract?.underlying).toBe(underlying);
});

test("a frame that lacks lot, tick or kind has no contract, and is a report all the same", () => {
  for (const change of [{ lotSize: 0 }, { tickSize: undefined }, { instrument: "SWAP" }]) {
    expect(read({ ...DATA, ...change }).reports[0]).toMatchObject({ contract: undefined, orderId: "112611220001" });
  }
});
