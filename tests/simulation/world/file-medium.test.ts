/** That a session on a real SQLite file is the session that it is in memory, whatever happens to its disk (R8, R13). */
import { expect, test } from "vitest";
import type { Written } from "../auditor/wire.ts";
import { runSeed } from "../run-seed.ts";
import { FileMedium } from "./file-medium.ts";
import { type Medium, MemoryMedium } from "./medium.ts";

const A_SESSION = { timeout: 120_000 };

/** Every request of a session for an order, and how much its journal holds at the end. */
async function session(seed: number, medium: Medium): Promise<{ readonly writes: readonly Written[]; readonly records: number }> {
  const { broken, stage } = await runSeed(seed, { orders: 20, medium });
  expect(broken).toBeUndefined();
  return { writes: stage.auditor.wire.writes, records: [...stage.disk.reader().read()].length };
}

/** Without the copies of its log, after which a session on a file goes on from one of them. */
function only(file: FileMedium): Medium {
  return {
    open: () => file.open(),
    reader: () => file.reader(),
    crash: () => file.crash(),
    cutPower: (fate, write) => file.cutPower(fate, write),
    lose: () => file.lose(),
    cutAfter: (records, at) => file.cutAfter(records, at),
    remove: () => file.remove(),
  };
}

test.each([
  [16, "a power cut tears a batch and one keeps it, and the journal is lost"],
  [33, "a power cut drops a batch and one keeps it, and the journal is lost"],
  [36, "a power cut tears a batch, the journal is full, and then lost"],
])("R8 R13 the session of seed %i sends the same requests at the same moments on a file as in memory: %s", A_SESSION, async (seed) => {
  const file = new FileMedium(seed);
  expect(await session(seed, only(file))).toEqual(await session(seed, new MemoryMedium()));
  file.remove();
});

test("R8 copies of a session's log, cut at each frame and within it, hold exactly the whole batches before the cut", A_SESSION, async () => {
  const { broken, counts, stage } = await runSeed(50, { orders: 20 });
  stage.medium.remove();
  expect(broken).toBeUndefined();
  expect(counts.of("copy of a log opened")).toBeGreaterThan(20);
});
