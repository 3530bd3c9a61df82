import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { clientId } from "../../domain/identity.ts";
import { parseKolkata, type TradingDay } from "../../domain/time.ts";
import { createHistoryReads } from "./history-reads.ts";
import type { HttpResult } from "./http.ts";
import type { Requests } from "./requests.ts";
import { VirtualTime } from "./virtual-time.ts";

const RECORDED = new URL("../../../tests/fixtures/payloads/rest-25-trade-history.json", import.meta.url);
const recorded = (JSON.parse(readFileSync(RECORDED, "utf8")) as { body: readonly object[] }).body;
const [FROM, TO] = ["2024-12-01", "2024-12-31"] as [TradingDay, TradingDay];

/** Each page is an answer; what is beyond them is empty. */
function history(...pages: readonly (readonly [status: number, body: unknown])[]) {
  const asked: string[] = [];
  let turns = 0;
  const requests: Requests = async (_method, path) => {
    const [status, body] = pages[asked.length] ?? [200, []];
    asked.push(path);
    const result: HttpResult = { came: "reply", status, body: JSON.stringify(body), writtenAt: 0 };
    return { result, settledAt: 0 };
  };
  const paced = <T>(asking: () => Promise<T>): Promise<T> => {
    turns += 1;
    return asking();
  };
  const { tradeHistory } = createHistoryReads({ clientId: clientId("1"), requests, clock: new VirtualTime(), paced });
  return { read: () => tradeHistory(FROM, TO), asked, turns: () => turns };
}

test("pages are read until an empty one, each in its turn of the account's reads; times are those of the exchange", async () => {
  const { read, asked, turns } = history([200, recorded], [200, recorded.slice(0, 1)]);
  const answer = await read();
  expect(answer.ok && answer.value.map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
    ["102241231491129", 25],
    ["102241231114329", 75],
    ["6224123195229", 100],
    ["10224123185329", 100],
    ["102241231491129", 25],
  ]);
  expect(answer.ok && answer.value[0]?.at).toBe(parseKolkata("2024-12-31 14:07:11"));
  expect(asked).toEqual([0, 1, 2].map((page) => `/trades/2024-12-01/2024-12-31/${page}`));
  expect(turns()).toBe(3);
});

test("no data is the end of it (reference 10.4)", async () => {
  const noData = [400, { errorType: "x", errorCode: "DH-907", errorMessage: "no data" }] as const;
  expect(await history(noData).read()).toEqual({ ok: true, value: [] });
  expect(await history([200, recorded], noData).read()).toMatchObject({ ok: true, value: { length: 4 } });
});

test.each([
  ["a dead token", 401, { errorCode: "DH-901", errorMessage: "expired" }, { code: "TOKEN_DEAD" }],
  ["too many requests", 429, { errorCode: "DH-904", errorMessage: "x" }, { code: "RATE_LIMIT" }],
  ["a path that is not there", 404, { status: 404, error: "Not Found" }, { code: "NOT_FOUND" }],
  ["an internal error", 500, {}, undefined],
  ["a text", 200, "ok", undefined],
  ["a row that can't be read", 200, [...recorded, { ...recorded[0], tradedQuantity: "many" }], undefined],
])("a page that is answered by %s makes no history of the pages before it", async (_what, status, body, refusal) => {
  const answer = await history([200, recorded], [status, body]).read();
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok || answer.refusal).toEqual(refusal === undefined ? undefined : expect.objectContaining(refusal));
});

test("a broker who does not count pages is not asked for ever", async () => {
  const { read, asked } = history(...Array.from({ length: 200 }, () => [200, recorded] as const));
  expect(await read()).toMatchObject({ ok: false, detail: "the trade history has no end after 100 pages" });
  expect(asked).toHaveLength(100);
});
