/** Notices on their way through one channel, which may be slow, dead or choosy: nothing else ever waits for it. */
import { describe, expect, test } from "vitest";
import { unixMs } from "../../src/domain/time.ts";
import type { Notice } from "../../src/faces/alerts/alert.ts";
import { AGE_MAX_MS, BACKOFF_MAX_MS, type Channel, Delivery, type Sent, WAITING_MAX } from "../../src/faces/alerts/delivery.ts";
import { TELEGRAM_CHARACTERS_MAX, telegramText, webhookBody } from "../../src/faces/alerts/message.ts";
import { VirtualTime } from "../world/virtual-time.ts";

const TAKEN: Sent = { taken: true, status: 200 };
const DEAD: Sent = { taken: false, said: "ECONNREFUSED", isFinal: false, retryAfterMs: undefined };

function line({ pack = webhookBody, paceMs = 0 }: Partial<Pick<Channel, "pack" | "paceMs">> = {}) {
  const time = new VirtualTime("2026-11-20 10:15:00");
  const sent: { readonly at: number; readonly payload: string }[] = [];
  const said: string[] = [];
  const state = { answer: (): Sent | Promise<Sent> => TAKEN };
  const channel: Channel = {
    name: "a channel",
    paceMs,
    pack,
    send: async (payload) => {
      sent.push({ at: time.elapsed(), payload });
      return state.answer();
    },
  };
  const delivery = new Delivery({
    channel,
    clock: time,
    timers: time,
    failed: (name, why) => said.push(`${name} fails: ${why}`),
    works: (name, lost) => said.push(`${name} works, ${lost} lost`),
  });
  const add = (number: number, message = "it happened") => delivery.add(notice(time, number, message));
  const orders = () => sent.map(({ payload }) => JSON.parse(payload).order);
  return { time, sent, said, state, delivery, add, orders };
}

function notice(time: VirtualTime, number: number, message: string): Notice {
  const at = time.now();
  const alert = {
    severity: "warning",
    code: "ORPHAN",
    account: "arjun",
    copy: "meera-arjun",
    order: String(number),
    message,
    since: at,
    lastAt: at,
    count: 1,
  } as const;
  return { state: "raised", at, alert };
}

describe("a channel that is dead", () => {
  test("is tried again with growing pauses, told once, and gets everything in order when it is back", async () => {
    const { time, sent, said, state, add, orders } = line();
    state.answer = () => DEAD;
    add(1);
    add(2);
    await time.pass(10 * 60_000);
    const pauses = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
    expect(pauses.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(Math.max(...pauses)).toBe(BACKOFF_MAX_MS);
    expect(said).toEqual(["a channel fails: ECONNREFUSED"]);
    state.answer = () => TAKEN;
    await time.pass(BACKOFF_MAX_MS);
    expect(orders().slice(-2)).toEqual(["1", "2"]);
    expect(said.slice(1)).toEqual(["a channel works, 0 lost"]);
  });

  test("keeps the newest, and the first that is delivered says how many were lost", async () => {
    const { time, sent, state, add, orders } = line();
    state.answer = () => DEAD;
    for (let number = 1; number <= WAITING_MAX + 50; number += 1) add(number);
    state.answer = () => TAKEN;
    await time.pass(BACKOFF_MAX_MS);
    const delivered = sent.slice(1).map(({ payload }) => JSON.parse(payload));
    expect(orders().slice(1)).toEqual(Array.from({ length: WAITING_MAX }, (_, index) => String(index + 51)));
    expect(delivered.slice(0, 2).map(({ lost }) => lost)).toEqual([50, 0]);
  });

  test("is not told old news: after an hour it is let go of", async () => {
    const { time, state, add, orders, sent } = line();
    state.answer = () => DEAD;
    add(1);
    await time.pass(AGE_MAX_MS + 1);
    state.answer = () => TAKEN;
    add(2);
    await time.pass(BACKOFF_MAX_MS);
    expect(orders().at(-1)).toBe("2");
    expect(JSON.parse(sent.at(-1)?.payload ?? "").lost).toBe(1);
  });

  test("holds up the end for the grace and no longer", async () => {
    const { time, state, add, delivery, sent } = line();
    state.answer = () => DEAD;
    add(1);
    let ended = false;
    const end = delivery.end(1_500).then(() => {
      ended = true;
    });
    await time.pass(1_499);
    expect(ended).toBe(false);
    await time.pass(1);
    await end;
    const tried = sent.length;
    await time.pass(600_000);
    expect(sent).toHaveLength(tried);
  });
});

test("a channel that never answers takes no second delivery meanwhile", async () => {
  const { time, state, add, sent } = line();
  state.answer = () => new Promise(() => undefined);
  for (let number = 1; number <= 5; number += 1) add(number);
  await time.pass(600_000);
  expect(sent).toHaveLength(1);
});

test("what a channel will never take is let go of, and the next goes", async () => {
  const { time, state, add, orders, sent } = line();
  state.answer = () => ({ taken: false, said: "HTTP 400", isFinal: true, retryAfterMs: undefined });
  add(1);
  await time.pass(0);
  state.answer = () => TAKEN;
  add(2);
  await time.pass(5_000);
  expect(orders()).toEqual(["1", "2"]);
  expect(JSON.parse(sent[1]?.payload ?? "").lost).toBe(1);
});

describe("a chat", () => {
  test("gets one message a second; what waits meanwhile is joined", async () => {
    const { time, sent, add } = line({ pack: telegramText, paceMs: 1_000 });
    for (let number = 1; number <= 30; number += 1) add(number);
    await time.pass(5_000);
    expect(sent.map(({ at }) => at)).toEqual([0, 1_000]);
    expect(sent[1]?.payload.match(/WARNING ORPHAN/g)).toHaveLength(29);
  });

  test("waits as long as it is told to", async () => {
    const { time, sent, state, add } = line({ pack: telegramText, paceMs: 1_000 });
    state.answer = () => ({ taken: false, said: "HTTP 429", isFinal: false, retryAfterMs: 37_000 });
    add(1);
    await time.pass(36_999);
    expect(sent).toHaveLength(1);
    await time.pass(1);
    expect(sent).toHaveLength(2);
  });

  test("never gets more than a message holds, of one long notice or of many", () => {
    const time = new VirtualTime("2026-11-20 10:15:00");
    const long = telegramText([notice(time, 1, "x".repeat(10_000))], 0);
    expect([long.payload.length, long.notices]).toEqual([TELEGRAM_CHARACTERS_MAX, 1]);
    const [first, ...others] = Array.from({ length: 100 }, (_, index) => notice(time, index, "y".repeat(200)));
    if (first === undefined) throw new Error("there are a hundred");
    const many = telegramText([first, ...others], 3);
    expect(many.payload.length).toBeLessThanOrEqual(TELEGRAM_CHARACTERS_MAX);
    expect(many.notices).toBeGreaterThan(10);
    expect(many.payload.startsWith("3 earlier alerts could not be delivered")).toBe(true);
  });

  test("reads what happened where and when, and that it is over", () => {
    const at = unixMs(Date.parse("2026-11-20T10:15:02+05:30"));
    const alert = { severity: "critical", code: "TOKEN_DEAD", account: "arjun", message: "the access token is dead", since: at, lastAt: at, count: 1 } as const;
    expect(
      telegramText(
        [
          { state: "raised", at, alert },
          { state: "over", at, alert },
        ],
        0,
      ).payload,
    ).toBe("CRITICAL TOKEN_DEAD arjun (10:15:02)\nthe access token is dead\n\nOVER: CRITICAL TOKEN_DEAD arjun (10:15:02)\nthe access token is dead");
  });
});

test("a webhook's body has every member, null where there is none", () => {
  const at = unixMs(Date.parse("2026-11-20T10:15:02.417+05:30"));
  const alert = { severity: "critical", code: "JOURNAL_BROKEN", message: "the journal can't be written", since: at, lastAt: at, count: 2 } as const;
  expect(JSON.parse(webhookBody([{ state: "raised", at, alert }], 0).payload)).toEqual({
    severity: "critical",
    code: "JOURNAL_BROKEN",
    account: null,
    copy: null,
    order: null,
    message: "the journal can't be written",
    at: "2026-11-20T10:15:02.417+05:30",
    state: "raised",
    since: "2026-11-20T10:15:02.417+05:30",
    count: 2,
    lost: 0,
  });
});
