/** Each check of `npm run check` is run as it is configured, over a project that is sound and over one with planted faults. */
import { expect, test } from "vitest";
import { scratchProject } from "./scratch-project.ts";

const SLOW_MS = 120_000;

const SOUND = {
  "src/domain/money.ts": "export function doubled(amount: number): number {\n  return amount * 2;\n}\n",
  "src/main.ts": 'import { doubled } from "./domain/money.ts";\n\nconsole.log(doubled(21));\n',
};

test("a sound project passes every check, so that a failure below is the planted fault's", { timeout: SLOW_MS }, () => {
  using project = scratchProject(SOUND);
  for (const script of ["typecheck", "lint", "unused", "architecture"]) {
    const { exitCode, said } = project.run(script);
    expect(exitCode, `${script}: ${said}`).toBe(0);
  }
});

test("the type-check refuses a wrong type, an absent element taken as present, and syntax that Node cannot strip", { timeout: SLOW_MS }, () => {
  using project = scratchProject({
    "src/main.ts": 'export const price: number = "12";\n',
    "src/element.ts": "const prices: readonly number[] = [];\nexport const first: number = prices[0];\n",
    "src/side.ts": "export enum Side {\n  Buy,\n}\n",
  });
  const { exitCode, said } = project.run("typecheck");
  expect(exitCode).not.toBe(0);
  expect(said).toMatch(/src\/main\.ts.*TS2322/);
  expect(said).toMatch(/src\/element\.ts.*TS2322/);
  expect(said).toMatch(/src\/side\.ts.*TS1294/);
});

test("the linter refuses a promise that nobody waits for, wherever the promise was made", { timeout: SLOW_MS }, () => {
  using project = scratchProject({
    "src/send.ts": "export async function send(): Promise<void> {}\n\nexport const sender = { send };\n",
    "src/main.ts": 'import { send } from "./send.ts";\n\nsend();\n',
    "src/member.ts": 'import { sender } from "./send.ts";\n\nsender.send();\n',
    "src/callback.ts": 'import { send } from "./send.ts";\n\n[1].forEach(async () => {\n  await send();\n});\n',
  });
  const { exitCode, said } = project.run("lint", "--reporter=github");
  expect(exitCode).not.toBe(0);
  expect(said).toMatch(/noFloatingPromises,file=\S*src\/main\.ts/);
  expect(said).toMatch(/noFloatingPromises,file=\S*src\/member\.ts/);
  expect(said).toMatch(/noMisusedPromises,file=\S*src\/callback\.ts/);
});

test("the linter refuses any, !, default exports, barrels, tests that are left out, and a layout that is not the formatter's", { timeout: SLOW_MS }, () => {
  using project = scratchProject({
    ...SOUND,
    "src/any.ts": "export const anything: any = 1;\n",
    "src/bang.ts": "export const first = (list: readonly number[]): number => list[0]!;\n",
    "src/default.ts": "export default 1;\n",
    "src/barrel.ts": 'export * from "./any.ts";\n',
    "src/layout.ts": "export const layout = 'single quotes'\n",
    "tests/left-out.test.ts": 'import { test } from "vitest";\n\ntest.skip("left out", () => {});\n',
    "tests/alone.test.ts": 'import { test } from "vitest";\n\ntest.only("alone", () => {});\n',
  });
  const { exitCode, said } = project.run("lint", "--reporter=github");
  expect(exitCode).not.toBe(0);
  expect(said).toMatch(/noExplicitAny,file=\S*src\/any\.ts/);
  expect(said).toMatch(/noNonNullAssertion,file=\S*src\/bang\.ts/);
  expect(said).toMatch(/noDefaultExport,file=\S*src\/default\.ts/);
  expect(said).toMatch(/no(?:BarrelFile|ReExportAll),file=\S*src\/barrel\.ts/);
  expect(said).toMatch(/title=format,file=\S*src\/layout\.ts/);
  expect(said).toMatch(/noSkippedTests,file=\S*tests\/left-out\.test\.ts/);
  expect(said).toMatch(/noFocusedTests,file=\S*tests\/alone\.test\.ts/);
});

test("code that nothing uses is found: a file, an export, an import of a library that is not declared", { timeout: SLOW_MS }, () => {
  using project = scratchProject({
    ...SOUND,
    "src/domain/money.ts": `${SOUND["src/domain/money.ts"]}\nexport function halved(amount: number): number {\n  return amount / 2;\n}\n`,
    "src/forgotten.ts": "export const forgotten = 1;\n",
    "src/main.ts": 'import { z } from "zod";\nimport { doubled } from "./domain/money.ts";\n\nconsole.log(doubled(z.number().parse(21)));\n',
  });
  const { exitCode, said } = project.run("unused");
  expect(exitCode).not.toBe(0);
  expect(said).toMatch(/Unused files[\s\S]*src\/forgotten\.ts/);
  expect(said).toMatch(/Unused exports[\s\S]*halved/);
  expect(said).toMatch(/Unlisted dependencies[\s\S]*zod/);
});

test("the architecture check fails with the place of the fault, and fails as well when it finds nothing to read", { timeout: SLOW_MS }, () => {
  using faulty = scratchProject({ ...SOUND, "src/domain/clock.ts": "export const now = (): number => Date.now();\n" });
  const faultyRun = faulty.run("architecture");
  expect(faultyRun.exitCode).toBe(1);
  expect(faultyRun.said).toContain("src/domain/clock.ts:1 uses Date.now");

  using empty = scratchProject({});
  expect(empty.run("architecture").exitCode).toBe(1);
});
