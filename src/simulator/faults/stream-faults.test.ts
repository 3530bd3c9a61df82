/** Trouble on the order-update stream, on demand (reference 12, 21). */
import { expect, test } from "vitest";
import { FOLLOWER, FOLLOWER_TOKEN, LEADER, LEADER_TOKEN, orderBody, testWorld } from "../test-world.ts";
import type { StreamEffect } from "./stream-faults.ts";

/** Three orders, one frame each; the streams' frames by the correlation id that they carry. */
function frames(effect: StreamEffect, counts: { readonly skip?: number; readonly times?: number } = {}) {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.admin("fault", { on: "stream", clientId: FOLLOWER, ...counts, effect });
  const other = of.listen(LEADER, LEADER_TOKEN);
  for (const correlationId of ["a", "b", "c"]) of.call("POST", "/v2/orders", orderBody({ correlationId }));
  of.call("POST", "/v2/orders", { ...orderBody({ correlationId: "leader" }), dhanClientId: LEADER }, LEADER_TOKEN);
  of.time.pass(1);
  const seen = () =>
    stream.frames.map((frame) =>
      typeof frame === "string" ? [...frame.matchAll(/"correlationId":"(\w+)"/g)].map((match) => match[1]).join("+") || "noise" : "bytes",
    );
  return { of, seen, stream, other };
}

test.each([
  ["drop", ["a", "c"]],
  ["duplicate", ["a", "b", "b", "c"]],
  ["reorder", ["a", "c", "b"]],
  ["join", ["a", "b+c"]],
  ["garbage", ["a", "bytes", "b", "c"]],
  ["noise", ["a", "noise", "b", "c"]],
] as const)("%s strikes the second frame of one account only", (kind, expected) => {
  const { seen, other } = frames({ kind }, { skip: 1, times: 1 });
  expect(seen()).toEqual(expected);
  expect(other.frames).toHaveLength(1);
});

test("two frames in one text are two JSON objects back to back", () => {
  const { stream } = frames({ kind: "join" }, { times: 1 });
  expect(String(stream.frames[0])).toMatch(/"Type":"order_alert"\}\{"Data":/);
});

test("a frame that was kept back leaves alone when no other follows", () => {
  const { of, seen } = frames({ kind: "reorder" }, { skip: 2, times: 1 });
  expect(seen()).toEqual(["a", "b"]);
  of.time.pass(250);
  expect(seen()).toEqual(["a", "b", "c"]);
});

test("a delayed frame comes late", () => {
  const { of, seen } = frames({ kind: "delay", ms: 800 }, { times: 1 });
  expect(seen()).toEqual(["b", "c"]);
  of.time.pass(800);
  expect(seen()).toEqual(["b", "c", "a"]);
});

test("a stream is cut in mid-burst without a Close frame, and what follows is not replayed", () => {
  const { of, seen, stream } = frames({ kind: "cut" }, { skip: 1, times: 1 });
  expect(seen()).toEqual(["a"]);
  expect(stream.dropped).toBe(true);
  expect(of.listen(FOLLOWER, FOLLOWER_TOKEN).frames).toEqual([]);
});

test("a half-open stream gets nothing and answers no ping", () => {
  const { of, seen } = frames({ kind: "half-open" });
  expect(seen()).toEqual([]);
  expect(of.simulator.streamFaults.isHalfOpen(FOLLOWER)).toBe(true);
  expect(of.simulator.streamFaults.isHalfOpen(LEADER)).toBe(false);
});

test("a good login can be refused as if its token were dead, and nothing is said", () => {
  const of = testWorld();
  of.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "refuse-login" } });
  const refused = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  expect(refused.dropped).toBe(false);
  of.time.pass(10);
  expect(refused).toMatchObject({ dropped: true, frames: [] });
  expect(of.listen(FOLLOWER, FOLLOWER_TOKEN).dropped).toBe(false);
  of.time.pass(10);
  expect(of.simulator.streams.open(FOLLOWER)).toBe(1);
});

test("a dead token is dropped after ten milliseconds, with five bytes before it when so switched", () => {
  const of = testWorld({ dialect: { deadStream: "five-bytes" } });
  of.admin("token", { clientId: FOLLOWER });
  const refused = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.time.pass(10);
  expect(refused.dropped).toBe(true);
  expect(refused.frames).toEqual([Uint8Array.from([5, 0, 0, 0, 0])]);
});

test("frames come with capitalised keys, or in both casings at once, or without a correlation id", () => {
  const of = testWorld({ dialect: { casing: "pascal", correlationId: "absent" } });
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.call("POST", "/v2/orders", orderBody({ correlationId: "one" }));
  of.time.pass(1);
  of.admin("dialect", { casing: "mixed", correlationId: "present" });
  of.call("POST", "/v2/orders", orderBody({ correlationId: "two" }));
  of.time.pass(1);
  const [pascal, mixed] = stream.frames.map((frame) => JSON.parse(String(frame)).Data);
  expect(pascal).toMatchObject({ Status: "Pending", OrderType: "LMT", RefLtp: 120.5 });
  expect(Object.keys(pascal)).not.toContain("CorrelationId");
  expect(Object.keys(pascal).filter((key) => /^[a-z]/.test(key))).toEqual([]);
  expect(mixed).toMatchObject({ CorrelationId: "two", refLtp: 120.5, RefLtp: 120.5, series: "XX" });
});

test.each(["Part_Traded", "Traded", "Pending"] as const)("the word for a partial fill can be %s", (partialFill) => {
  const of = testWorld({ dialect: { partialFill, transitFrames: "sent" } });
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.call("POST", "/v2/orders", orderBody({ quantity: 150 }));
  of.time.pass(1);
  of.admin("fill", { clientId: FOLLOWER, correlationId: "cp-7f3a91-01", quantity: 75 });
  const told = stream.frames.map((frame) => JSON.parse(String(frame)).Data);
  expect(told.map((data) => data.status)).toEqual(["Transit", "Pending", partialFill]);
  expect(told[2]).toMatchObject({ tradedQty: 75, remainingQuantity: 75 });
});

test("a frame can be sent with members replaced or left out, or exactly as written", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.call("POST", "/v2/orders", orderBody());
  of.time.pass(1);
  const order = { clientId: FOLLOWER, correlationId: "cp-7f3a91-01" };
  of.admin("frame", { ...order, members: { orderNo: null, orderType: "GTX" } });
  of.admin("raw-frame", { clientId: FOLLOWER, text: "429 too many requests" });
  of.admin("raw-frame", { clientId: FOLLOWER, hex: "00ff" });
  const altered = JSON.parse(String(stream.frames[1])).Data;
  expect(altered).toMatchObject({ status: "Pending", orderType: "GTX", securityId: "37806" });
  expect(altered).not.toHaveProperty("orderNo");
  expect(stream.frames.slice(2)).toEqual(["429 too many requests", Uint8Array.from([0, 255])]);
  expect(of.simulator.streams.sent(FOLLOWER).map((frame) => frame.streams)).toEqual([1, 1, 1, 1]);
});
