/** The built program, started by the package's bin as a person starts it. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../../bin/lockstep.js", import.meta.url));

export type Program = ChildProcessByStdio<null, Readable, Readable>;

/** A process of the program; it does not outlive the test's own process. */
export function startLockstep(words: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", ...env } });
  const end = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", end);
  child.once("close", () => process.off("exit", end));
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export async function lockstep(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = startLockstep(words, env);
  let out = "";
  let err = "";
  child.stdout.on("data", (text: string) => {
    out += text;
  });
  child.stderr.on("data", (text: string) => {
    err += text;
  });
  const [exitCode] = await once(child, "close");
  return { exitCode, out, err };
}
