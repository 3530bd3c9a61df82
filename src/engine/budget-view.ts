/** How an account stands with its broker's limits, for people and programs to look at (R21, R22; docs/budget.md). */
import { type Breaker, stateAt } from "../domain/guards/breaker.ts";
import type { UnixMs } from "../domain/time.ts";
import type { WindowView } from "./budget.ts";
import type { Outbox } from "./outbox.ts";

export interface BudgetView {
  readonly windows: readonly WindowView[];
  /** Mirrors with a request that waits for a slot. */
  readonly waiting: number;
  /** An estimate until the last of them is sent, if nothing more urgent comes; undefined: nothing waits. Milliseconds. */
  readonly lastLeavesInMs: number | undefined;
  /** What is left of the pause after a 429. Milliseconds. */
  readonly pausedForMs: number;
  /** 429s since the start. */
  readonly rateLimited: number;
  readonly breaker: "closed" | "open" | "half-open";
}

export function budgetView(outbox: Outbox, breaker: Breaker, at: { readonly elapsed: number; readonly now: UnixMs }): BudgetView {
  const { budget, waiting } = outbox;
  return {
    windows: budget.view(at.elapsed),
    waiting,
    lastLeavesInMs: outbox.lastLeavesInMs(at.elapsed),
    pausedForMs: budget.pause.leftMs(at.elapsed),
    rateLimited: budget.pause.count,
    breaker: stateAt(breaker, at.now),
  };
}
