/** Leaders of the sessions who convert positions do nothing of which no copier could know what it makes of their orders (docs/proof.md). */
import { expect, test, vi } from "vitest";
import { isFinal, type Order } from "../../src/simulator/exchange/order.ts";
import { Converter } from "./workload/converter.ts";
import { hoursOf } from "./workload/hours.ts";
import { MemoryMedium } from "./world/medium.ts";
import { CONVERTED_CONTRACT, openStage, type Stage } from "./world/stage.ts";

/** To which leaders convert first. */
const PRODUCT = "MARGIN";
const MOMENTS = 60;
const STEPS_OF_A_MOMENT = 10;
/** Whatever has been ordered in a moment is at the exchange after it, and not before. */
const MOMENT_MS = 500;

const ENOUGH_TIME = { timeout: 60_000 };

function salesOf({ world }: Stage, leader: string): readonly Order[] {
  const orders = world.simulator.exchange.ledger.books(leader)?.orders() ?? [];
  return orders.filter(
    ({ listing, contracted, status }) =>
      listing.securityId === CONVERTED_CONTRACT.securityId && contracted.side === "SELL" && contracted.product === PRODUCT && !isFinal(status),
  );
}

test("R14 while no copier runs, no leader converts back from under a sale of his, in transit or at rest (seeds 66475, 164047)", ENOUGH_TIME, async () => {
  const stage = await openStage(164047, hoursOf(164047, false), new MemoryMedium());
  await stage.world.crash();
  const converter = new Converter(stage);
  const converted = vi.spyOn(stage.auditor, "converted");
  let [back, inTransit] = [0, 0];
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    for (let step = 0; step < STEPS_OF_A_MOMENT; step += 1) {
      converter.step();
      inTransit += stage.cast.leaders.filter((leader) => salesOf(stage, leader).some(({ status }) => status === "TRANSIT")).length;
      for (const [{ account, from }] of converted.mock.calls) {
        if (from !== PRODUCT || !stage.cast.leaders.includes(account)) continue;
        back += 1;
        expect(salesOf(stage, account)).toEqual([]);
      }
      converted.mockClear();
    }
    await stage.world.time.pass(MOMENT_MS);
    converter.withdrawAll();
  }
  expect(Math.min(back, inTransit)).toBeGreaterThan(0);
});
