/** A contender's process. What it writes goes to a file, so that no other process is kept busy by it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

const STOPS_WITHIN_MS = 15_000;
const LAST_LINES = 15;
/** Of a second, in /proc: 100 on every Linux that Node runs on. */
const CLOCK_TICKS = 100;

export interface ChildOptions {
  /** For Node: its own options, the file, and the words for it. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly log: string;
}

export class Child {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #end = (): void => {
    this.#child.kill("SIGKILL");
  };

  constructor({ words, env = {}, log }: ChildOptions) {
    const file = openSync(log, "w");
    this.#child = spawn(process.execPath, words, { stdio: ["ignore", file, file], env: { ...process.env, ...env } });
    this.#log = log;
    closeSync(file);
    process.once("exit", this.#end);
    this.#child.once("exit", () => process.off("exit", this.#end));
  }

  /** Seconds of processor time that it has taken so far, on Linux; elsewhere that is not known. */
  get cpuSeconds(): number | undefined {
    try {
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
      const [user, system] = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .slice(11, 13);
      return (Number(user) + Number(system)) / CLOCK_TICKS;
    } catch {
      return undefined;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it has written so far. */
  get written(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** What comes of the work; rejects with the last lines of the process when the work fails, or as soon as the process ends. */
  async during<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const ended = once(this.#child, "exit", { signal: over.signal }).then(() => Promise.reject(new Error("it ended too early")));
    try {
      return await Promise.race([work, ended]);
    } catch (error) {
      throw this.#fault(error instanceof Error ? error.message : String(error));
    } finally {
      ended.catch(() => undefined); // given up here, or told above
      over.abort();
    }
  }

  /** Asks it to end. Rejects with its last lines when it does not end well. */
  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    const late = setTimeout(this.#end, STOPS_WITHIN_MS);
    this.#child.kill("SIGTERM");
    await ended;
    clearTimeout(late);
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && signalCode !== "SIGTERM") throw this.#fault(`it did not end well (${exitCode ?? signalCode})`);
  }

  kill(): void {
    this.#end();
  }

  #fault(what: string): Error {
    return new Error(`${what}; the process had written:\n${this.written.trimEnd().split("\n").slice(-LAST_LINES).join("\n")}`);
  }
}
