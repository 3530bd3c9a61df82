/** Sends what has become durable, once, and puts what became of it into the engine's words (R8, R10). */
import { assert, unreachable } from "../domain/assert.ts";
import type { ClientId } from "../domain/identity.ts";
import type { Rank, Request } from "../domain/mirror/decision.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { RequestAnswered, RequestOutcome } from "../domain/records.ts";
import type { Inbound } from "./inbox.ts";
import type { Outbox } from "./outbox.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import type { Timed, WriteOutcome } from "./ports/broker.ts";

/** A request whose intent is recorded. Times are elapsed time, for the latency stages. */
export interface Intent {
  readonly mirror: Mirror;
  readonly request: Request;
  readonly decidedAt: number;
  /** When the leader's frame that led to it arrived; undefined when none did. */
  readonly arrived: number | undefined;
  readonly rank: Rank;
  /** Other slices of the same order have a request too, and how urgent that is. */
  readonly next: Rank | undefined;
}

export interface SenderOptions {
  readonly parties: Parties;
  readonly outboxOf: (follower: ClientId) => Outbox;
  readonly answered: (answer: Inbound) => void;
  readonly noted: (note: Note) => void;
}

export class Sender {
  readonly #parties: Parties;
  readonly #outboxOf: SenderOptions["outboxOf"];
  readonly #answered: SenderOptions["answered"];
  readonly #noted: SenderOptions["noted"];
  #inFlight = 0;

  constructor({ parties, outboxOf, answered, noted }: SenderOptions) {
    this.#parties = parties;
    this.#outboxOf = outboxOf;
    this.#answered = answered;
    this.#noted = noted;
  }

  /** Requests that were sent and not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  send(intent: Intent, durableAt: number): void {
    const { mirror, request, decidedAt, arrived } = intent;
    const account = this.#parties.account(mirror.follower);
    const copy = this.#parties.copyOf(mirror);
    assert(copy !== undefined, `${mirror.key} belongs to no copy`);
    this.#inFlight += 1;
    void this.#call(account, copy, mirror, request).then((timed) => {
      this.#inFlight -= 1;
      const stages = {
        decidedMs: arrived === undefined ? undefined : decidedAt - arrived,
        journalledMs: durableAt - decidedAt,
        wireMs: timed.writtenAt === undefined ? undefined : timed.writtenAt - durableAt,
        answeredMs: timed.settledAt - (timed.writtenAt ?? durableAt),
      };
      const kind = requestKind(request);
      const result = this.#outcome(mirror, timed);
      const answer = { follower: mirror.follower, mirror: mirror.key, attempt: request.attempt, request: kind, ...legOf(request), result, stages } as const;
      this.#answered({ type: "answered", answer });
    });
  }

  #call(account: EngineAccount, copy: Copy, mirror: Mirror, request: Request): Promise<Timed<WriteOutcome>> {
    switch (request.request) {
      case "place":
        return account.broker.place({
          correlationId: request.correlationId,
          instrument: mirror.instrument,
          contracted: { ...mirror.contracted, product: request.product ?? mirror.contracted.product, afterMarket: request.afterMarket },
          amoTime: copy.policy.amoTime,
          terms: request.terms,
          ...(request.legs === undefined ? {} : { legs: request.legs }),
          ...(request.forever === undefined ? {} : { forever: request.forever }),
        });
      case "modify":
        return account.broker.modify({
          orderId: request.orderId,
          terms: request.terms,
          ...(request.legs === undefined ? {} : { legs: request.legs }),
          ...(request.forever === undefined ? {} : { forever: request.forever }),
          ...(request.oco === undefined ? {} : { oco: request.oco }),
        });
      case "cancel":
        return account.broker.cancel(request.orderId, request.forever === true ? "forever" : request.leg);
      default:
        return unreachable(request);
    }
  }

  /** The broker's answer in the journal's words, and the slot of the budget given back. */
  #outcome({ key, follower }: Mirror, timed: Timed<WriteOutcome>): RequestOutcome {
    const outbox = this.#outboxOf(follower);
    const { result } = timed;
    if (timed.writtenAt === undefined && result.outcome === "not-sent") outbox.release(key);
    else if (result.outcome === "refused" && result.refusal.code === "RATE_LIMIT") outbox.sendBack(key, timed.settledAt);
    else outbox.settle(key, timed.settledAt);
    this.#heed(follower, outbox, timed);
    switch (result.outcome) {
      case "accepted":
        return { outcome: "accepted", orderId: result.orderId };
      case "not-sent":
        return { outcome: "not-sent", cause: result.cause };
      case "unknown":
        return { outcome: "unknown", because: `${result.because}: ${result.detail}` };
      case "refused":
        return { outcome: "refused", refusal: result.refusal };
      default:
        return unreachable(result);
    }
  }

  /** Over the limit means not executed (reference 10.4): it waits in the outbox again, and the account's pace slows until one is taken. */
  #heed(follower: ClientId, { budget }: Outbox, { result, writtenAt, settledAt }: Timed<WriteOutcome>): void {
    if (writtenAt === undefined) return;
    const account = this.#parties.account(follower).name;
    if (result.outcome === "refused" && result.refusal.code === "RATE_LIMIT") {
      if (!budget.pause.refused({ writtenAt, answeredAt: settledAt })) return;
      const message = "the broker answered 429 although the budget was kept: somebody else may be sending for this account; one request at a time asks again";
      this.#noted({ level: "warning", code: "RATE_LIMITED", account, message });
    } else if ((result.outcome === "accepted" || result.outcome === "refused") && budget.pause.taken({ writtenAt })) {
      this.#noted({ level: "info", code: "RATE_LIMIT_OVER", account, message: "the broker takes requests again after 429" });
    }
  }
}

/** The request's name in the record of its answer. */
export function requestKind({ request }: Request): RequestAnswered["request"] {
  return request === "place" ? "placement" : request === "modify" ? "modification" : "cancel";
}

/** Of a cancel that is of one leg of a super order. */
export function legOf(request: Request): Pick<RequestAnswered, "leg"> {
  return request.request === "cancel" && request.leg !== undefined && request.leg !== "entry" ? { leg: request.leg } : {};
}
