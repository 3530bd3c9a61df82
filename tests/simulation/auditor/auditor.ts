/**
 * The auditor: hears what happens at the exchange, on the wire and in the durable journal, and says what is not as it must be
 * (docs/invariants.md). It imports nothing of the program; a test holds that. It looks after every event at the exchange, at every request,
 * and when everything is at rest. The first thing that is broken is kept, and the session ends there.
 */
import { Evidence } from "./evidence.ts";
import { ExchangeAudit } from "./exchange.ts";
import type { Belief, Broken, CopyTerms, JournalLine, OrderVersion } from "./observed.ts";
import { auditAtRest, auditBeliefs, auditFlat, auditFlips } from "./rest.ts";
import { ordersInAnswer, ordersInFrame } from "./told.ts";
import { type Windows, WireAudit } from "./wire.ts";

export class Auditor {
  readonly evidence: Evidence;
  readonly exchange: ExchangeAudit;
  readonly wire: WireAudit;
  readonly #now: () => number;
  #broken: Broken | undefined;
  #dayFrom = 0;
  readonly #lastRead = new Map<string, string>();

  constructor({ copies, windows, now }: { readonly copies: readonly CopyTerms[]; readonly windows: Windows; readonly now: () => number }) {
    this.#now = now;
    this.evidence = new Evidence(copies);
    this.exchange = new ExchangeAudit(this.evidence, this.breaks);
    this.wire = new WireAudit(this.evidence, windows, this.breaks);
  }

  get broken(): Broken | undefined {
    return this.#broken;
  }

  readonly breaks = (invariant: string, sentence: string, stem: string | undefined): void => {
    this.#broken ??= { invariant, sentence, stem, at: this.#now() };
  };

  changed(version: OrderVersion): void {
    const { kept, before } = this.evidence.change(version, this.#now());
    this.exchange.changed(kept, before, this.#now());
  }

  durable(lines: readonly JournalLine[]): void {
    this.evidence.journal(lines, this.#now());
    this.wire.durable(lines);
  }

  frame(account: string, text: string): void {
    for (const told of ordersInFrame(text)) this.evidence.tell(account, told, this.#now());
  }

  /** `mark`: of the placement that is answered. */
  answered(
    account: string,
    { method, path }: { readonly method: string; readonly path: string },
    reply: { readonly status: number; readonly body: string; readonly mark: string | undefined },
  ): void {
    const { body } = reply;
    this.wire.answered(account, method, path, reply);
    if (!/\/orders(?:\/|$)/.test(path)) return;
    // A poll that tells what the last one told tells nothing.
    if (this.#lastRead.get(`${account} ${path}`) === body) return;
    this.#lastRead.set(`${account} ${path}`, body);
    for (const told of ordersInAnswer(body)) this.evidence.tell(account, told, this.#now());
  }

  /** A new trading day. Answers how many copied positions have ended by expiry. */
  dayTurned(day: string): number {
    this.#dayFrom = this.#now();
    this.evidence.day = day;
    return this.evidence.expire(day, this.#now());
  }

  /** The faults are over and the time of I12 has passed. `quietMs`: for how long nothing may have been sent by then. */
  atRest(beliefs: readonly Belief[], quietMs: number): void {
    const at = this.#now();
    if (this.wire.lastWriteAt > at - quietMs) this.breaks("I12", `orders are still being sent ${at - this.wire.lastWriteAt} ms before the end`, undefined);
    const rest = { evidence: this.evidence, breaks: this.breaks, at, dayFrom: this.#dayFrom };
    auditAtRest(rest);
    auditFlips(this.evidence, this.exchange.flips, this.breaks);
    auditBeliefs(rest, beliefs);
  }

  /** Leaders are out of everything, which they began `since`, and what rested at followers has been filled. */
  flat(since: number): void {
    auditFlat({ evidence: this.evidence, breaks: this.breaks, at: since, dayFrom: this.#dayFrom });
  }
}
