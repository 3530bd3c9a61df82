/** That the simulation can be believed when it fails: `npm test` runs 500 seeds of it before all else (docs/proof.md). */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { MUTANTS } from "./mutants/list.ts";

const ENOUGH_TIME = { timeout: 480_000 };

async function simulate(...options: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      said += String(text);
    });
  child.on("close", resolve);
  return { code: await promise, said };
}

test("the same seed gives the same session, to the last count", ENOUGH_TIME, async () => {
  const [one, other] = await Promise.all([simulate("--seed", "7"), simulate("--seed", "7")]);
  const counted = (said: string): string => said.slice(said.indexOf("leader orders"));
  expect(counted(one.said).replace(/[\d.]+ seeds a second/, "")).toBe(counted(other.said).replace(/[\d.]+ seeds a second/, ""));
});

test("R10 with books and look-ups that lag longer than lookupGrace a second order of a slice goes out, and the auditor tells it", ENOUGH_TIME, async () => {
  const { code, said } = await simulate("--seed", "2", "--lag-above-grace");
  expect(said).toMatch(/seed 2: I[12] is broken at \d+ ms: \d+ was accepted (while|although)/);
  expect(code).toBe(1);
});

test("each planted fault still finds its place in the code, exactly once", () => {
  const astray = MUTANTS.filter(({ file, find }) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").split(find).length !== 2);
  expect(astray.map(({ name }) => name)).toEqual([]);
});
