/**
 * The real way out: one undici pool per broker origin. It sends each request once: no retry, no pipelining, HTTP/1.1.
 *
 * It tells a request that never left from one whose fate is unknown (R10). undici hands the request to the open socket in the
 * same turn in which it calls `onRequestStart`: what fails before that call has sent no byte, what fails after it may have. The
 * hot path uses `dispatch`, which costs a third less than `request` (measured: 20 against 29 us of CPU each).
 */
import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, Pool } from "undici";
import type { Clock } from "../../domain/time.ts";
import type { HttpRequest, HttpResult, SendRequest } from "./http.ts";

/** More gave nothing, fewer cost time (measured: 16 to 256 connections shared by 1,000 requests). */
export const CONNECTIONS_MAX = 64;

/**
 * An idle connection is retired by us before the other side does it: a request written to one that the server is just closing
 * is lost, and its outcome unknown (measured: 12 of 240). Common servers close after 5 s and more; one that announces its own
 * time (`Keep-Alive: timeout=`) is believed, less the margin. undici's clock is coarse: up to a second late.
 */
const IDLE_MS = 4_000;
const IDLE_ANNOUNCED_MAX_MS = 30_000;
const IDLE_MARGIN_MS = 2_000;
const CONNECT_WITHIN_MS = 5_000;
/** A day's book of 7,000 orders is about 8 MB. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

export interface BrokerPool {
  readonly request: SendRequest;
  /** Ends all connections. What is in flight ends as `connection-lost`. */
  close(): Promise<void>;
}

/** `rest` is the API's address; its path is not used here. */
export function openPool({ rest, clock }: { readonly rest: string; readonly clock: Clock }): BrokerPool {
  const { origin } = new URL(rest);
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_ANNOUNCED_MAX_MS,
    keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
    connectTimeout: CONNECT_WITHIN_MS,
  });
  return {
    request: (request, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve({ came: "not-sent", cause: "given up before it was begun" });
        else dispatch(pool, origin, request, new Exchange(clock, signal, resolve));
      }),
    close: () => pool.destroy(),
  };
}

function dispatch(pool: Pool, origin: string, request: HttpRequest, exchange: Exchange): void {
  try {
    pool.dispatch({ origin, path: request.path, method: request.method, headers: request.headers, body: request.body ?? null, idempotent: false }, exchange);
  } catch (error) {
    exchange.onResponseError(null, error instanceof Error ? error : new Error("not dispatched"));
  }
}

/** One request's way through the pool. It resolves once: with the reply, or with what is known when it failed or was given up. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #resolve: (result: HttpResult) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #writtenAt: number | undefined;
  #settled = false;
  #status = 0;
  #date: string | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(clock: Clock, signal: AbortSignal, resolve: (result: HttpResult) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#resolve = resolve;
    signal.addEventListener("abort", this.#giveUp, { once: true });
  }

  /** undici catches what is thrown here and drops the request before its first byte, with the socket left whole. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) throw new GivenUp("given up before it was written");
    this.#controller = controller;
    this.#writtenAt = this.#clock.elapsed();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#date = headers.date;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > BODY_BYTES_MAX) controller.abort(new GivenUp(`a body of more than ${BODY_BYTES_MAX} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#settle({ came: "reply", status: this.#status, body: body.toString(), writtenAt: this.#writtenAt ?? this.#clock.elapsed(), date: this.#date });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const detail = faultText(error);
    if (this.#writtenAt === undefined) this.#settle({ came: "not-sent", cause: detail });
    else this.#settle({ came: "no-reply", because: "connection-lost", detail, writtenAt: this.#writtenAt });
  }

  /** The deadline: what was written is cut off with its connection, what was not is dropped when its turn comes. */
  readonly #giveUp = (): void => {
    if (this.#writtenAt === undefined) this.#settle({ came: "not-sent", cause: "no connection was free before the deadline" });
    else this.#settle({ came: "no-reply", because: "timeout", detail: "no answer before the deadline", writtenAt: this.#writtenAt });
    this.#controller?.abort(new GivenUp("the deadline has passed"));
  };

  #settle(result: HttpResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#signal.removeEventListener("abort", this.#giveUp);
    this.#resolve(result);
  }
}

class GivenUp extends Error {
  override readonly name = "GivenUp";
}

/** The code and the cause, e.g. `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9`; requests and headers never stand in it. */
function faultText(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  const parts = error instanceof AggregateError ? error.errors.map((part) => (part instanceof Error ? part.message : String(part))) : [];
  return code + (error.message || parts.join("; "));
}
