/**
 * From decided to sent: nothing leaves before its intent is durable; what only takes away may, when the journal is broken, for it is
 * repeatable (R8; decision 19). A journal that took nothing is tried again every second.
 */
import { unreachable } from "../domain/assert.ts";
import type { ClientId } from "../domain/identity.ts";
import type { Request } from "../domain/mirror/decision.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import type { Outbox } from "./outbox.ts";
import type { Note, NoteCode, Parties } from "./parties.ts";
import type { Recorder } from "./recorder.ts";
import { type Intent, legOf, requestKind, type Sender } from "./sender.ts";

/** How often a journal that took nothing is tried again. */
const RETRY_JOURNAL_MS = 1_000;

export interface DispatchOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly sender: Sender;
  readonly outboxOf: (follower: ClientId) => Outbox;
  readonly noted: (note: Note) => void;
  /** The journal has taken what waited. */
  readonly healed: () => void;
}

export class Dispatch {
  readonly #options: DispatchOptions;
  #stopRetrying: (() => void) | undefined;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Whether a request may be decided on: while the journal is broken only what takes away is. */
  mayLeave(request: Request, mirror: Mirror): boolean {
    return this.#options.recorder.broken === undefined || mayGoUnrecorded(request, mirror);
  }

  /** Makes everything recorded durable, and then sends. */
  commitAndSend(intents: readonly Intent[]): void {
    const { recorder, clock, sender } = this.#options;
    const wasBroken = recorder.broken !== undefined;
    const durable = recorder.commit();
    if (!durable && !wasBroken) this.#broke();
    const durableAt = clock.elapsed();
    for (const intent of intents) {
      if (durable) sender.send(intent, durableAt);
      else if (mayGoUnrecorded(intent.request, intent.mirror)) this.#sendUnrecorded(intent, durableAt);
      else this.#withhold(intent);
    }
  }

  stop(): void {
    this.#stopRetrying?.();
  }

  #sendUnrecorded(intent: Intent, at: number): void {
    const { mirror, request } = intent;
    if (request.request === "cancel")
      this.#note("warning", "CANCEL_UNRECORDED", mirror.follower, `order ${request.orderId} is cancelled, and the journal can't be told`);
    else if (request.request === "modify") {
      const message = `order ${request.orderId} is made smaller, ${request.terms.quantity} units, and the journal can't be told`;
      this.#note("warning", "REDUCTION_UNRECORDED", mirror.follower, message);
    }
    this.#options.sender.send(intent, at);
  }

  /** The intent is in the book and not on disk: it never left, and is answered so. When the journal heals the two are stored together. */
  #withhold({ mirror, request }: Intent): void {
    const { recorder, clock, outboxOf } = this.#options;
    const { follower, key } = mirror;
    outboxOf(follower).release(key);
    recorder.record({
      type: "request-answered",
      at: clock.now(),
      follower,
      mirror: key,
      attempt: request.attempt,
      request: requestKind(request),
      ...legOf(request),
      result: { outcome: "not-sent", cause: "the journal can't be written" },
      stages: undefined,
    });
  }

  #broke(): void {
    const { recorder, clock } = this.#options;
    const why = recorder.broken?.message ?? "";
    const what = `the journal can't be written (${why}): nothing is placed or made larger any more; known orders are still cancelled and made smaller`;
    const then = recorder.mayHeal ? "it is tried again every second" : "that ends with a new start, which reads the brokers' books";
    this.#note("critical", "JOURNAL_BROKEN", undefined, `${what}; ${then}`);
    this.#retryLater(clock.now());
  }

  #retryLater(since: UnixMs): void {
    if (!this.#options.recorder.mayHeal) return;
    this.#stopRetrying = this.#options.timers.after(RETRY_JOURNAL_MS, () => this.#retry(since));
  }

  #retry(since: UnixMs): void {
    const { recorder, clock, healed } = this.#options;
    const waited = recorder.unstored;
    if (!recorder.retry()) {
      if (recorder.mayHeal) this.#retryLater(since);
      else {
        const message = `the journal is given up (${recorder.broken?.message ?? ""}): start Lockstep again when the cause is mended`;
        this.#note("critical", "JOURNAL_BROKEN", undefined, message);
      }
      return;
    }
    const seconds = Math.round((clock.now() - since) / 1_000);
    this.#note("info", "JOURNAL_WRITTEN", undefined, `the journal is written again, after ${seconds} s; ${waited} records that had waited are in it`);
    healed();
  }

  #note(level: Note["level"], code: NoteCode, account: ClientId | undefined, message: string): void {
    const { parties, noted } = this.#options;
    noted({ level, code, account: account === undefined ? undefined : parties.account(account).name, message });
  }
}

/**
 * What only takes away may be repeated (R3), so nothing is lost by not having written it down: a cancel, and a change that makes an order smaller,
 * such as of an exit whose alternative has filled (R16; decision 19). A cancel that makes room for another order is half a change: the other could
 * not follow; nor could the exit that a leg of a super order gives way to.
 */
function mayGoUnrecorded(request: Request, mirror: Mirror): boolean {
  switch (request.request) {
    case "place":
      return false;
    case "modify":
      return request.terms.quantity < (mirror.attempts.find(({ number }) => number === request.attempt)?.terms.quantity ?? 0);
    case "cancel":
      return request.purpose !== "replaces" && request.leg !== "stop" && request.leg !== "target";
    default:
      return unreachable(request);
  }
}
