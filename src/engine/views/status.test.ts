/** Each mirror has one word in the status of its copy. */
import { expect, test } from "vitest";
import { correlationFor } from "../../domain/correlation.ts";
import { clientId, orderId } from "../../domain/identity.ts";
import { evolve, type MirrorEvent } from "../../domain/mirror/evolve.ts";
import { MIRROR } from "../../domain/mirror/example.ts";
import type { Mirror } from "../../domain/mirror/mirror.ts";
import { frame, LIMIT, second } from "../../domain/order/example.ts";
import { firstKnown } from "../../domain/order/known.ts";
import type { OrderReport } from "../../domain/order/report.ts";
import { quantity } from "../../domain/quantity.ts";
import { verdict } from "../../domain/verdict.ts";
import { mirrorState } from "./status.ts";

const about = { follower: MIRROR.follower, mirror: MIRROR.key };
const HALF = { ...LIMIT, quantity: quantity(75) };
const ORDER = orderId("212611200009");
const correlationId = correlationFor(MIRROR.stem, { slice: 0, attempt: 0 });

const PLACED: MirrorEvent = {
  type: "placement-intended",
  at: second(1),
  ...about,
  attempt: 0,
  correlationId,
  executing: false,
  afterMarket: false,
  terms: HALF,
  follows: LIMIT,
};
const answered = (result: Extract<MirrorEvent, { type: "request-answered" }>["result"]): MirrorEvent => ({
  type: "request-answered",
  at: second(2),
  ...about,
  attempt: 0,
  request: "placement",
  result,
  stages: undefined,
});
const ACCEPTED = answered({ outcome: "accepted", orderId: ORDER });
const shown = (part: Partial<OrderReport>): MirrorEvent => ({
  type: "follower-order-reported",
  at: second(3),
  report: frame(3, { clientId: clientId("1000000002"), orderId: ORDER, correlationId, terms: HALF, ...part }),
});
const CHANGING: MirrorEvent = { type: "modification-intended", at: second(4), ...about, attempt: 0, orderId: ORDER, terms: LIMIT, follows: LIMIT };

const after = (...events: readonly MirrorEvent[]): Mirror => events.reduce(evolve, MIRROR);
const stateAgainst = (leader: Partial<OrderReport>, mirror: Mirror) =>
  mirrorState(mirror, { orders: new Map([[MIRROR.cause, { known: firstKnown(frame(0, leader)), flattened: false, endedAt: undefined }]]) });

test.each([
  ["nothing is sent yet", "waiting", after()],
  ["the placement is on its way", "inFlight", after(PLACED)],
  ["nobody knows whether it arrived", "inDoubt", after(PLACED, answered({ outcome: "unknown", because: "timeout" }))],
  ["it could not be sent", "waiting", after(PLACED, answered({ outcome: "not-sent", cause: "no line" }))],
  ["the broker has received it", "resting", after(PLACED, ACCEPTED)],
  ["the broker shows it", "resting", after(PLACED, ACCEPTED, shown({}))],
  ["it is partly filled", "resting", after(PLACED, ACCEPTED, shown({ status: "PART_TRADED", filled: quantity(25) }))],
  ["a change is on its way", "inFlight", after(PLACED, ACCEPTED, shown({}), CHANGING)],
  ["it is filled", "filled", after(PLACED, ACCEPTED, shown({ status: "TRADED", filled: quantity(75) }))],
  ["it is cancelled", "ended", after(PLACED, ACCEPTED, shown({ status: "CANCELLED" }))],
  ["it is cancelled after a part", "filled", after(PLACED, ACCEPTED, shown({ status: "CANCELLED", filled: quantity(25) }))],
  ["the broker refused it at once", "refused", after(PLACED, answered({ outcome: "refused", refusal: { code: "MARGIN_SHORT", brokerSaid: "no funds" } }))],
  ["the broker refused it afterwards", "refused", after(PLACED, ACCEPTED, shown({ status: "REJECTED", exchangeOrderId: undefined }))],
  [
    "the account takes no orders, and it is tried again",
    "waiting",
    after(PLACED, answered({ outcome: "refused", refusal: { code: "TOKEN_DEAD", brokerSaid: "expired" } })),
  ],
  ["a guard refused it", "refused", { ...MIRROR, refusedFor: LIMIT }],
  ["it is too small", "refused", { ...MIRROR, verdicts: [verdict("BELOW_ONE_LOT", "0 lots")] }],
  ["a guard refused it as it was before a change", "waiting", { ...MIRROR, refusedFor: HALF }],
] as const)("%s: %s", (_, state, mirror) => {
  expect(stateAgainst({}, mirror)).toBe(state);
});

test("what the account did not take is refused once the leader has withdrawn his order", () => {
  const untaken = after(PLACED, answered({ outcome: "refused", refusal: { code: "TOKEN_DEAD", brokerSaid: "expired" } }));
  expect(stateAgainst({ status: "CANCELLED" }, untaken)).toBe("refused");
});

test("nothing was sent before the leader's order ended: ended", () => {
  expect(stateAgainst({ status: "CANCELLED" }, MIRROR)).toBe("ended");
});
