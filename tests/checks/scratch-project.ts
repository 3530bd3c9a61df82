/**
 * A tiny project in a temporary folder, held to this project's own configuration: the same configuration files, the same package scripts, the
 * same installed tools. A fault planted there must be caught by the very command that guards the real code.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIGURATION = ["tsconfig.json", "biome.json", "knip.json", "bin", "scripts/architecture"];
const LIMIT_MS = 60_000;

export interface ScratchProject extends Disposable {
  readonly root: string;
  /** Runs a package script, e.g. `lint`. `said` is everything it printed, without colours. */
  run(script: string, ...options: readonly string[]): { readonly exitCode: number | null; readonly said: string };
}

/** `files` are texts by path. Of the dependencies only the tools stay declared, because the program's own are not used there. */
export function scratchProject(files: Readonly<Record<string, string>>): ScratchProject {
  const root = mkdtempSync(join(tmpdir(), "lockstep-checks-"));
  for (const name of CONFIGURATION) cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
  const manifest = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  const { "@biomejs/biome": biome, knip, "oxc-parser": parser, typescript, vitest, "@types/node": types } = manifest.devDependencies;
  const devDependencies = { "@biomejs/biome": biome, "@types/node": types, knip, "oxc-parser": parser, typescript, vitest };
  const written = { ...files, "package.json": `${JSON.stringify({ ...manifest, dependencies: {}, devDependencies }, undefined, 2)}\n` };
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    root,
    run(script, ...options) {
      const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
      const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script, "--", ...options], {
        cwd: root,
        env,
        encoding: "utf8",
        timeout: LIMIT_MS,
      });
      return { exitCode: status, said: `${stdout}\n${stderr}` };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
