/** When the breaker opens, what it lets go as a try, and what closes it (R21, R22). */
import { describe, expect, test } from "vitest";
import { clientId, correlationId, orderId } from "../identity.ts";
import { type MirrorKey, mirrorKey } from "../mirror/mirror.ts";
import { LIMIT } from "../order/example.ts";
import type { RefusalCode } from "../order/refusal.ts";
import type { RequestAnswered, RequestOutcome } from "../records.ts";
import { unixMs } from "../time.ts";
import { afterAnswer, afterIntent, afterRestart, type Breaker, CLOSED, stateAt } from "./breaker.ts";

const FOLLOWER = clientId("1000000002");
const key = (cause: string): MirrorKey => mirrorKey({ leader: clientId("1000000001"), follower: FOLLOWER, cause: orderId(cause) });
const [A, B] = [key("1"), key("2")];

const TAKEN: RequestOutcome = { outcome: "accepted", orderId: orderId("75001") };
const LOST: RequestOutcome = { outcome: "unknown", because: "timeout: no answer in 3 s" };
const UNSENT: RequestOutcome = { outcome: "not-sent", cause: "connection refused" };
const refused = (code: RefusalCode): RequestOutcome => ({ outcome: "refused", refusal: { code, brokerSaid: code } });

type Asked = RequestAnswered["request"];

function answer(breaker: Breaker, atMs: number, result: RequestOutcome, mirror = A, request: Asked = "placement"): Breaker {
  return afterAnswer(breaker, { type: "request-answered", at: unixMs(atMs), follower: FOLLOWER, mirror, attempt: 0, request, result, stages: undefined });
}

function intend(breaker: Breaker, atMs: number, mirror = A, request: "placement" | "cancel" = "placement"): Breaker {
  const about = { at: unixMs(atMs), follower: FOLLOWER, mirror, attempt: 0 };
  if (request === "cancel") return afterIntent(breaker, { type: "cancel-intended", ...about, orderId: orderId("75001") });
  const mark = correlationId("lks0123456789abcdef000000");
  return afterIntent(breaker, {
    type: "placement-intended",
    ...about,
    correlationId: mark,
    executing: false,
    afterMarket: false,
    terms: LIMIT,
    follows: LIMIT,
  });
}

function lost(times: number): Breaker {
  let breaker = CLOSED;
  for (let count = 0; count < times; count += 1) breaker = answer(breaker, count, LOST, key(`lost ${count}`));
  return breaker;
}

describe("opens", () => {
  test("with the third order in a row that had no answer, whatever was asked of it", () => {
    expect(lost(2)).toMatchObject({ state: "closed", failed: new Set([key("lost 0"), key("lost 1")]) });
    expect(lost(3)).toMatchObject({ state: "open", retryAt: 5_002, failedTries: 0, trying: undefined });
    expect(answer(lost(2), 5, LOST, B, "cancel").state).toBe("open");
  });

  test("with the first refusal for the address: every other request would be refused as well", () => {
    expect(answer(CLOSED, 0, refused("ADDRESS_NOT_ALLOWED"))).toMatchObject({ state: "open", retryAt: 1_000, refused: new Set([A]) });
  });

  test("with the third order in a row without access, and not with one in a segment that is not active, however often it is tried", () => {
    let breaker = CLOSED;
    for (let count = 0; count < 10; count += 1) breaker = answer(breaker, count, refused("NO_ACCESS"));
    expect(breaker.state).toBe("closed");
    expect(answer(answer(breaker, 20, refused("NO_ACCESS"), B), 21, refused("NO_ACCESS"), key("3"))).toMatchObject({ state: "open", refused: new Set() });
  });

  test.each([TAKEN, refused("MARGIN_SHORT"), refused("MARKET_CLOSED"), refused("ORDER_REFUSED")])(
    "and an answer to the order begins the count anew: $outcome",
    (result) => {
      expect(answer(lost(2), 9, result)).toEqual(CLOSED);
    },
  );

  test.each([UNSENT, refused("TOKEN_DEAD"), refused("RATE_LIMIT")])("never by what has a state of its own, and that is no answer either: %o", (result) => {
    expect(answer(lost(2), 9, result)).toEqual(lost(2));
  });
});

describe("while it is open", () => {
  test("it is half open from the end of the pause until the answer of the try", () => {
    const open = lost(3);
    expect([stateAt(CLOSED, unixMs(0)), stateAt(open, unixMs(5_001)), stateAt(open, unixMs(5_002))]).toEqual(["closed", "open", "half-open"]);
    const trying = intend(open, 5_002);
    expect(stateAt(trying, unixMs(5_500))).toBe("half-open");
    expect(stateAt(answer(trying, 8_000, LOST), unixMs(8_001))).toBe("open");
  });

  test("the first placement after the pause is the try, and no request before or beside it", () => {
    const open = lost(3);
    expect(intend(open, 5_001)).toBe(open);
    const trying = intend(open, 5_002, B);
    expect(trying).toMatchObject({ trying: B });
    expect(intend(trying, 5_003, A)).toBe(trying);
  });

  test("where placements had no answer a cancel tells nothing of them; where the account was refused, any request tells", () => {
    expect(intend(lost(3), 6_000, A, "cancel")).toMatchObject({ trying: undefined });
    expect(answer(lost(3), 100, TAKEN, A, "cancel").state).toBe("open");
    const unable = answer(CLOSED, 0, refused("ADDRESS_NOT_ALLOWED"));
    const trying = intend(unable, 1_000, B, "cancel");
    expect(trying).toMatchObject({ trying: B });
    expect(answer(trying, 1_050, TAKEN, B, "cancel")).toEqual(CLOSED);
  });

  test("the pause is twice as long after each try that failed, up to fifteen seconds; what fails beside the try changes nothing of it", () => {
    let breaker = answer(CLOSED, 0, refused("ADDRESS_NOT_ALLOWED"));
    const pauses: number[] = [];
    for (let now = 1_000, round = 0; round < 6; round += 1) {
      breaker = answer(intend(breaker, now), now, refused("ADDRESS_NOT_ALLOWED"));
      if (breaker.state !== "open") return expect.fail("it closed");
      const { retryAt } = breaker;
      pauses.push(retryAt - now);
      breaker = answer(breaker, now + 1, refused("ADDRESS_NOT_ALLOWED"), B);
      expect(breaker).toMatchObject({ retryAt, refused: new Set([A, B]) });
      now = retryAt;
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  test("a try that could not be written is made again after a second", () => {
    expect(answer(intend(lost(3), 5_002), 5_010, UNSENT)).toMatchObject({ state: "open", failedTries: 0, retryAt: 6_010, trying: undefined });
  });

  test("a placement that is taken closes it, also one that was under way when it opened, and so does a refusal for the order's sake", () => {
    expect(answer(lost(3), 100, TAKEN, B)).toEqual(CLOSED);
    expect(answer(intend(lost(3), 5_002), 5_010, refused("MARGIN_SHORT"))).toEqual(CLOSED);
  });

  test("a restart forgets the try, and nothing else", () => {
    expect(afterRestart(intend(lost(3), 5_002))).toEqual(lost(3));
    expect(afterRestart(lost(2))).toEqual(lost(2));
  });
});
