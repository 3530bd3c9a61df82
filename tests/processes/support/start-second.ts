/** The broker's times have a resolution of one second, and what is not later than the start waits for the second read of the books (R11). */
import { setTimeout as pause } from "node:timers/promises";
import type { CopierProcess } from "./copier-process.ts";

/** Returns when an order that is placed from now on is later than the copier's start, also by the broker's clock. */
export async function untilStartSecondIsOver(copier: CopierProcess): Promise<void> {
  const { at } = await copier.tells({ code: "ENGINE_STARTED" });
  const second = 1_000 * (Math.floor(Date.parse(at) / 1_000) + 1);
  await pause(Math.max(0, second - Date.now()) + 1);
}
