/**
 * Any interleaving of what the leader does, what the exchange does to either side, lost answers and crashes ends with the
 * follower where the leader is, scaled; or with a refusal, an orphan or a drift on record. Judged from the simulator's books.
 */
import fc from "fast-check";
import { test } from "vitest";
import { leaderGoesFlat, run, session, sessionWithHalts } from "./session.ts";

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

test("R23 whatever happens, nothing is opened while entries are halted, and a full exit leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(sessionWithHalts, async (steps) => {
      const w = await run(steps.filter(([one]) => one.do !== "reject-follower"));
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
