/** The rules that `npm run architecture` holds, each over a fault of its kind and over the nearest thing that is allowed. */
import { expect, test } from "vitest";
import { architectureFaults } from "../../scripts/architecture/faults.ts";
import { parseSource } from "../../scripts/architecture/source-file.ts";

type Files = Readonly<Record<string, string>>;

function faults(files: Files): readonly string[] {
  return architectureFaults(Object.entries(files).map(([path, text]) => parseSource(path, text))).map(
    ({ path, line, sentence }) => `${path}:${line} ${sentence}`,
  );
}

const FORBIDDEN_IMPORTS: readonly (readonly [string, string, string])[] = [
  ["the domain imports the engine", "src/domain/a.ts", 'import { x } from "../engine/x.ts";'],
  ["the domain imports a type of the engine", "src/domain/a.ts", 'import type { X } from "../engine/x.ts";'],
  ["the domain names a type of the engine in place", "src/domain/a.ts", 'export type A = import("../engine/x.ts").X;'],
  ["the domain passes on what the engine has", "src/domain/a.ts", 'export { x } from "../engine/x.ts";'],
  ["the domain passes on all that the engine has", "src/domain/a.ts", 'export * from "../engine/x.ts";'],
  ["the domain loads the engine while it runs", "src/domain/a.ts", 'export const a = () => import("../engine/x.ts");'],
  ["a test of the domain imports the engine", "src/domain/a.test.ts", 'import { x } from "../engine/x.ts";'],
  ["the domain reads files", "src/domain/a.ts", 'import { readFileSync } from "node:fs";'],
  ["the domain reads files under the module's older name", "src/domain/a.ts", 'import { readFileSync } from "fs";'],
  ["the domain draws random bytes", "src/domain/a.ts", 'import { hash, randomBytes } from "node:crypto";'],
  ["the domain takes all of node:crypto", "src/domain/a.ts", 'import * as crypto from "node:crypto";'],
  ["the domain uses a library", "src/domain/a.ts", 'import { z } from "zod";'],
  ["the engine imports an adapter", "src/engine/a.ts", 'import { x } from "../adapters/x.ts";'],
  ["the engine opens sockets", "src/engine/a.ts", 'import { connect } from "node:net";'],
  ["the engine waits by the machine's timers", "src/engine/a.ts", 'import { setTimeout } from "node:timers/promises";'],
  ["the engine sends requests", "src/engine/a.ts", 'import { request } from "undici";'],
  ["an adapter imports the simulator", "src/adapters/a.ts", 'import { x } from "../simulator/x.ts";'],
  ["an adapter imports the settings", "src/adapters/a.ts", 'import { x } from "../settings/x.ts";'],
  ["the simulator imports the engine", "src/simulator/a.ts", 'import { x } from "../engine/x.ts";'],
  ["the simulator imports the parser of what it must write", "src/simulator/a.ts", 'import { x } from "../adapters/dhan/x.ts";'],
  ["a face imports an adapter", "src/faces/a.ts", 'import { x } from "../adapters/x.ts";'],
  ["the settings import a face", "src/settings/a.ts", 'import { x } from "../faces/x.ts";'],
  ["an adapter imports main", "src/adapters/a.ts", 'import { x } from "../main.ts";'],
  ["the program imports what only tests have", "src/main.ts", 'import { x } from "../tests/x.ts";'],
  ["the auditor of the simulation imports the domain", "tests/simulation/auditor/a.ts", 'import { x } from "../../../src/domain/x.ts";'],
  ["the auditor of the simulation imports a type of the engine", "tests/simulation/auditor/a.ts", 'import type { X } from "../../../src/engine/x.ts";'],
  ["the auditor of the simulation imports what the world shares", "tests/simulation/auditor/a.ts", 'import { x } from "../world/x.ts";'],
  ["the auditor of the simulation uses a library", "tests/simulation/auditor/a.ts", 'import { z } from "zod";'],
  ["an import leads nobody knows where", "src/main.ts", "export const load = (name: string) => import(name);"],
  ["a folder stands outside the layers", "src/elsewhere/a.ts", 'import { x } from "../domain/x.ts";'],
];

test.each(FORBIDDEN_IMPORTS)("refused: %s", (_, path, text) => {
  expect(faults({ [path]: text })).toHaveLength(1);
});

const ALLOWED_IMPORTS: readonly (readonly [string, string, string])[] = [
  ["the domain hashes", "src/domain/a.ts", 'import { hash } from "node:crypto";'],
  ["a test of the domain uses the test library", "src/domain/a.test.ts", 'import { test } from "vitest";'],
  ["the auditor of the simulation hashes", "tests/simulation/auditor/a.ts", 'import { createHash } from "node:crypto"; import { x } from "./x.ts";'],
  ["the engine imports the domain", "src/engine/a.ts", 'import { x } from "../domain/x.ts";'],
  ["an adapter imports a port", "src/adapters/dhan/a.ts", 'import type { X } from "../../engine/ports/x.ts";'],
  [
    "the simulator imports the domain and opens sockets",
    "src/simulator/a.ts",
    'import { x } from "../domain/x.ts"; import { createServer } from "node:http"; export { x, createServer };',
  ],
  [
    "main imports every layer",
    "src/main.ts",
    'import "./adapters/x.ts"; import "./simulator/x.ts"; import "./faces/x.ts"; import "./settings/x.ts"; import "./engine/x.ts";',
  ],
  ["a test outside imports the program", "tests/a.test.ts", 'import { x } from "../src/adapters/x.ts";'],
];

test.each(ALLOWED_IMPORTS)("allowed: %s", (_, path, text) => {
  expect(faults({ [path]: text })).toEqual([]);
});

test("a circle of imports is found, of types and over several files as well", () => {
  const files = {
    "src/domain/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;\n',
    "src/domain/b.ts": 'export type { C as B } from "./order/c.ts";\n',
    "src/domain/order/c.ts": '\nexport type C = import("../a.ts").A;\n',
  };
  expect(faults(files)).toEqual(["src/domain/order/c.ts:2 closes a circle: src/domain/a.ts -> src/domain/b.ts -> src/domain/order/c.ts -> src/domain/a.ts"]);
});

test("two ways to one file are no circle", () => {
  const files = {
    "src/domain/a.ts": 'import "./b.ts";\nimport "./c.ts";\n',
    "src/domain/b.ts": 'import "./c.ts";\n',
    "src/domain/c.ts": "export const c = 1;\n",
  };
  expect(faults(files)).toEqual([]);
});

const AMBIENT = [
  ...["Date.now()", "new Date()", "Date()", "new Date(2026, 10, 22)", "new Date(...parts)", "const D = Date", "Date['now']()", "performance.now()"],
  ...[
    "process.hrtime.bigint()",
    "process.nextTick(go)",
    "process.env['TOKEN']",
    "setTimeout(go, 1)",
    "setInterval(go, 1)",
    "setImmediate(go)",
    "queueMicrotask(go)",
  ],
  ...[
    "AbortSignal.timeout(1)",
    "Math.random()",
    "const { random } = Math",
    "crypto.randomUUID()",
    "globalThis.setTimeout(go, 1)",
    "fetch(url)",
    "console.log(url)",
  ],
  ...["at.getHours()", "at.toLocaleTimeString()", "const now = { Date }"],
];

test.each(AMBIENT.flatMap((code) => [`src/domain/a.ts|${code}`, `src/engine/views/a.ts|${code}`]))(
  "the core is not left to its surroundings: %s",
  (planted) => {
    const [path = "", code = ""] = planted.split("|");
    expect(faults({ [path]: `\n${code};\n` })).toEqual([expect.stringMatching(/:2 uses .*: the core is handed its time, timers and chance$/)]);
  },
);

test.each([
  "new Date(at).toISOString()",
  "Date.parse(text)",
  "Date.UTC(2026, 10, 22)",
  "Math.floor(1.5)",
  "at instanceof Date",
  "clock.now()",
  "timers.setTimeout(go)",
  "const row = { performance: 1, process: 2 }; row.performance + row.process",
  "function process(event: string) { return event; } process('x')",
  "export interface Stage { readonly performance: number; at: Date }",
])("what asks nobody is allowed in the core: %s", (code) => {
  expect(faults({ "src/engine/a.ts": code })).toEqual([]);
});

test("outside the core, and in tests, the machine may be asked", () => {
  const code = "export const now = Date.now();";
  expect(faults({ "src/adapters/system/clock.ts": code, "src/domain/money.test.ts": code, "bench/main.ts": code })).toEqual([]);
});

test("a file whose name says nothing is refused", () => {
  expect(faults({ "src/domain/order-utils.ts": "", "src/engine/helpers/lot.ts": "", "src/adapters/index.ts": "" })).toHaveLength(3);
  expect(faults({ "src/domain/database.ts": "", "src/engine/outbox.ts": "" })).toEqual([]);
});

test("a file that does not parse stops the check instead of passing it", () => {
  expect(() => parseSource("src/domain/a.ts", "export const = 1;")).toThrow(/src\/domain\/a\.ts does not parse/);
});
