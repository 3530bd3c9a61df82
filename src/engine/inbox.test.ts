import { expect, test } from "vitest";
import { clientId, orderId } from "../domain/identity.ts";
import { mirrorKey } from "../domain/mirror/mirror.ts";
import { frame, second } from "../domain/order/example.ts";
import { type Inbound, isUrgent } from "./inbox.ts";

const LEADER = clientId("1000000001");
const FOLLOWER = clientId("1000000002");
const leaders = new Set([LEADER]);
const mirror = mirrorKey({ leader: clientId("1000000001"), follower: clientId("1000000002"), cause: orderId("1") });

test("a leader's report is acted on at once, a follower's waits for company", () => {
  expect(isUrgent({ type: "reported", account: LEADER, report: frame(1), arrived: 0 }, leaders)).toBe(true);
  expect(isUrgent({ type: "reported", account: FOLLOWER, report: frame(1), arrived: 0 }, leaders)).toBe(false);
});

test("a leader's book that an entry waits for is acted on at once", () => {
  expect(isUrgent({ type: "leader-book", account: LEADER, reports: [], proves: [] }, leaders)).toBe(true);
});

test.each<Inbound>([
  { type: "books", account: LEADER, reports: [] },
  { type: "wake", account: LEADER, mirror },
  { type: "pump", account: LEADER },
  { type: "proved", account: LEADER },
  { type: "looked", account: LEADER, mirror, attempt: 0, asked: second(0), askedElapsedMs: 0, answer: "absent", report: undefined },
])("$type is not", (event) => {
  expect(isUrgent(event, leaders)).toBe(false);
});
