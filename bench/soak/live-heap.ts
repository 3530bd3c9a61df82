/**
 * Loaded into the product before it begins (`node --expose-gc --import`): at SIGUSR2 it writes down how large the heap is, collects all garbage,
 * and writes down what is alive, in the heap and outside of it. What resides in memory says little by itself: the collector takes its time.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeHeapSnapshot } from "node:v8";

const file = process.env["SOAK_LIVE_HEAP"];
/** Where a snapshot of the heap is kept each time; not set: none is. */
const snapshots = process.env["SOAK_HEAP_SNAPSHOTS"];
let taken = 0;

process.on("SIGUSR2", () => {
  if (file === undefined || globalThis.gc === undefined) return;
  const { heapTotal } = process.memoryUsage();
  // The second one collects what finalizers of the first let go.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed: alive, external } = process.memoryUsage();
  taken += 1;
  if (snapshots !== undefined) writeHeapSnapshot(join(snapshots, `${taken}.heapsnapshot`));
  writeFileSync(`${file}.new`, JSON.stringify({ heap: heapTotal, outside: external, alive }));
  renameSync(`${file}.new`, file);
});
