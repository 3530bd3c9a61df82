/** The broker process as the benchmark sees it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type News, news, type Task } from "./messages.ts";

const BROKER = fileURLToPath(new URL("broker.ts", import.meta.url));
const STREAMS_WITHIN_MS = 20_000;

export async function startBroker(): Promise<BrokerProcess> {
  const child = fork(BROKER, { stdio: "inherit" });
  const broker = new BrokerProcess(child);
  await broker.until((said) => (said.news === "listening" ? said.port : undefined));
  return broker;
}

export class BrokerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(said: News | Error) => void>();
  #port = 0;
  #streams = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      const said = news.parse(message);
      if (said.news === "listening") this.#port = said.port;
      if (said.news === "streams") this.#streams = said.open;
      for (const listener of this.#listeners) listener(said.news === "failed" ? new Error(said.why) : said);
    });
    child.on("exit", (code) => {
      for (const listener of this.#listeners) listener(new Error(`the broker process ended with ${code}`));
    });
  }

  get rest(): string {
    return `http://127.0.0.1:${this.#port}/v2`;
  }

  get orderUpdates(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Resolves when exactly so many order streams are logged in. */
  async streams(count: number): Promise<void> {
    if (this.#streams === count) return;
    await this.until((said) => (said.news === "streams" && said.open === count ? true : undefined), STREAMS_WITHIN_MS);
  }

  /** Shows the leader orders of the task. One at a time. */
  async measure(task: Task): Promise<readonly number[]> {
    this.#child.send(task);
    return this.until((said) => (said.news === "measured" ? said.delaysMs : undefined));
  }

  /** What the first message that has an answer answers. Rejects when the broker fails, or says nothing of the kind in time. */
  until<T>(answer: (said: News) => T | undefined, withinMs?: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#listeners.delete(listener);
        clearTimeout(late);
      };
      const listener = (said: News | Error): void => {
        const answered = said instanceof Error ? undefined : answer(said);
        if (answered === undefined && !(said instanceof Error)) return;
        settle();
        if (answered !== undefined) resolve(answered);
        else reject(said);
      };
      const late = withinMs === undefined ? undefined : setTimeout(() => listener(new Error(`the broker waited ${withinMs} ms in vain`)), withinMs);
      this.#listeners.add(listener);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}
