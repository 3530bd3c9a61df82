/** On what it was measured: figures without this say nothing. */
import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { type Figures, figuresOf } from "./figures.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  readonly date: string;
  /** One append of 4 KiB, and the disk's word that it is there. */
  readonly flush: Figures;
}

const FLUSHES = 300;
const FLUSHED_BYTES = 4_096;

export function describeMachine({ root, folder }: { readonly root: string; readonly folder: string }): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    system: `${type()} ${release()}`,
    node: process.version,
    commit: commitOf(root),
    date: new Date().toISOString().slice(0, 10),
    flush: flushCost(join(folder, "flush")),
  };
}

function commitOf(root: string): string {
  try {
    const git = (...words: readonly string[]): string =>
      execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const changed = git("status", "--porcelain", "--", "src", "bench", "package.json") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? " and changes that are not committed" : ""}`;
  } catch {
    return "unknown";
  }
}

function flushCost(path: string): Figures {
  const file = openSync(path, "w");
  const block = Buffer.alloc(FLUSHED_BYTES, 1);
  const times = Array.from({ length: FLUSHES }, () => {
    const begun = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  rmSync(path);
  return figuresOf(times);
}
