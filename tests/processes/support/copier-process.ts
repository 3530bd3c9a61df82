/** `lockstep run` as a child process: its log, its readiness, and the ways in which it ends. */
import { once } from "node:events";
import { z } from "zod";
import type { Configuration } from "./configuration.ts";
import { type ExplainedOrder, explainedOrder } from "./explained-order.ts";
import { type Ended, lockstep, type Program, startLockstep } from "./lockstep.ts";
import { until } from "./until.ts";

const logLine = z.looseObject({
  at: z.string(),
  level: z.enum(["info", "warning", "critical"]),
  code: z.string(),
  message: z.string(),
  account: z.string().optional(),
  copy: z.string().optional(),
  order: z.string().optional(),
  /** The follower's order, where the line is about one. */
  followerOrder: z.string().optional(),
  alert: z.boolean().optional(),
  /** Of the first line: who takes part. */
  accounts: z.array(z.string()).optional(),
});
export type LogLine = z.infer<typeof logLine>;

export type LinePattern = Partial<Pick<LogLine, "code" | "account" | "copy" | "order" | "followerOrder" | "level">>;

export interface Readiness {
  readonly status: number;
  readonly body: { readonly ready: boolean; readonly reasons: readonly string[]; readonly dead: readonly string[]; readonly inDoubt: readonly unknown[] };
}

const readinessBody = z.object({ ready: z.boolean(), reasons: z.array(z.string()), dead: z.array(z.string()), inDoubt: z.array(z.unknown()) });

export interface StartedCopier {
  readonly configuration: Configuration;
  /** Until when the start waits: `acting`, the books are read and the streams open; `ready`, `/readyz` answers 200, 2 s later; `nothing`. */
  readonly wait?: "acting" | "ready" | "nothing";
}

/** Starts the copier, and waits until it acts unless told otherwise. Fails with its standard error when it ends instead. */
export async function startCopierProcess({ configuration, wait = "acting" }: StartedCopier): Promise<CopierProcess> {
  const copier = new CopierProcess(configuration, startLockstep(["run", "--config", configuration.path], configuration.env));
  try {
    if (wait !== "nothing") await copier.acts();
    if (wait === "ready") await copier.isReady();
    return copier;
  } catch (error) {
    await copier.kill();
    throw error;
  }
}

export class CopierProcess implements AsyncDisposable {
  readonly #configuration: Configuration;
  readonly #child: Program;
  readonly #closed: Promise<unknown>;
  #err = "";
  #ended: number | string | undefined;

  constructor(configuration: Configuration, child: Program) {
    this.#configuration = configuration;
    this.#child = child;
    child.stdout.resume();
    child.stderr.on("data", (text: string) => {
      this.#err += text;
    });
    this.#closed = once(child, "close").then(([code, signal]) => {
      this.#ended = code ?? signal;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything on standard error so far. */
  get err(): string {
    return this.#err;
  }

  /** The log so far; other lines of standard error are left out. */
  lines(pattern: LinePattern = {}): readonly LogLine[] {
    return this.#err.split("\n").flatMap((text) => {
      const line = text.startsWith("{") && text.endsWith("}") ? logLine.parse(JSON.parse(text)) : undefined;
      return line !== undefined && Object.entries(pattern).every(([key, value]) => line[key] === value) ? [line] : [];
    });
  }

  /** The first line that fits, as soon as it is there. */
  tells(pattern: LinePattern, options: { readonly withinMs?: number } = {}): Promise<LogLine> {
    return until(
      `the copier tells ${JSON.stringify(pattern)}`,
      () => {
        const [line] = this.lines(pattern);
        if (line === undefined && this.#ended !== undefined)
          throw new Error(`the copier ended with ${this.#ended} instead of telling ${JSON.stringify(pattern)}:\n${this.#err}`);
        return line;
      },
      options,
    );
  }

  /** The books are read, and every stream has been opened. */
  async acts(): Promise<void> {
    await this.tells({ code: "BOOKS_READ" });
    const { accounts = [] } = await this.tells({ code: "STARTING" });
    await until("every stream is open", () => accounts.every((account) => this.lines({ code: "STREAM_OPEN", account }).length > 0));
  }

  async origin(): Promise<string> {
    return (await this.tells({ code: "LISTENING" })).message;
  }

  async readiness(): Promise<Readiness> {
    const response = await fetch(`${await this.origin()}/readyz`);
    return { status: response.status, body: readinessBody.parse(await response.json()) };
  }

  async isReady(): Promise<void> {
    await until("/readyz answers 200", async () => (await this.readiness()).status === 200);
  }

  /** The story of an order by `lockstep explain --json`, in a process of its own. Fails when the order is unknown. */
  explains(order: string): Promise<ExplainedOrder> {
    return explain(this.#configuration, order);
  }

  /** Waits for its end, and answers its exit code or the signal that ended it. */
  async ended(): Promise<number | string | undefined> {
    await this.#closed;
    return this.#ended;
  }

  /** SIGTERM, and then its exit code or the signal that ended it. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<number | string | undefined> {
    this.#child.kill(signal);
    await this.#closed;
    return this.#ended;
  }

  /** SIGKILL: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** `lockstep explain ORDER --json`. Works beside a running copier and after its end. */
export async function explain(configuration: Configuration, order: string): Promise<ExplainedOrder> {
  const { exitCode, out, err }: Ended = await lockstep(["explain", order, "--json", "--config", configuration.path]);
  if (exitCode !== 0) throw new Error(`explain ${order} ended with ${exitCode}: ${err}`);
  return explainedOrder.parse(JSON.parse(out));
}
