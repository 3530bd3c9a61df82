import { expect, test } from "vitest";
import type { Machine } from "./machine.ts";
import { type Aim, report } from "./report.ts";
import type { Plan, Series } from "./series.ts";

const MACHINE: Machine = {
  cpu: "a processor",
  cores: 2,
  system: "Linux",
  node: "v24",
  commit: "abc",
  date: "2026-11-22",
  flush: { p50: 0.2, p99: 0.4, max: 1 },
};
const PLAN: Plan = { runs: 2, events: 2, warmup: 1, spacingMs: 5, silences: 2, busy: false, profile: undefined };
const TWICE: Aim = { text: "2x", holds: ({ relayMs, productMs }) => productMs <= 2 * relayMs };
const stages = (decided: number, wire: number) => ({ decided, journalled: 1, wire, answered: 2 });

/** Two followers, two runs of two leader orders. */
const SERIES: Series = {
  followers: 2,
  pairs: [
    { relay: [1, 2], product: [3, 4], stages: [stages(1, 1), stages(5, 3), stages(1, 1), stages(5, 3)] },
    { relay: [2, 4], product: [5, 6], stages: [stages(5, 3), stages(1, 1), stages(1, 1), stages(5, 3)] },
  ],
  voided: [9],
  afterSilence: { relay: [1, 2], product: [3, 4.5] },
};

function lines(series: Series, aim: Aim | undefined = TWICE): readonly string[] {
  return report(MACHINE, PLAN, [{ series, aim }]).split("\n");
}

test("the times of all runs are taken together, and the spread is that of the runs' medians", () => {
  expect(lines(SERIES)).toContain("| 2 | relay | 2.00 | 4.00 | 4.00 | 1.00 to 2.00 |");
  expect(lines(SERIES)).toContain("| 2 | product | 4.00 | 6.00 | 6.00 | 3.00 to 5.00 |");
});

test("the product is compared at the median, and void runs are counted beside", () => {
  expect(lines(SERIES)).toContain("| 2 | 2.00x | 2.00 ms | 2.00 ms | 2x | yes | 2 | 1 |");
  expect(lines(SERIES, { ...TWICE, holds: () => false })).toContain("| 2 | 2.00x | 2.00 ms | 2.00 ms | 2x | no | 2 | 1 |");
});

test("the orders after a silence stand in a table of their own, one by one", () => {
  expect(lines(SERIES)).toContain("| 2 | 1.00, 2.00 | 3.00, 4.50 |");
});

test("a miss is explained by the stages of the request that was written last, whichever was answered last", () => {
  expect(lines(SERIES)).toContain("| 2 | decided | 1.00 | 5.00 | 5.00 | 5.00 |");
  expect(lines(SERIES)).toContain("| 2 | wire | 1.00 | 3.00 | 3.00 | 3.00 |");
});

test("a size of which no run counted has no figures, and says why", () => {
  const told = lines({ followers: 2, pairs: [], voided: [9, 9], afterSilence: { relay: [], product: [] } });
  expect(told).toContain("| 2 |  |  |  | 2x | void: the machine was never quiet | 0 | 2 |");
  expect(told.filter((line) => line.includes("| product |"))).toEqual([]);
});
