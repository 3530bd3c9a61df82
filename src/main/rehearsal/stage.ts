/** Where a rehearsal takes place: a broker who takes everything at once, sockets to nowhere, and a time in which only what is due soon ever comes. */
import type { HttpRequest, SendRequest } from "../../adapters/dhan/http.ts";
import type { OpenSocket, SocketListener } from "../../adapters/dhan/socket.ts";
import type { ClientId } from "../../domain/identity.ts";
import { type Clock, type Timers, type UnixMs, unixMs } from "../../domain/time.ts";

/** Requests that wait for company or for their turn. Alarms of seconds and polls never ring. */
const SOON_MS = 10;
/** After so many turns an answer has been taken, and what followed from it has been asked. */
const TURNS = 4;
const MARGIN = JSON.stringify({ totalMargin: 1_000 });
const FUNDS = JSON.stringify({ availabelBalance: 1e9, utilizedAmount: 0 });

/** Order calls that were taken. */
export interface Taken {
  readonly placed: number;
  readonly changed: number;
  readonly cancelled: number;
}

export class Stage implements Clock, Timers {
  readonly sockets = new Map<ClientId, SocketListener>();
  /** The last order that was placed. */
  placed: { readonly orderNo: string; readonly correlationId: string } | undefined;
  readonly #real: Clock;
  readonly #taken = { placed: 0, changed: 0, cancelled: 0 };
  #soon = new Set<() => void>();
  #aheadMs = 0;

  constructor(real: Clock) {
    this.#real = real;
  }

  get taken(): Taken {
    return this.#taken;
  }

  now(): UnixMs {
    return unixMs(this.#real.now() + this.#aheadMs);
  }

  elapsed(): number {
    return this.#real.elapsed() + this.#aheadMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    if (delayMs > SOON_MS) return () => {};
    this.#soon.add(fire);
    return () => this.#soon.delete(fire);
  }

  /** Time in which nothing happens. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Lets everything take its course. What is real has its turn in between, and is not delayed. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const due = this.#soon;
      this.#soon = new Set();
      for (const fire of due) fire();
    }
  }

  openSocketOf(account: ClientId): OpenSocket {
    return (_url, listener) => {
      this.sockets.set(account, listener);
      queueMicrotask(() => listener.opened());
      return { send: () => {}, ping: () => {}, close: () => listener.closed(1000, ""), cut: () => listener.closed(1006, "") };
    };
  }

  readonly request: SendRequest = (request) => Promise.resolve({ came: "reply", status: 200, body: this.#answer(request), writtenAt: this.elapsed() });

  #answer({ method, path, body }: HttpRequest): string {
    switch (method) {
      case "GET":
        return path.endsWith("/fundlimit") ? FUNDS : "[]";
      case "POST": {
        if (!path.endsWith("/orders")) return MARGIN;
        this.#taken.placed += 1;
        this.placed = { orderNo: `7${this.#taken.placed}`, correlationId: String(JSON.parse(body ?? "{}").correlationId) };
        return JSON.stringify({ orderId: this.placed.orderNo, orderStatus: "PENDING" });
      }
      case "PUT":
        this.#taken.changed += 1;
        return JSON.stringify({ orderId: path.split("/").at(-1), orderStatus: "PENDING" });
      case "DELETE":
        this.#taken.cancelled += 1;
        return JSON.stringify({ orderId: path.split("/").at(-1), orderStatus: "CANCELLED" });
    }
  }
}
