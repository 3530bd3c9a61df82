/** That the rehearsal walks the whole way, whatever the copy is configured to do: what it misses stays slow, and nobody would notice. */
import { expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { rehearse } from "../../src/main/rehearsal/rehearsal.ts";
import { policyOf } from "./world.ts";

const ALL = { placed: 450, changed: 150, cancelled: 150 };

const capital = { mode: "capital", multiplier: ratio(1, 1), maxRatio: ratio(1, 1), rounding: "carry" } as const;
const gold = {
  kinds: ["future"],
  segments: ["MCX_COMM"],
  products: ["CNC"],
  sides: ["SELL"],
  underlyings: ["GOLD"],
  window: { from: "00:00", to: "00:01" },
} as const;

test.each([
  ["as most are", {}],
  ["of sizes by capital", { sizing: capital }],
  ["of a hundredth, no less than ten lots", { sizing: { mode: "ratio", ratio: ratio(1, 100), rounding: "nearest", minLots: 10 } }],
  ["of other contracts only, at another time", { filter: gold }],
  [
    "that chases, exits orphans and asks nobody for money",
    { onLeaderFilled: { action: "chase", afterMs: 5_000, maxSlippage: { percent: 100 } }, orphan: "exit", margin: "trust" },
  ],
  ["that links nothing and refuses while the market is closed", { basketWindowMs: 0, marketClosed: "refuse", modificationCap: "refuse", lateJoin: "ignore" }],
] as const)("of a copy %s every order is placed, changed and cancelled", async (_, changes) => {
  expect(await rehearse(policyOf("copy", { margin: "check", ...changes }), systemClock, new AbortController().signal)).toEqual(ALL);
});

test("it ends with the copier, at the next order", async () => {
  const life = new AbortController();
  const rehearsed = rehearse(policyOf("copy"), systemClock, life.signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  life.abort();
  expect((await rehearsed).placed).toBeLessThan(ALL.placed);
});
