/** The demonstration goes on when the copier knows what the exchange knows, as far as anybody can. */
import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemTimers } from "../../src/adapters/system/timers.ts";
import { CALL_23000 } from "../../src/main/demo/contracts.ts";
import { Director } from "../../src/main/demo/director.ts";
import { CLIENT_IDS } from "../../src/main/demo/players.ts";
import { openStage } from "../../src/main/demo/stage.ts";
import { place, price } from "../../src/main/demo/step.ts";

const PLENTY = 100_000_000;

test("R2 a market order of which a book has told before the exchange had it is known as one, and the limit at which it rests is the broker's", {
  timeout: 60_000,
}, async () => {
  const stage = await openStage({
    clock: systemClock,
    timers: systemTimers,
    observer: { recorded: () => undefined, noted: () => undefined },
    seed: 7,
    market: { matching: "manual" },
    funds: { meera: PLENTY, arjun: PLENTY, kabir: PLENTY, zoya: PLENTY },
  });
  onTestFinished(async () => {
    await stage.close();
    rmSync(stage.folder.path, { recursive: true, force: true });
  });
  await stage.startCopier();
  const director = new Director(stage, { aside: () => undefined, setback: "fails" });
  await director.play([
    price(CALL_23000, 120),
    { do: "transit", of: "arjun", state: "hold" },
    place("market", { side: "BUY", contract: CALL_23000, lots: 8, type: "MARKET" }),
    { do: "await-copy", order: "market", at: "arjun" },
    // His book is read when the stream is back.
    { do: "cut-stream", of: "arjun" },
    { do: "wait", ms: 3_000 },
    { do: "transit", of: "arjun", state: "release" },
  ]);
  const [copy] = stage.simulator.exchange.ledger.books(CLIENT_IDS.arjun)?.orders() ?? [];
  expect(copy).toMatchObject({ status: "PENDING", terms: { type: "LIMIT" } });
});
