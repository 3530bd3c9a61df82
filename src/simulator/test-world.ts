/** A simulator under virtual time, for its own tests: no sockets, no waiting, the same every time. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type Clock, type Timers, type UnixMs, unixMs } from "../domain/time.ts";
import { administer } from "./admin/administer.ts";
import { type Listing, readListings } from "./exchange/listing.ts";
import type { Payload } from "./faults/stream-faults.ts";
import { Simulator, type SimulatorOptions } from "./simulator.ts";

export const LEADER = "1000000001";
export const FOLLOWER = "1000000002";
export const LEADER_TOKEN = "token-of-the-leader";
export const FOLLOWER_TOKEN = "token-of-the-follower";

/** NIFTY 29 DEC 23000 CALL, lot 75, tick 0.05. */
export const NIFTY_CALL = { exchangeSegment: "NSE_FNO", securityId: "37806" } as const;

export const LISTINGS: readonly Listing[] = readListings(
  readFileSync(new URL("../../tests/fixtures/instruments/scrip-master-compact.csv", import.meta.url), "utf8"),
);

/** A clock that stands still until it is told to go, and its timers. */
export class VirtualTime implements Clock, Timers {
  readonly #start: number;
  #elapsed = 0;
  #waiting: { readonly at: number; readonly order: number; readonly fire: () => void }[] = [];
  #count = 0;

  /** `start` is Kolkata time. */
  constructor(start: string) {
    this.#start = Date.parse(`${start.replace(" ", "T")}+05:30`);
  }

  now(): UnixMs {
    return unixMs(this.#start + this.#elapsed);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, fire: () => void): () => void {
    this.#count += 1;
    const entry = { at: this.#elapsed + delayMs, order: this.#count, fire };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Lets this much time pass, firing what falls due in order. */
  pass(ms: number): void {
    const until = this.#elapsed + ms;
    for (;;) {
      const [next] = this.#waiting.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((entry) => entry !== next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.fire();
    }
    this.#elapsed = until;
  }
}

export interface TestAnswer {
  status: number | "reset" | undefined;
  body: unknown;
}

export type Members = Readonly<Record<string, unknown>>;

/** The members of what should be an object; none of anything else. */
export function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export interface TestWorld {
  readonly time: VirtualTime;
  readonly simulator: Simulator;
  /** An admin command that must succeed; what it answers. */
  admin(command: string, body: Members): Members;
  /** The same, for its status: 409 is a refusal in words. */
  adminStatus(command: string, body: Members): number;
  /** A REST call of the follower (or another token's); the answer fills in when it comes. */
  call(method: string, path: string, body?: unknown, token?: string): TestAnswer;
  /** A logged-in stream; frames are collected as they come. */
  listen(clientId: string, token: string): { readonly frames: Payload[]; dropped: boolean };
}

/** Starts on a Friday morning unless told otherwise. */
export function testWorld({ start = "2026-11-20 10:15:00", ...options }: Partial<SimulatorOptions> & { readonly start?: string } = {}): TestWorld {
  const time = new VirtualTime(start);
  const simulator = new Simulator({
    clock: time,
    timers: time,
    seed: 7,
    listings: LISTINGS,
    accounts: [
      { clientId: LEADER, token: LEADER_TOKEN, name: "leader" },
      { clientId: FOLLOWER, token: FOLLOWER_TOKEN, name: "follower" },
    ],
    ...options,
  });
  const command = (name: string, body: Members) => administer(simulator, { method: "POST", path: `/admin/${name}`, body: JSON.stringify(body) });
  return {
    time,
    simulator,
    admin: (name, body) => {
      const reply = command(name, body);
      expect(reply.status, reply.body).toBe(200);
      return members(JSON.parse(reply.body));
    },
    adminStatus: (name, body) => command(name, body).status,
    call: (method, path, body, token = FOLLOWER_TOKEN) => {
      const answer: TestAnswer = { status: undefined, body: undefined };
      const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
      simulator.gateway.receive(
        { method, path, token, body: text, from: "127.0.0.1", arrivedAt: simulator.stamp(), elapsedAt: time.elapsed() },
        {
          reply: (reply) => {
            answer.status = reply.status;
            answer.body = reply.body === "" ? undefined : JSON.parse(reply.body);
          },
          reset: () => {
            answer.status = "reset";
          },
        },
      );
      return answer;
    },
    listen: (clientId, token) => {
      const stream = { frames: [] as Payload[], dropped: false };
      const session = simulator.streams.connect({
        send: (payload) => stream.frames.push(payload),
        drop: () => {
          stream.dropped = true;
        },
      });
      session.receive(JSON.stringify({ LoginReq: { MsgCode: 42, ClientId: clientId, Token: token }, UserType: "SELF" }));
      return stream;
    },
  };
}

/** The body of a good order, to be varied. */
export function orderBody(changes: Members = {}): Members {
  return {
    dhanClientId: FOLLOWER,
    correlationId: "cp-7f3a91-01",
    transactionType: "BUY",
    ...NIFTY_CALL,
    productType: "INTRADAY",
    orderType: "LIMIT",
    validity: "DAY",
    quantity: 75,
    disclosedQuantity: 0,
    price: 120.5,
    triggerPrice: 0,
    afterMarketOrder: false,
    boProfitValue: null,
    boStopLossValue: null,
    ...changes,
  };
}
