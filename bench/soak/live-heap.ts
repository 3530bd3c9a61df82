/**
 * Loaded into the product before it begins (`node --expose-gc --import`): at SIGUSR2 it writes down how large the heap is, collects all garbage,
 * and writes down what is alive. What resides in memory says little by itself: the collector takes its time.
 */
import { renameSync, writeFileSync } from "node:fs";

const file = process.env["SOAK_LIVE_HEAP"];

process.on("SIGUSR2", () => {
  if (file === undefined || globalThis.gc === undefined) return;
  const { heapTotal, external } = process.memoryUsage();
  // The second one collects what finalizers of the first let go.
  globalThis.gc();
  globalThis.gc();
  writeFileSync(`${file}.new`, JSON.stringify({ heap: heapTotal, outside: external, alive: process.memoryUsage().heapUsed }));
  renameSync(`${file}.new`, file);
});
