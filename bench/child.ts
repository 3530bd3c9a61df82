/** A contender's process. What it writes goes to a file, so that no other process is kept busy by it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

const STOPS_WITHIN_MS = 15_000;
const LAST_LINES = 15;

export interface ChildOptions {
  /** For Node: its own options, the file, and the words for it. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly log: string;
}

export class Child {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor({ words, env = {}, log }: ChildOptions) {
    const file = openSync(log, "w");
    this.#child = spawn(process.execPath, words, { stdio: ["ignore", file, file], env: { ...process.env, ...env } });
    this.#log = log;
    closeSync(file);
  }

  /** What it has written so far. */
  get written(): string {
    return readFileSync(this.#log, "utf8");
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Asks it to end. Fails with its last lines when it had ended before, or does not end well. */
  async stop(): Promise<void> {
    if (this.hasEnded) throw this.fault("ended too early");
    const ended = once(this.#child, "exit");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOPS_WITHIN_MS);
    this.#child.kill("SIGTERM");
    await ended;
    clearTimeout(late);
    if (this.#child.exitCode !== 0 && this.#child.signalCode !== "SIGTERM") throw this.fault("did not end well");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  fault(what: string): Error {
    const { exitCode, signalCode } = this.#child;
    return new Error(`the process ${what} (${exitCode ?? signalCode ?? "running"}):\n${this.written.trimEnd().split("\n").slice(-LAST_LINES).join("\n")}`);
  }
}
