/** That the rehearsal walks the whole way, whatever the copy is configured to do: what it misses stays slow, and nobody would notice. */
import { expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { rehearse } from "../../src/main/rehearsal/rehearsal.ts";
import { policyOf } from "./world.ts";

const ALL = { placed: 450, changed: 150, cancelled: 150 };

test.each([
  ["as most are", policyOf("copy", { margin: "check" })],
  [
    "of sizes by capital",
    policyOf("copy", { margin: "check", sizing: { mode: "capital", multiplier: ratio(1, 1), maxRatio: ratio(1, 1), rounding: "carry" } }),
  ],
  [
    "of other contracts only",
    policyOf("copy", { filter: { kinds: ["future"], segments: ["MCX_COMM"], products: ["CNC"], sides: ["SELL"], underlyings: ["GOLD"] } }),
  ],
])("of a copy %s every order is placed, changed and cancelled", async (_, policy) => {
  expect(await rehearse(policy, systemClock)).toEqual(ALL);
});
