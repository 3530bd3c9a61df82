/**
 * One account's requests: headers with the token opened at the last moment, the deadline from the injected timer, and the times
 * that the budget and the latency stages need. Shared by order calls and reads.
 */
import type { ClientId } from "../../domain/identity.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import { Secret } from "../system/secret.ts";
import type { HttpRequest, HttpResult, SendRequest } from "./http.ts";
import type { TokenSource } from "./token.ts";

export interface RequestsOptions {
  /** The API's address with its prefix, e.g. `https://api.dhan.co/v2`. */
  readonly rest: string;
  readonly clientId: ClientId;
  readonly token: TokenSource;
  readonly request: SendRequest;
  readonly clock: Clock;
  readonly timers: Timers;
  /** After this, the outcome of a request is unknown (design 6, `dhan.requestTimeout`). */
  readonly requestTimeoutMs: number;
}

/** What came of a request, and when it was settled on the clock's elapsed time. */
export interface Settled {
  readonly result: HttpResult;
  readonly settledAt: number;
}

export type Requests = (method: HttpRequest["method"], path: string, body?: string) => Promise<Settled>;

export function createRequests(options: RequestsOptions): Requests {
  const { clientId, token, request, clock, timers, requestTimeoutMs } = options;
  const prefix = new URL(options.rest).pathname.replace(/\/$/, "");
  return async (method, path, body) => {
    const access = token();
    if (!(access instanceof Secret)) return { result: { came: "not-sent", cause: access.noToken }, settledAt: clock.elapsed() };
    const deadline = new AbortController();
    const cancel = timers.after(requestTimeoutMs, () => deadline.abort());
    const result = await request({ method, path: prefix + path, headers: headersFor(access, clientId), body }, deadline.signal);
    cancel();
    return { result: withoutToken(result, access), settledAt: clock.elapsed() };
  };
}

/** The client id is needed by few calls and harmless on all (reference 1.2). */
function headersFor(token: Secret, clientId: ClientId): Readonly<Record<string, string>> {
  return { "access-token": token.open(), "client-id": clientId, dhanClientId: clientId, "content-type": "application/json", accept: "application/json" };
}

/** A gateway may echo a request in its error page; the token must not travel on in it. */
function withoutToken(result: HttpResult, token: Secret): HttpResult {
  return result.came === "reply" && result.status >= 300 ? { ...result, body: result.body.replaceAll(token.open(), "[redacted]") } : result;
}
