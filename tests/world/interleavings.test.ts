/**
 * Any interleaving of what the leader does, what the exchange does to either side, lost answers and crashes ends with the
 * follower where the leader is, scaled; or with a refusal, an orphan or a drift on record. Judged from the simulator's books.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isOpen, leaderGoesFlat, run, type Step, session } from "./session.ts";
import { FOLLOWER } from "./world.ts";

/** Found at random: both alternatives fill at the follower before the cancel, and the order that closes the excess still rests at the end. */
const BOTH_ALTERNATIVES_FILL: readonly (readonly [Step, number])[] = [
  [{ do: "enter", lots: 2, market: false, price: 100 }, 0],
  [{ do: "fill-leader", which: 0, tenths: 1 }, 20],
  [{ do: "cancel", which: 0 }, 0],
  [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
  [{ do: "exit", tenths: 1, kind: "LIMIT" }, 0],
  [{ do: "exit", tenths: 1, kind: "STOP_LOSS" }, 1_100],
  [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
  [{ do: "fill-follower", which: 0, tenths: 1 }, 0],
  [{ do: "fill-leader", which: 0, tenths: 1 }, 0],
];

test("R16 two alternatives that fill together leave one order open, which closes what they sold too much", async () => {
  const w = await run(BOTH_ALTERNATIVES_FILL);
  expect(w.net(FOLLOWER)).toBe(-75);
  expect(w.orders(FOLLOWER).filter(isOpen)).toMatchObject([{ transactionType: "BUY", quantity: 75 }]);
  expect(w.verdicts()).toContain("ALTERNATIVES_CLOSED");
});

test("I1 I3 I4 I5 I8 any interleaving converges, and the fold of the journal is the state in memory", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => void (await run(steps))),
    { numRuns: Number(process.env["LOCKSTEP_RUNS"] ?? 600), endOnFailure: false },
  );
}, 240_000);

test("R21 where each order may be changed once only, any interleaving converges as well, by orders that take the place of others", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const w = await run(
        steps.filter(([one]) => one.do !== "reject-follower"),
        { modificationsPerOrder: 1 },
      );
      await leaderGoesFlat(w);
    }),
    { numRuns: Number(process.env["LOCKSTEP_RUNS"] ?? 200), endOnFailure: false },
  );
}, 240_000);

test("R14 whatever happened, a full exit that the follower fills leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const w = await run(steps.filter(([one]) => one.do !== "reject-follower"));
      await leaderGoesFlat(w);
    }),
    { numRuns: Number(process.env["LOCKSTEP_RUNS"] ?? 300), endOnFailure: false },
  );
}, 240_000);
