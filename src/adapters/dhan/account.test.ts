import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { clientId, correlationId, orderId, securityId } from "../../domain/identity.ts";
import { price } from "../../domain/money.ts";
import { quantity } from "../../domain/quantity.ts";
import { parseKolkata } from "../../domain/time.ts";
import type { BrokerAccount, Placement, UnreadableFrame } from "../../engine/ports/broker.ts";
import { Secret } from "../system/secret.ts";
import { createDhanAccount } from "./account.ts";
import type { HttpRequest, HttpResult } from "./http.ts";
import type { NoToken } from "./token.ts";
import { VirtualTime } from "./virtual-time.ts";

const TOKEN = "eyJhbGciOiJIUzUxMiJ9.secret.sign";
const OURS = "lks000000000000abcd010001";

interface World {
  readonly account: BrokerAccount;
  readonly sent: HttpRequest[];
  readonly unreadable: UnreadableFrame[];
  /** Numbers of orders that were told before the whole book was. */
  readonly early: string[];
  readonly time: VirtualTime;
}

type Answer = (request: HttpRequest, signal: AbortSignal, time: VirtualTime) => HttpResult | Promise<HttpResult>;

const SECRET = new Secret(TOKEN);

function world(answer: Answer, token: () => Secret | NoToken = () => SECRET): World {
  const time = new VirtualTime();
  const sent: HttpRequest[] = [];
  const unreadable: UnreadableFrame[] = [];
  const early: string[] = [];
  const account = createDhanAccount({
    rest: "https://broker.example/v2/",
    orderUpdates: "wss://stream.example",
    clientId: clientId("1000000002"),
    leads: false,
    token,
    request: async (request, signal) => {
      sent.push(request);
      return answer(request, signal, time);
    },
    openSocket: () => expect.fail("no stream here"),
    clock: time,
    timers: time,
    requestTimeoutMs: 3_000,
    random: () => 0,
    unreadableRow: (row) => unreadable.push(row),
    earlyRows: (rows) => early.push(...rows.map(({ orderId }) => orderId)),
    life: new AbortController().signal,
    knownRowsMax: 1_000,
  });
  return { account, sent, unreadable, early, time };
}

const reply = (status: number, body: unknown): HttpResult => ({ came: "reply", status, body: JSON.stringify(body), writtenAt: 1 });
/** The book of super orders beside it is empty. */
const replies = (status: number, body: unknown): World => world(({ path }) => (path.endsWith("/super/orders") ? reply(200, []) : reply(status, body)));

const placement: Placement = {
  correlationId: correlationId(OURS),
  instrument: { segment: "NSE_FNO", securityId: securityId("61042"), expiry: "2026-11-26" },
  contracted: { side: "BUY", product: "INTRADAY", afterMarket: false },
  amoTime: "OPEN",
  terms: { type: "LIMIT", validity: "DAY", quantity: quantity(75), price: price(1_205_000), triggerPrice: price(0), disclosed: quantity(0) },
};

const ROW = {
  dhanClientId: "1000000002",
  orderId: "112611220001",
  correlationId: OURS,
  orderStatus: "PENDING",
  transactionType: "BUY",
  exchangeSegment: "NSE_FNO",
  productType: "INTRADAY",
  orderType: "LIMIT",
  validity: "DAY",
  securityId: "61042",
  quantity: 75,
  price: 120.5,
  createTime: "2026-11-20 10:15:01",
  updateTime: "2026-11-20 10:15:04",
  drvExpiryDate: "2026-11-26",
};

test("order calls go to their addresses, under the prefix of the configured one, with the token", async () => {
  const { account, sent } = replies(200, { orderId: "112611220001", orderStatus: "TRANSIT" });
  await account.place(placement);
  await account.modify({ orderId: orderId("112611220001"), terms: placement.terms });
  await account.cancel(orderId("112611220001"));
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v2/orders", "PUT /v2/orders/112611220001", "DELETE /v2/orders/112611220001"]);
  expect(sent.map(({ body }) => body === undefined)).toEqual([false, false, true]);
  expect(sent[0]?.headers).toMatchObject({ "access-token": TOKEN, "client-id": "1000000002", "content-type": "application/json", accept: "application/json" });
});

test("a request without a token is not sent, and says why (R10)", async () => {
  const { account, sent } = world(
    () => reply(200, {}),
    () => ({ noToken: "the environment variable ARJUN_TOKEN is not set" }),
  );
  expect(await account.place(placement)).toEqual({
    result: { outcome: "not-sent", cause: "the environment variable ARJUN_TOKEN is not set" },
    writtenAt: undefined,
    settledAt: 0,
  });
  expect(await account.orders()).toMatchObject({ ok: false, refusal: undefined, detail: "the environment variable ARJUN_TOKEN is not set" });
  expect(sent).toEqual([]);
});

test("what failed before its first byte is not sent; what was cut off or given up after it is unknown (R10)", async () => {
  const unsent = world(() => ({ came: "not-sent", cause: "ECONNREFUSED" }));
  expect((await unsent.account.place(placement)).result).toEqual({ outcome: "not-sent", cause: "ECONNREFUSED" });
  const cut = world(() => ({ came: "no-reply", because: "connection-lost", detail: "ECONNRESET", writtenAt: 7 }));
  expect(await cut.account.place(placement)).toEqual({
    result: { outcome: "unknown", because: "connection-lost", detail: "ECONNRESET" },
    writtenAt: 7,
    settledAt: 0,
  });
});

test("a request is given up at its deadline on the injected timers, and the times of the call are told (R21)", async () => {
  const { account, time } = world(
    (_request, signal, clock) =>
      new Promise((resolve) => {
        const writtenAt = clock.elapsed();
        signal.addEventListener("abort", () => resolve({ came: "no-reply", because: "timeout", detail: "no answer", writtenAt }));
      }),
  );
  await time.pass(100);
  const placed = account.place(placement);
  await time.pass(2_999);
  await time.pass(1);
  expect(await placed).toEqual({ result: { outcome: "unknown", because: "timeout", detail: "no answer" }, writtenAt: 100, settledAt: 3_100 });
});

test("a deadline that is met is not left behind", async () => {
  let aborted = false;
  const { account, time } = world((_request, signal) => {
    signal.addEventListener("abort", () => {
      aborted = true;
    });
    return reply(200, { orderId: "1" });
  });
  await account.place(placement);
  await time.pass(10_000);
  expect(aborted).toBe(false);
});

test("a gateway that echoes the request does not make the token travel on", async () => {
  const { account } = replies(400, { errorCode: "DH-905", errorMessage: `bad header access-token: ${TOKEN}` });
  const placed = await account.place(placement);
  expect(inspect(placed, { depth: 9 })).not.toContain(TOKEN);
  expect(inspect(placed, { depth: 9 })).toContain("[redacted]");
});

test("a row is as old as the moment when its request left (R1)", async () => {
  const { account, time } = replies(200, [ROW]);
  const asked = time.now();
  expect(await account.orders()).toMatchObject({ ok: true, value: [{ source: { kind: "row", asked }, orderId: "112611220001", correlationId: OURS }] });
});

test("the book comes oldest first, whichever way round the broker sends it, and equal seconds keep their order", async () => {
  const row = (id: string, createTime: string): object => ({ ...ROW, orderId: id, correlationId: "NA", createTime });
  const [a, b, c] = [row("a", "2026-11-20 10:15:01"), row("b", "2026-11-20 10:15:01"), row("c", "2026-11-20 10:15:02")];
  for (const book of [
    [a, b, c],
    [c, b, a],
  ]) {
    const read = await replies(200, book).account.orders();
    expect(read.ok && read.value.map(({ orderId }) => orderId)).toEqual(["a", "b", "c"]);
  }
});

test("a row that can't be read is told, and the rest of the book is read", async () => {
  const { account, unreadable } = replies(200, [{ ...ROW, orderType: "ICEBERG", correlationId: "NA", orderId: "9" }, ROW]);
  expect(await account.orders()).toMatchObject({ ok: true, value: [{ orderId: "112611220001" }] });
  expect(unreadable).toMatchObject([{ code: "UNKNOWN_ORDER_TYPE", orderId: "9" }]);
});

test("a book in which a row of our own can't be read proves no absence (R10, R11)", async () => {
  const { account } = replies(200, [{ ...ROW, orderStatus: "SOMETHING" }]);
  expect(await account.orders()).toMatchObject({ ok: false, refusal: undefined });
});

test.each([
  ["an object that is no row", { status: "success" }],
  ["a text", "ok"],
  ["null", null],
])("a book answered by %s is no empty book", async (_what, body) => {
  expect(await replies(200, body).account.orders()).toMatchObject({ ok: false });
  expect(await replies(200, body).account.positions()).toMatchObject({ ok: false });
  expect(await replies(200, body).account.orderByCorrelation(correlationId(OURS))).toMatchObject({ ok: false });
});

test("no data is an empty book (reference 10.4)", async () => {
  const { account } = replies(400, { errorType: "x", errorCode: "DH-907", errorMessage: "no data" });
  expect(await account.orders()).toEqual({ ok: true, value: [] });
  expect(await account.tradesOf(orderId("112611220001"))).toEqual({ ok: true, value: [] });
  expect(await account.positions()).toEqual({ ok: true, value: [] });
});

test("R1 what the book tells of plain orders waits for no answer about the super orders, and is heard where there is none", async () => {
  const { account, early, time } = world(async ({ path }) => {
    if (!path.endsWith("/super/orders")) return reply(200, [ROW, { ...ROW, orderId: "112611220002", legName: "ENTRY_LEG" }]);
    await time.pass(0);
    return reply(500, {});
  });
  expect(await account.orders()).toMatchObject({ ok: false });
  expect(early).toEqual(["112611220001"]);
});

describe.each(["/orders", "/super/orders"])("R1 R18 GET %s tells of a super order while the other book is awaited (seed 164045)", (first) => {
  test.each([
    ["that it was cancelled without a fill: heard at once", { orderStatus: "CANCELLED" }, true],
    ["that it was rejected: heard at once", { orderStatus: "REJECTED" }, true],
    ["that it has expired without a fill: heard at once", { orderStatus: "EXPIRED" }, true],
    ["that it was cancelled with fills, of which its legs may have sold", { orderStatus: "CANCELLED", filledQty: 50, averageTradedPrice: 120.5 }, false],
    ["that it rests", { orderStatus: "PENDING" }, false],
  ])("%s", async (_what, is, isHeard) => {
    const legs = { legDetails: [{ legName: "TARGET_LEG", price: 135, orderStatus: "CANCELLED" }] };
    const entry = { ...ROW, filledQty: 0, averageTradedPrice: 0, legName: "ENTRY_LEG", ...is };
    const { account, early, time } = world(async ({ path }) => {
      if (path.endsWith("/super/orders") === (first === "/super/orders")) return reply(200, [{ ...entry, ...legs }]);
      await time.pass(0);
      return reply(500, {});
    });
    expect(await account.orders()).toMatchObject({ ok: false });
    expect(early).toEqual(isHeard ? [ROW.orderId] : []);
  });
});

test("R1 that a leg of a super order was cancelled is heard with the book that tells whose leg it is", async () => {
  const { account, early, time } = world(async ({ path }) => {
    if (!path.endsWith("/super/orders")) return reply(200, [{ ...ROW, filledQty: 0, averageTradedPrice: 0, legName: "TARGET_LEG", orderStatus: "CANCELLED" }]);
    await time.pass(0);
    return reply(500, {});
  });
  await account.orders();
  expect(early).toEqual([]);
});

test.each([
  ["later", "2026-11-20 10:15:05", 0],
  ["in the same second, with more filled", ROW.updateTime, 75],
])(
  "R1 a super order is not filled by what the plain book has filled of an order that was made larger since its own list was read: %s",
  async (_when, updateTime, more) => {
    const legs = { legDetails: [{ legName: "TARGET_LEG", price: 135, orderStatus: "PENDING" }] };
    const entry = { ...ROW, legName: "ENTRY_LEG", filledQty: 75 - more, averageTradedPrice: 120.5, orderStatus: more > 0 ? "PENDING" : "PART_TRADED" };
    const larger = { ...entry, quantity: 300, price: 121, filledQty: 75, orderStatus: "PART_TRADED", updateTime };
    const older = { ...larger, quantity: 75, price: 120.5, filledQty: 0, orderStatus: "PENDING", updateTime: ROW.createTime };
    const book = async (plain: object, list: object): Promise<unknown> =>
      world(({ path }) => reply(200, [path.endsWith("/super/orders") ? { ...list, ...legs } : plain])).account.orders();
    const filledOf = (units: number, rupees: number): object => ({ terms: { quantity: units, price: price(rupees) }, filled: 75, plan: { target: "waits" } });
    const told = [filledOf(300, 1_210_000), {}];
    expect(await book(larger, entry)).toMatchObject({ ok: true, value: told });
    // And the other way round.
    expect(await book(older, larger)).toMatchObject({ ok: true, value: told });
  },
);

test.each([
  ["an object", ROW],
  ["an array of one", [ROW]],
])("one order is read from %s, by its number and by its correlation id", async (_what, body) => {
  const { account, sent } = replies(200, body);
  expect(await account.order(orderId("112611220001"))).toMatchObject({ ok: true, value: { order: { orderId: "112611220001" }, book: undefined } });
  expect(await account.orderByCorrelation(correlationId(OURS))).toMatchObject({ ok: true, value: { orderId: "112611220001" } });
  expect(sent.map(({ path }) => path)).toEqual(["/v2/orders/112611220001", `/v2/orders/external/${OURS}`]);
});

test.each([
  ["404", 404, { timestamp: 1, status: 404, error: "Not Found", path: "x" }],
  ["DH-905 for an unknown id", 400, { errorCode: "DH-905", errorMessage: "Missing required fields, bad values for parameters etc." }],
  ["DH-906", 400, { errorCode: "DH-906", errorMessage: "Incorrect request for order and cannot be processed" }],
  ["DH-907", 400, { errorCode: "DH-907", errorMessage: "no data" }],
  ["an empty array", 200, []],
])("an order that the broker does not find is told by %s", async (_what, status, body) => {
  expect(await replies(status, body).account.orderByCorrelation(correlationId(OURS))).toEqual({ ok: true, value: undefined });
  expect(await replies(status, body).account.order(orderId("112611220001"))).toEqual({ ok: true, value: { order: undefined, book: undefined } });
});

test.each([
  ["a dead token", 400, { errorCode: "DH-906", errorMessage: "Invalid Token" }],
  ["a wrong address", 400, { errorCode: "DH-905", errorMessage: "Invalid IP" }],
  ["too many requests", 429, { errorCode: "DH-904", errorMessage: "x" }],
  ["an internal error", 500, { errorCode: "DH-906", errorMessage: "x" }],
  ["another order", 200, [{ ...ROW, correlationId: "other", orderId: "5" }]],
  ["a row that can't be read", 200, [{ ...ROW, orderType: "?" }]],
])("a look that is answered by %s is no look that found nothing (R10)", async (_what, status, body) => {
  expect(await replies(status, body).account.orderByCorrelation(correlationId(OURS))).toMatchObject({ ok: false });
  expect(await replies(status, body).account.order(orderId("112611220001"))).toMatchObject({ ok: false });
});

test("the profile tells until when the token lives, at the exchange's time", async () => {
  const { account, sent } = replies(200, { dhanClientId: "1000000002", tokenValidity: "23/11/2026 09:05" });
  expect(await account.profile()).toMatchObject({ ok: true, value: { tokenValidUntil: parseKolkata("2026-11-23 09:05:00") } });
  expect(sent[0]).toMatchObject({ method: "GET", path: "/v2/profile", headers: { dhanClientId: "1000000002" } });
  expect(await replies(200, {}).account.profile()).toMatchObject({ ok: true, value: { tokenValidUntil: undefined } });
});

test("the token of another account is dead to this one, and his books are none of its own, also before the profile has answered", async () => {
  const profile = { dhanClientId: "1000000003", tokenValidity: "23/11/2026 09:05" };
  const rows = [{ ...ROW, dhanClientId: "1000000003" }];
  const { account, sent } = world(({ path }) => (path.endsWith("/profile") ? reply(200, profile) : reply(200, path.endsWith("/super/orders") ? [] : rows)));
  const early = { ok: false, refusal: undefined, detail: "the answer is of the account 1000000003, and whose the token is has not been told yet" };
  expect([await account.orders(), await account.positions()]).toEqual([early, early]);
  const detail = "it is the token of the account 1000000003, and the configuration says 1000000002";
  expect(await account.profile()).toMatchObject({ ok: false, refusal: { code: "TOKEN_DEAD" }, detail });
  const asked = sent.length;
  expect(await account.orders()).toMatchObject({ ok: false, refusal: { code: "TOKEN_DEAD" } });
  expect(sent).toHaveLength(asked);
});

test("rows that name another account are believed once the broker has said that the token is this one's", async () => {
  const { account } = world(({ path }) =>
    reply(200, path.endsWith("/profile") ? { dhanClientId: "1000000002" } : path.endsWith("/super/orders") ? [] : [{ ...ROW, dhanClientId: "UCC1" }]),
  );
  await account.profile();
  expect(await account.orders()).toMatchObject({ ok: true, value: [{ orderId: "112611220001" }] });
});

test.each([
  [401, { errorType: "Invalid_Authentication", errorCode: "DH-901", errorMessage: "expired" }],
  [400, { errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Invalid Token" }],
])("a dead token is told as such by the profile (HTTP %i)", async (status, body) => {
  expect(await replies(status, body).account.profile()).toMatchObject({ ok: false, refusal: { code: "TOKEN_DEAD" } });
});
