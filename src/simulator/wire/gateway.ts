/**
 * The way of a REST request through the broker, without sockets: log, token, limits, faults, the call itself, faults again,
 * answer. The server feeds it from HTTP; a test under virtual time feeds it directly.
 */
import type { Timers } from "../../domain/time.ts";
import type { RequestFaults, RequestStrike } from "../faults/request-faults.ts";
import type { Account } from "./accounts.ts";
import { type BrokerWorld, type Lag, perform } from "./broker-calls.ts";
import { type Call, callOf, needsAddress, rateClassOf } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import type { RateGate } from "./rate-limits.ts";
import { deadDataToken, deadToken, type Reply, tooManyRequests, unknownPath, wrongAddress } from "./reply.ts";
import type { LoggedRequest, RequestLog } from "./request-log.ts";

export interface WireRequest {
  readonly method: string;
  /** From `/v2` on, with the query. */
  readonly path: string;
  /** The `access-token` header. */
  readonly token: string | undefined;
  readonly body: string;
  /** The client's address. */
  readonly from: string;
  /** Unix milliseconds with a fraction; elapsed milliseconds for the limits. */
  readonly arrivedAt: number;
  readonly elapsedAt: number;
}

/** Exactly one of these is called, or none when the request is met with silence. */
export interface Responder {
  reply(reply: Reply): void;
  reset(): void;
}

export interface GatewayWorld extends BrokerWorld {
  readonly timers: Timers;
  readonly gate: RateGate;
  readonly faults: RequestFaults;
  readonly log: RequestLog;
  readonly dialect: () => Dialect;
  readonly lagOf: (clientId: string) => Lag;
  readonly stamp: () => number;
}

export class Gateway {
  readonly #world: GatewayWorld;

  constructor(world: GatewayWorld) {
    this.#world = world;
  }

  receive(request: WireRequest, responder: Responder): void {
    const { accounts, log, gate } = this.#world;
    const [path = ""] = request.path.split("?");
    const account = accounts.ownerOf(request.token);
    const entry = log.add({
      clientId: account?.clientId,
      method: request.method,
      path: request.path,
      body: request.body,
      arrivedAt: request.arrivedAt,
      from: request.from,
    });
    const call = callOf(request.method, path);
    const finish = (reply: Reply): void => this.#answer(entry, responder, reply);
    if (call === undefined) return finish(unknownPath(path, this.#world.clock.now()));
    const rateClass = rateClassOf(call.kind);
    if (account === undefined || !accounts.isAlive(account, request.token))
      return finish(rateClass === "quote" ? deadDataToken() : deadToken(this.#world.dialect()));
    if (!gate.admit(account.clientId, rateClass, request.elapsedAt)) return finish(tooManyRequests());
    this.#through(this.#world.faults.strike(call.kind, account.clientId, "before"), entry, responder, () => {
      const reply = this.#perform(call, account, request, path);
      this.#through(this.#world.faults.strike(call.kind, account.clientId, "after"), entry, responder, () => finish(reply));
    });
  }

  #perform(call: Call, account: Account, request: WireRequest, path: string): Reply {
    const { exchange, lagOf, dialect } = this.#world;
    const books = exchange.ledger.books(account.clientId);
    if (books === undefined) return unknownPath(path, this.#world.clock.now());
    if (needsAddress(call.kind) && account.address !== undefined && account.address !== request.from) return wrongAddress();
    return perform(this.#world, call, { account, books, body: request.body, path, from: request.from, lag: lagOf(account.clientId), dialect: dialect() });
  }

  #through(strike: RequestStrike | undefined, entry: LoggedRequest, responder: Responder, proceed: () => void): void {
    if (strike === undefined) return proceed();
    const { effect } = strike;
    switch (effect.kind) {
      case "delay":
        this.#world.timers.after(effect.ms, proceed);
        return;
      case "hold":
        strike.whenLifted(proceed);
        return;
      case "silence":
        entry.outcome = "silence";
        return;
      case "reset":
        entry.outcome = "reset";
        entry.answeredAt = this.#world.stamp();
        responder.reset();
        return;
      case "answer":
        this.#answer(entry, responder, effect.reply);
    }
  }

  #answer(entry: LoggedRequest, responder: Responder, reply: Reply): void {
    entry.outcome = reply.status;
    entry.answeredAt = this.#world.stamp();
    responder.reply(reply);
  }
}
