import { expect, test } from "vitest";
import { Lags } from "./lags.ts";
import { lagLines } from "./summary.ts";

test("the median of an even number is the mean of the middle two, and nobody without requests is named", () => {
  const lags = new Lags();
  for (const ms of [9, 1, 4, 2]) lags.add("kabir", ms);
  expect(lags.of("kabir")).toEqual({ requests: 4, medianMs: 3, maxMs: 9 });
  expect(lags.of("arjun")).toBeUndefined();
  expect(lagLines(lags)).toEqual(["  kabir  lag: median 3.0 ms, at most 9.0 ms, of 4 requests"]);
});
