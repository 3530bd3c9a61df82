/** Every REST request that reached the broker, per account, with its arrival: what tests read to see what a client really did. */

export interface LoggedRequest {
  /** Position in the whole log, from 1. */
  readonly sequence: number;
  /** Undefined when the token belongs to nobody. */
  readonly clientId: string | undefined;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
  /** From the body or, for a look-up, from the path. */
  readonly correlationId: string | undefined;
  /** Unix milliseconds with a fraction, rising with the clock's elapsed time. */
  readonly arrivedAt: number;
  readonly from: string;
  /** Undefined until it is answered; `reset` and `silence` when a fault took the answer away. */
  outcome: number | "reset" | "silence" | undefined;
  answeredAt: number | undefined;
}

export class RequestLog {
  readonly #limit: number;
  #entries: LoggedRequest[] = [];
  #sequence = 0;

  /** Keeps at least the last `limit` requests. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(request: Omit<LoggedRequest, "sequence" | "correlationId" | "outcome" | "answeredAt">): LoggedRequest {
    this.#sequence += 1;
    const entry: LoggedRequest = { sequence: this.#sequence, ...request, correlationId: correlationIn(request), outcome: undefined, answeredAt: undefined };
    this.#entries.push(entry);
    if (this.#entries.length > 2 * this.#limit) this.#entries = this.#entries.slice(-this.#limit);
    return entry;
  }

  /** In order of arrival. */
  entries(of: { readonly clientId?: string; readonly after?: number } = {}): readonly LoggedRequest[] {
    return this.#entries.filter((entry) => (of.clientId === undefined || entry.clientId === of.clientId) && entry.sequence > (of.after ?? 0));
  }

  clear(): void {
    this.#entries = [];
  }
}

/** Taken from the text, so that a body which is no JSON is logged as well. */
function correlationIn(request: { readonly path: string; readonly body: string }): string | undefined {
  const inPath = /\/orders\/external\/([^/?]+)/.exec(request.path)?.[1];
  return inPath ?? /"correlationId"\s*:\s*"([^"]*)"/.exec(request.body)?.[1];
}
