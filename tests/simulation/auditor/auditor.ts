/**
 * The auditor: hears what happens at the exchange, on the wire and in the durable journal, and says what is not as it must be
 * (docs/invariants.md). It imports nothing of the program; a test holds that. It looks after every event at the exchange, at every request,
 * and when everything is at rest. The first thing that is broken is kept, and the session ends there.
 */
import { auditCarried } from "./carried.ts";
import { Evidence } from "./evidence.ts";
import { ExchangeAudit } from "./exchange.ts";
import type { Converted } from "./leader-products.ts";
import { auditLegs } from "./legs.ts";
import { MoneyAudit } from "./money.ts";
import { NewestTermsAudit } from "./newest-terms.ts";
import type { Band, Belief, Broken, CopyTerms, JournalLine, OrderVersion, SuperPlan } from "./observed.ts";
import { ProductsAudit } from "./products.ts";
import { auditPursuitAtRest, PursuitAudit } from "./pursuit.ts";
import { auditSliced, type SlicedJudged } from "./residual.ts";
import { auditAtRest, auditBeliefs, auditFlat, auditFlips } from "./rest.ts";
import { type Standing, StandingAudit } from "./standing.ts";
import { auditFamily, auditSupersAtRest } from "./supers.ts";
import { legsInAnswer, ordersInAnswer, ordersInFrame } from "./told.ts";
import { auditAfterWayOut } from "./way-out.ts";
import { type Windows, WireAudit, type Written } from "./wire.ts";

/** What stands at the brokers and in the copier's memory when everything is at rest. */
export interface AtRest {
  readonly beliefs: readonly Belief[];
  readonly supers: readonly SuperPlan[];
  readonly standing: readonly Standing[];
}

export class Auditor {
  readonly evidence: Evidence;
  readonly exchange: ExchangeAudit;
  readonly wire: WireAudit;
  readonly money: MoneyAudit | undefined;
  readonly standing: StandingAudit;
  readonly products: ProductsAudit;
  readonly #pursuit: PursuitAudit;
  readonly #newestTerms: NewestTermsAudit;
  readonly #now: () => number;
  /** Positions of copies with `rounding: carry` that were judged as a whole. */
  carried = 0;
  /** Legs that were missing beside one that stood, when all was at rest. */
  legsMissing = 0;
  /** Orders that a leader sent as several, judged as a whole. */
  readonly sliced: SlicedJudged = { entries: 0, exits: 0 };
  #broken: Broken | undefined;
  readonly #lastRead = new Map<string, string>();

  constructor({
    copies,
    bands,
    windows,
    money,
    converted,
    now,
  }: {
    readonly copies: readonly CopyTerms[];
    readonly bands: readonly Band[];
    readonly windows: Windows;
    /** Whether the copies check what the accounts have. */
    readonly money: "checked" | "trusted";
    /** The contract of which positions are converted from one product to another. */
    readonly converted: string;
    readonly now: () => number;
  }) {
    this.#now = now;
    this.evidence = new Evidence(copies);
    this.exchange = new ExchangeAudit(this.evidence, this.breaks);
    this.wire = new WireAudit(this.evidence, windows, this.breaks);
    this.money = money === "checked" ? new MoneyAudit(this.evidence, this.breaks) : undefined;
    this.standing = new StandingAudit(this.breaks);
    this.products = new ProductsAudit(this.breaks, converted);
    this.#pursuit = new PursuitAudit(this.evidence, bands, this.breaks);
    this.#newestTerms = new NewestTermsAudit(this.evidence, this.breaks);
  }

  get broken(): Broken | undefined {
    return this.#broken;
  }

  readonly breaks = (invariant: string, sentence: string, stem: string | undefined): void => {
    this.#broken ??= { invariant, sentence, stem, at: this.#now() };
  };

  /** The first byte of an order request. `isJournalBroken`: then the cancel of a known order may go all the same, and what makes one smaller (R8, decision 19). */
  sent(written: Written, isJournalBroken: boolean): void {
    this.wire.sent(written, isJournalBroken);
    this.#pursuit.sent(written);
    this.#newestTerms.sent(written);
    const { account, method, path, body, at } = written;
    if (method === "POST") this.money?.placed(account, body, at);
    if (method === "POST") auditAfterWayOut(this.evidence, this.breaks, { mark: String(body["correlationId"]), at });
    if (method === "PUT") this.money?.changed(account, path.split("/").at(-1) ?? "", body, at);
  }

  changed(version: OrderVersion): void {
    const { kept, before } = this.evidence.change(version, this.#now());
    this.exchange.changed(kept, before, this.#now());
    const leaderOrder = kept.stem === undefined ? undefined : this.evidence.causeOf(kept.stem)?.leaderOrder;
    this.products.changed(kept, before, this.#now(), this.evidence.copiedInto(kept), leaderOrder);
    if (before === undefined && kept.stem !== undefined) auditFamily(this.evidence, this.breaks, kept, kept.stem);
  }

  converted(conversion: Omit<Converted, "at">): void {
    const at = this.#now();
    this.products.converted({ ...conversion, at });
    this.evidence.products.converted({ ...conversion, at });
  }

  durable(lines: readonly JournalLine[]): void {
    this.evidence.journal(lines, this.#now());
    this.products.durable(lines, this.#now());
    this.wire.durable(lines);
    this.standing.durable(lines);
    this.#pursuit.durable(lines, this.#now());
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
    this.#newestTerms.answered(account, method, path, reply);
    this.money?.answered(account, { method, path }, reply, this.#now());
    if (path.endsWith("/fundlimit") && reply.status === 200) this.evidence.funds.told(account, body, this.#now());
    if (!/\/orders(?:\/|$)/.test(path)) return;
    // A poll that tells what the last one told tells nothing.
    if (this.#lastRead.get(`${account} ${path}`) === body) return;
    this.#lastRead.set(`${account} ${path}`, body);
    for (const told of ordersInAnswer(body)) this.evidence.tell(account, told, this.#now());
    for (const told of legsInAnswer(body)) this.evidence.tellLeg(account, told, this.#now());
  }

  /** A new trading day. Answers how many copied positions have ended by expiry. */
  dayTurned(day: string): number {
    this.#pursuit.dayTurned();
    this.products.dayTurned(day);
    this.evidence.dayFrom = this.#now();
    this.evidence.day = day;
    return this.evidence.expire(day, this.#now());
  }

  /** The faults are over and the time of I12 has passed. `quietMs`: for how long nothing may have been sent by then. */
  atRest({ beliefs, supers, standing }: AtRest, quietMs: number): void {
    const at = this.#now();
    if (this.wire.lastWriteAt > at - quietMs) this.breaks("I12", `orders are still being sent ${at - this.wire.lastWriteAt} ms before the end`, undefined);
    const rest = { evidence: this.evidence, breaks: this.breaks, at, dayFrom: this.evidence.dayFrom };
    auditAtRest(rest);
    this.money?.atRest();
    auditPursuitAtRest(rest);
    auditSupersAtRest(rest, supers);
    this.standing.atRest(standing);
    this.legsMissing += auditLegs(rest);
    auditFlips(this.evidence, this.exchange.flips, this.breaks);
    this.carried += auditCarried(this.evidence, this.breaks);
    this.sliced.entries += auditSliced(this.evidence, this.breaks).entries;
    auditBeliefs(rest, beliefs);
  }

  /** Leaders are out of everything, which they began `since`, and what rested at followers has been filled. */
  flat(since: number): void {
    this.sliced.exits += auditSliced(this.evidence, this.breaks).exits;
    const rest = { evidence: this.evidence, breaks: this.breaks, dayFrom: this.evidence.dayFrom };
    auditFlat({ ...rest, at: since });
    auditLegs({ ...rest, at: this.#now() });
  }
}
