/** Each size is told with its arithmetic, in words: the sentences of `COPIED` and of what was too small (R14, R15, S35). */
import { expect, test } from "vitest";
import { ratio } from "../../src/domain/ratio.ts";
import { FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, world } from "./world.ts";

const SELL = { transactionType: "SELL", orderType: "MARKET", price: 0 } as const;
const small = (changes: Partial<{ readonly minLots: number; readonly maxLots: number }> = {}): PolicyChanges => ({
  sizing: { mode: "ratio", ratio: ratio(1, 2), rounding: "down", ...changes },
});

const started = (changes: PolicyChanges = {}): Promise<World> => world({ copies: [policyOf("copy", changes)] });

/** The last sentence that tells a size. */
function told(w: World): string | undefined {
  const sizes = w.records().flatMap((record) => (record.type === "verdict-given" && /COPIED|BELOW/.test(record.verdict.code) ? [record.verdict.sentence] : []));
  return sizes.at(-1);
}

async function bought(w: World, leaderUnits: number, followerUnits?: number): Promise<void> {
  const entry = w.leader({ quantity: leaderUnits });
  await w.time.pass(500);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, ...(followerUnits === undefined ? {} : { quantity: followerUnits }) });
  await w.time.pass(1_500);
}

test("S35 an entry: the leader's lots, the ratio, the rounding, and the bounds", async () => {
  for (const [changes, quantity, sentence] of [
    [{}, 150, "2 lots x 0.5 = 1, down: 1 lot, 75 units, one slice"],
    [{}, 75, "1 lot x 0.5 = 0.5, down: 0 lots: below one lot"],
    [small({ maxLots: 3 }), 1_500, "20 lots x 0.5 = 10, down: 10 lots, capped by maxLots: 3 lots, 225 units, one slice"],
    [small({ minLots: 2 }), 150, "2 lots x 0.5 = 1, down: 1 lot: below minLots 2"],
    [
      { sizing: { mode: "lots", lots: 2, rounding: "down" } },
      300,
      "2 lots for the leader's first 4 are 0.5; 4 lots x 0.5 = 2, down: 2 lots, 150 units, one slice",
    ],
    [{ sizing: { mode: "ratio", ratio: ratio(999_999, 1_000_000), rounding: "down" } }, 75, "1 lot x 0.999999 = 0.999999, down: 0 lots: below one lot"],
  ] as const) {
    const w = await started(changes);
    w.leader({ quantity });
    await w.time.pass(500);
    expect(told(w)).toBe(sentence);
  }
});

test("R14 an exit: its part of the leader's position, what the copy has, the rounding", async () => {
  for (const [quantity, sentence] of [
    [300, "exit of all of the leader's 300 units: all that the copy has, 2 lots, 150 units, one slice"],
    [150, "exit of 150 of the leader's 300 units, 0.5: the copy's 2 lots x 0.5 = 1, down: 1 lot, 75 units, one slice"],
    [225, "exit of 225 of the leader's 300 units, 0.75: the copy's 2 lots x 0.75 = 1.5, down: 1 lot, 75 units, one slice"],
    [75, "exit of 75 of the leader's 300 units, 0.25: the copy's 2 lots x 0.25 = 0.5, down: 0 lots: below one lot; what the copy has goes with a later exit"],
    [
      600,
      "stop and reverse of the leader's 300; exit: all that the copy has, 150 units; entry: 4 lots x 0.5 = 2, down: 2 lots, 150 units; in one order 300 units, one slice",
    ],
  ] as const) {
    const w = await started();
    await bought(w, 300);
    w.leader({ ...SELL, quantity });
    await w.time.pass(1_500);
    expect(told(w)).toBe(sentence);
  }
});

test("R14 an exit of more than the follower has filled says how much of it is there", async () => {
  const w = await started();
  await bought(w, 600, 150);
  w.leader({ ...SELL, quantity: 450, orderType: "LIMIT", price: 119 });
  await w.time.pass(1_500);
  expect(told(w)).toBe(
    "exit of 450 of the leader's 600 units, 0.75: the copy's 4 lots x 0.75 = 3, down: 3 lots, 225 units; 150 are there to be exited now: 150 units, one slice",
  );
});

test("R15 of a stop and reverse whose entry is refused the exit part is told", async () => {
  const w = await started();
  await bought(w, 300);
  w.command("halt");
  w.leader({ ...SELL, quantity: 600 });
  await w.time.pass(1_500);
  expect(told(w)).toBe("stop and reverse of the leader's 300; exit: all that the copy has, 150 units; without the entry: 150 units, one slice");
});

test("S35 an entry that rests is withdrawn when the leader makes his too small for a lot of it, and that is told (seed 12030)", async () => {
  const w = await started();
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 75 });
  await w.time.pass(1_000);
  expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  expect(told(w)).toBe("1 lot x 0.5 = 0.5, down: 0 lots: below one lot");
  w.admin("fill", { clientId: LEADER, orderId: order });
  await w.time.pass(2_000);
  expect(w.verdicts()).toEqual(["COPIED", "BELOW_ONE_LOT"]);
});
