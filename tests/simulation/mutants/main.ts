/**
 * `npm run simulate:mutants`: plants each fault of list.ts in a scratch copy of the project, checks its types, and runs the unchanged
 * `simulate` command over the seeds that the unpatched engine passes, until one of them fails. Exit code 1: a fault was not found, did not
 * pass the type check, or applies no more. `--only PATTERN` takes the mutants whose name it fits.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTANTS, type Mutant } from "./list.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SEEDS = "1..500";
const COPIED = ["src", "tests", "scripts", "bench", "package.json", "tsconfig.json"];

const { values } = parseArgs({ options: { only: { type: "string" }, seeds: { type: "string" } } });
const chosen = MUTANTS.filter(({ name }) => values.only === undefined || new RegExp(values.only).test(name));
const scratch = mkdtempSync(join(tmpdir(), "lockstep-mutants-"));
let survived = 0;
try {
  for (const folder of COPIED) cpSync(join(ROOT, folder), join(scratch, folder), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(scratch, "node_modules"));
  console.log(
    `${chosen.length} mutants, seeds ${values.seeds ?? SEEDS}, commit ${execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim()}`,
  );
  for (const mutant of chosen) {
    const outcome = tried(mutant);
    if (!outcome.isCaught) survived += 1;
    console.log(`${outcome.isCaught ? "caught  " : "SURVIVED"}  ${mutant.name}: ${outcome.by}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${chosen.length - survived} of ${chosen.length} caught`);
process.exitCode = survived === 0 ? 0 : 1;

function tried({ file, find, put }: Mutant): { readonly isCaught: boolean; readonly by: string } {
  const path = join(scratch, file);
  const whole = readFileSync(path, "utf8");
  if (whole.split(find).length !== 2) return { isCaught: false, by: `the text to be replaced stands ${whole.split(find).length - 1} times in ${file}` };
  writeFileSync(
    path,
    whole.replace(find, () => put),
  );
  try {
    const types = spawnSync(
      process.execPath,
      [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "--noUnusedLocals", "false", "--noUnusedParameters", "false"],
      {
        cwd: scratch,
        encoding: "utf8",
      },
    );
    if (types.status !== 0) return { isCaught: false, by: `does not pass the type check: ${types.stdout.slice(0, 300)}` };
    const run = spawnSync(process.execPath, [join(scratch, "tests/simulation/main.ts"), "--seeds", values.seeds ?? SEEDS, "--stop-at-first"], {
      cwd: scratch,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const found = /^seed \d+: I?\w+ is broken.*$/m.exec(run.stdout)?.[0];
    return found === undefined
      ? { isCaught: false, by: `no seed failed${run.stderr === "" ? "" : `; ${run.stderr.slice(0, 300)}`}` }
      : { isCaught: true, by: found.slice(0, 200) };
  } finally {
    writeFileSync(path, whole);
  }
}
