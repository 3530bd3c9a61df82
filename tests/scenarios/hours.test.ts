/** Entries outside market hours (R22). A calendar of the user's own sets today closed or open, whatever the real day and hour are. */
import { describe, expect, test } from "vitest";
import { calendarWith, pastTheLastMinute, type Today } from "../processes/support/closed-calendar.ts";
import { setStage } from "../processes/support/stage.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 150_000 };

/** One entry of the leader's; answers what the follower's broker received, and what `explain` says. */
async function entryOn(today: Today, marketClosed: "warn" | "refuse") {
  await using stage = await setStage({ copy: { marketClosed }, top: (folder) => ({ calendar: calendarWith(today, folder) }) });
  const order = await stage.leader.places({ quantity: 150, price: 120.5 });
  const told = await until("the order has a verdict", async () => {
    const verdicts = (await stage.copier.explains(order)).copies[0]?.verdicts ?? [];
    const isDone = verdicts.some(({ code }) => code === "MARKET_CLOSED" || code === "COPIED");
    return isDone ? verdicts : undefined;
  });
  const calls = await stage.follower.orderCalls();
  return { calls: calls.map(({ method, body }) => [method, body["quantity"], body["afterMarketOrder"] ?? false]), verdicts: told };
}

describe.each([
  ["S30", "a Saturday", "closed all day"],
  ["S31", "a weekday after the close", "closed by now"],
] as const)("%s %s", (id, _, today) => {
  test(`${id} marketClosed: warn: one POST, and a warning in the verdict`, LIMIT, async () => {
    const { calls, verdicts } = await entryOn(today, "warn");
    expect(calls).toEqual([["POST", 75, false]]);
    expect(verdicts.map(({ code }) => code)).toEqual(expect.arrayContaining(["COPIED", "SENT_WHILE_CLOSED"]));
    expect(verdicts.find(({ code }) => code === "SENT_WHILE_CLOSED")?.sentence).toMatch(
      /NSE_FNO (is closed|trades) .* set by a test; the entry is sent all the same/,
    );
  });

  test(`${id} marketClosed: refuse: nothing, and the reason is stored`, LIMIT, async () => {
    const { calls, verdicts } = await entryOn(today, "refuse");
    expect(calls).toEqual([]);
    expect(verdicts.map(({ code }) => code)).toEqual(["MARKET_CLOSED"]);
  });
});

test.each(["warn", "refuse"] as const)("S32 within hours, marketClosed: %s: one POST and no warning", LIMIT, async (marketClosed) => {
  await pastTheLastMinute();
  const { calls, verdicts } = await entryOn("open", marketClosed);
  expect(calls).toEqual([["POST", 75, false]]);
  expect(verdicts.map(({ code }) => code)).toEqual(["COPIED"]);
});
