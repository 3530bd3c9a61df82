/**
 * Reads what waits at the leaders' brokers: forever and conditional orders, of which no stream tells (reference 3.2, 3.3). Behind everything else and
 * seldom, because nothing is decided by it: what they fire comes on the stream as any order does.
 */
import type { ConditionalOrder, ForeverOrder, StandingKind } from "../domain/order/standing.ts";
import type { Clock, Timers } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import { pause } from "./pause.ts";
import type { Read, StandingRead } from "./ports/broker.ts";

/** How long one that was placed or changed may stay unsaid, but for the reading itself. */
export const STANDING_EVERY_MS = 15_000;
/** A broker who has no such list is asked again after this. */
const NOT_HERE_MS = 3_600_000;

export interface StandingReadsOptions {
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
  readonly noted: (note: Note) => void;
}

const KINDS = ["forever", "conditional"] as const;

export class StandingReads {
  readonly #options: StandingReadsOptions;
  /** Lists that can't be read, as it was said. */
  readonly #unreadable = new Set<string>();

  constructor(options: StandingReadsOptions) {
    this.#options = options;
  }

  /** Reads until the signal; spread, so that those of many accounts do not come all at once. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const { parties } = this.#options;
    const leaders = [...parties.leaders].map((id) => parties.account(id));
    const copied = parties.withForeverFollowed.filter((account) => !parties.leaders.has(account.clientId));
    const lists = [
      ...leaders.flatMap((account) => KINDS.map((kind) => ({ account, kind }))),
      ...copied.map((account) => ({ account, kind: "forever" as const })),
    ];
    await Promise.all(lists.map(({ account, kind }, index) => this.#keep(account, kind, ((index + 1) * STANDING_EVERY_MS) / (lists.length + 1), signal)));
  }

  async #keep(account: EngineAccount, kind: StandingKind, firstAfterMs: number, signal: AbortSignal): Promise<void> {
    const { timers } = this.#options;
    for (let pauseMs = firstAfterMs; ; ) {
      await pause(timers, pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = await this.#read(account, kind, signal);
    }
  }

  /** Answers when it is to be read again. */
  async #read(account: EngineAccount, kind: StandingKind, signal: AbortSignal): Promise<number> {
    const { broker, clientId } = account;
    const { clock } = this.#options;
    const [asked, askedElapsedMs] = [clock.now(), clock.elapsed()];
    const read = kind === "forever" ? await broker.foreverOrders() : await broker.conditionalOrders();
    if (signal.aborted) return STANDING_EVERY_MS;
    this.#tell(account, kind, read);
    if (!read.ok) return STANDING_EVERY_MS;
    if (read.value.list === "not-here") return NOT_HERE_MS;
    const { orders, isWhole } = read.value;
    this.#options.post({ type: "standing", account: clientId, kind, orders, isWhole, asked, askedElapsedMs });
    return STANDING_EVERY_MS;
  }

  /** Says once of each list that it can't be read, and once that both can again. A dead token is said elsewhere. */
  #tell({ name, clientId }: EngineAccount, kind: StandingKind, read: Read<StandingRead<ForeverOrder | ConditionalOrder>>): void {
    const { noted } = this.#options;
    const list = (of: StandingKind): string => `${clientId} ${of}`;
    if (!read.ok && read.refusal?.code === "TOKEN_DEAD") return;
    if (!read.ok && !this.#unreadable.has(list(kind))) {
      const message = `the ${kind} orders can't be read, and are asked for until they can: ${read.detail}; what they fire is copied all the same`;
      noted({ level: "warning", code: "STANDING_UNREADABLE", account: name, message });
      this.#unreadable.add(list(kind));
    }
    if (read.ok && this.#unreadable.delete(list(kind)) && !KINDS.some((of) => this.#unreadable.has(list(of))))
      noted({ level: "info", code: "STANDING_READ", account: name, message: "the forever and conditional orders are read again" });
  }
}
