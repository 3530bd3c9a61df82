/** S27, S28 and S29 of docs/scenarios.md: ten order requests a second for each account, as its broker sees them arrive (R21). */
import { expect, test } from "vitest";
import { z } from "zod";
import type { CopierProcess } from "../processes/support/copier-process.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import type { OrderCall, Trader } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 90_000 };
const PER_SECOND = 10;
const accounts = z.array(z.object({ clientId: z.string(), refusedForRate: z.number() }));

interface Placed {
  readonly order: string;
  readonly price: number;
}

/** So many orders, each at a price of its own. */
async function places(leader: Trader, count: number, from: number): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  for (let price = from; price < from + count; price += 1) placed.push({ order: await leader.places({ quantity: 150, price }), price });
  return placed;
}

/** By `explain` too each has become one copy, and nothing else. */
async function expectCopied(copier: CopierProcess, placed: readonly Placed[]): Promise<void> {
  for (const { order } of placed) {
    const { copies } = await copier.explains(order);
    expect(copies.map(({ verdicts }) => verdicts.map(({ code }) => code))).toEqual([["COPIED"]]);
  }
}

function arrivals(follower: Trader, count: number): Promise<readonly OrderCall[]> {
  return until(`${count} requests have arrived`, async () => {
    const calls = await follower.orderCalls();
    return calls.length >= count && calls.every(({ outcome }) => outcome !== undefined) ? calls : undefined;
  });
}

/** Of any eleven requests in a row the last came a full second after the first. */
function expectWithinLimit(calls: readonly OrderCall[]): void {
  for (const [index, { arrivedAt }] of calls.entries()) {
    const eleventh = calls[index + PER_SECOND];
    if (eleventh !== undefined) expect(eleventh.arrivedAt - arrivedAt).toBeGreaterThanOrEqual(1_000);
  }
}

test("S27 ten leader orders within 200 ms: ten POSTs, and none waits for a window", LIMIT, async () => {
  await using stage = await setStage();
  await untilStartSecondIsOver(stage.copier);
  const placed = await places(stage.leader, 10, 100);
  const calls = await arrivals(stage.follower, 10);
  expect(calls.map(({ method, body }) => [method, body["price"]])).toEqual(placed.map(({ price }) => ["POST", price]));
  expect((calls.at(-1)?.arrivedAt ?? 0) - (calls[0]?.arrivedAt ?? 0)).toBeLessThan(1_000);
  await expectCopied(stage.copier, placed);
});

test("S28 fifteen leader orders within 200 ms against ten a second: fifteen POSTs in his order, at most ten in any second, no 429", LIMIT, async () => {
  await using stage = await setStage();
  await untilStartSecondIsOver(stage.copier);
  const placed = await places(stage.leader, 15, 100);
  const calls = await arrivals(stage.follower, 15);
  expect(calls.map(({ method, body, outcome }) => [method, body["price"], outcome])).toEqual(placed.map(({ price }) => ["POST", price, 200]));
  expectWithinLimit(calls);
  expect(accounts.parse(await stage.broker.view("accounts")).every(({ refusedForRate }) => refusedForRate === 0)).toBe(true);
  await expectCopied(stage.copier, placed);
});

test("S29 two leaders copied to one follower, both busy: the one account's budget holds over both", LIMIT, async () => {
  const sizing = { mode: "ratio", ratio: 0.5 };
  await using stage = await setStage({
    followers: 2,
    copies: ["meera", "kabir"].map((leader) => ({ id: `${leader}-arjun`, leader, follower: "arjun", sizing })),
  });
  await untilStartSecondIsOver(stage.copier);
  const [ofMeera, ofKabir] = await Promise.all([places(stage.leader, 12, 100), places(stage.broker.trader("kabir"), 12, 200)]);
  const calls = await arrivals(stage.follower, 24);
  expectWithinLimit(calls);
  const prices = calls.map(({ body }) => Number(body["price"]));
  expect(prices.filter((price) => price < 200)).toEqual(ofMeera.map(({ price }) => price));
  expect(prices.filter((price) => price >= 200)).toEqual(ofKabir.map(({ price }) => price));
  expect(accounts.parse(await stage.broker.view("accounts")).every(({ refusedForRate }) => refusedForRate === 0)).toBe(true);
  await expectCopied(stage.copier, [...ofMeera, ...ofKabir]);
});
