/**
 * A request and what came of it. The adapter is handed a function from the one to the other, so that simulation runs this very
 * code without a socket.
 */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With the API's own prefix, e.g. `/v2/orders`. */
  readonly path: string;
  /** Holds the access token: never to be printed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** `writtenAt` is on the clock's elapsed time: the moment at which the request was handed to the open socket. */
export type HttpResult =
  | {
      readonly came: "reply";
      readonly status: number;
      readonly body: string;
      readonly writtenAt: number;
      /** The `Date` header: the other side's clock, to the second. */
      readonly date?: string | undefined;
    }
  /** Failed before its first byte was written: the broker can't know of it (R10). */
  | { readonly came: "not-sent"; readonly cause: string }
  /** Given up, or cut off, after the first byte: the broker may have carried it out (R10). */
  | { readonly came: "no-reply"; readonly because: "timeout" | "connection-lost"; readonly detail: string; readonly writtenAt: number };

/**
 * Sends one request once: nothing is retried and nothing is pipelined. When the signal is aborted the request is given up at
 * once, and its connection with it. Never rejects.
 */
export type SendRequest = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResult>;
