/**
 * Any interleaving of what the leader does, what the exchange does to either side, lost answers and crashes ends with the
 * follower where the leader is, scaled; or with a refusal, an orphan or a drift on record. Judged from the simulator's books.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isOpen, run, session } from "./session.ts";
import { FOLLOWER, LEADER } from "./world.ts";

test("I1 I3 I4 I5 I8 any interleaving converges, and the fold of the journal is the state in memory", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => void (await run(steps))),
    { numRuns: Number(process.env["LOCKSTEP_RUNS"] ?? 600), endOnFailure: false },
  );
}, 240_000);

test("R14 whatever happened, a full exit that the follower fills leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const w = await run(steps.filter(([one]) => one.do !== "reject-follower"));
      for (const row of w.orders(LEADER).filter(isOpen)) w.admin("cancel", { clientId: LEADER, orderId: row.orderId });
      await w.time.pass(20_000);
      const net = w.net(LEADER);
      if (net > 0) {
        const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: net, price: 0 });
        await w.time.pass(50);
        w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
      }
      for (let round = 0; round < 6; round += 1) {
        await w.time.pass(5_000);
        for (const row of w.orders(FOLLOWER)) if (isOpen(row)) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
      }
      await w.time.pass(5_000);
      if (net > 0) expect(w.net(FOLLOWER)).toBe(0);
    }),
    { numRuns: Number(process.env["LOCKSTEP_RUNS"] ?? 300), endOnFailure: false },
  );
}, 240_000);
