/**
 * I13: no entry, and no growth of one, beyond what the copier knew the account to have, and no exit refused for money. Judged on the wire, from the
 * broker's own answers about the account's money and what was sent after each was asked for. A change of price alone counts, and is not judged. Bought options by their limit, for which the price is the
 * whole cost; what may be an exit is left out of it. Of what the exchange has ended without a fill nothing counts, nor of what came to nothing: the
 * broker refused it (429 as well), or its absence may have been proved.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Evidence, isLive, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { stemIn } from "./mark.ts";
import { shares } from "./share.ts";

/** A request was decided this long before its first byte at most: by then an answer may have come that it did not know. */
const DECIDED_MS = 20;
/** `lookupGrace`: no absence is proved sooner (R10). */
const GRACE_MS = 5_000;

interface Reading {
  readonly askedAt: number;
  readonly answeredAt: number;
  /** 1/10000 rupee. */
  readonly available: number;
}

interface Sent {
  /** Of the placement; of a change, of the order that it is to be. */
  readonly mark: string;
  readonly request: "placement" | "change";
  readonly at: number;
  /** Of the whole order. */
  readonly units: number;
  /** Of a change what it adds. 1/10000 rupee. */
  readonly cost: number;
}

export class MoneyAudit {
  readonly #evidence: Evidence;
  readonly #breaks: Breaks;
  readonly #asked = new Map<string, number[]>();
  readonly #readings = new Map<string, Reading[]>();
  readonly #sent = new Map<string, Sent[]>();
  /** By the mark of the order: the newest change that has left. */
  readonly #underway = new Map<string, { readonly at: number; readonly quantity: number; readonly price: number }>();
  readonly #refused = new Set<string>();
  /** The stems of which an order has left. */
  readonly #begun = new Set<string>();

  constructor(evidence: Evidence, breaks: Breaks) {
    this.#evidence = evidence;
    this.#breaks = breaks;
  }

  asked(account: string, path: string, at: number): void {
    if (path.endsWith("/fundlimit")) this.#asked.set(account, [...(this.#asked.get(account) ?? []), at]);
  }

  /** Answers come in the order of the questions, of which there is one at a time; the oldest that may belong to it is the one that favours the copier. */
  answered(
    account: string,
    { method, path }: { readonly method: string; readonly path: string },
    { status, body, mark }: { readonly status: number; readonly body: string; readonly mark: string | undefined },
    at: number,
  ): void {
    const isRefused = status >= 400 && status < 500;
    if (mark !== undefined && isRefused) this.#refused.add(mark);
    if (method === "PUT" && isRefused) this.#forgetChange(account, path);
    if (!path.endsWith("/fundlimit")) return;
    const askedAt = this.#asked.get(account)?.at(-1);
    const available = /"availabelBalance":\s*(-?[\d.]+)/.exec(body)?.[1];
    if (status !== 200 || available === undefined || askedAt === undefined) return;
    this.#readings.set(account, [
      ...(this.#readings.get(account) ?? []).slice(-20),
      { askedAt, answeredAt: at, available: Math.round(Number(available) * 10_000) },
    ]);
  }

  /** A placement leaves. */
  placed(account: string, body: Readonly<Record<string, unknown>>, at: number): void {
    const mark = String(body["correlationId"]);
    if (body["transactionType"] !== "BUY" || !this.#opens(mark)) return;
    const { units, price } = sizeIn(body);
    const beside = this.#besideFirst(stemIn(mark) ?? "", units);
    if (price > 0) this.#judge(account, { mark, request: "placement", at, units, cost: price * units }, beside * price);
  }

  /** A change leaves. */
  changed(account: string, orderId: string, body: Readonly<Record<string, unknown>>, at: number): void {
    const order = this.#evidence.order(account, orderId);
    const mark = order === undefined ? undefined : newest(order).correlationId;
    if (order === undefined || mark === undefined || newest(order).side !== "BUY" || !this.#opens(mark)) return;
    const { units, price } = sizeIn(body);
    const { filled } = newest(order);
    // A change before it may be on its way still: what that adds is counted by itself.
    const underway = this.#underway.get(mark);
    const before = underway !== undefined && underway.at >= (order.versions.at(-1)?.at ?? 0) ? underway : newest(order);
    this.#underway.set(mark, { at, quantity: units, price });
    // What has filled is paid for. How much of it the copier knew is what favours it.
    const added = [filled, order.toldFilled].map((paid) => price * (units - paid) - before.price * (before.quantity - paid));
    const cost = Math.max(0, Math.min(...added));
    if (price === 0 || cost === 0) return;
    const change: Sent = { mark, request: "change", at, units, cost };
    if (units > before.quantity) this.#judge(account, change);
    else this.#sent.set(account, [...(this.#sent.get(account) ?? []), change]);
  }

  /** Whether the order with this mark certainly opens a position. */
  #opens(mark: string): boolean {
    const cause = this.#evidence.causeOf(stemIn(mark) ?? "")?.leaderOrder;
    return cause !== undefined && Math.max(...leaderOpposed(this.#evidence, cause, newest(cause))) === 0;
  }

  /** Units of the same entry that are to follow the first order of it, at least, in further slices: there is to be money for all before one goes. */
  #besideFirst(stem: string, units: number): number {
    if (this.#begun.has(stem)) return 0;
    this.#begun.add(stem);
    const { leaderOrder, copy } = this.#evidence.causeOf(stem) ?? {};
    // What is carried to it, or has been withdrawn from it, is not reckoned here.
    if (leaderOrder === undefined || copy === undefined || copy.rounding === "carry" || this.#evidence.said(stem, "WITHDRAWN", "ENTRIES_HALTED")) return 0;
    const asked = leaderOrder.versions.flatMap(({ version }) => (isLive(leaderOrder) ? [version.quantity] : [version.quantity, version.filled]));
    const scales = this.#evidence.scalesOf(stem, copy);
    return Math.max(0, Math.min(...asked.flatMap((quantity) => shares(scales, quantity, newest(leaderOrder).lot))) - units);
  }

  #forgetChange(account: string, path: string): void {
    const order = this.#evidence.order(account, path.split("/").at(-1) ?? "");
    const mark = order === undefined ? undefined : newest(order).correlationId;
    if (mark !== undefined) this.#underway.delete(mark);
    const sent = this.#sent.get(account) ?? [];
    const last = sent.findLastIndex((one) => one.request === "change" && one.mark === mark);
    this.#sent.set(account, sent.toSpliced(last, last < 0 ? 0 : 1));
  }

  /** `beside`: what is to be there beyond what the request itself costs. */
  #judge(account: string, request: Sent, beside = 0): void {
    const { mark, at, cost } = request;
    const sent = [...(this.#sent.get(account) ?? []), request];
    this.#sent.set(account, sent);
    const known = (this.#readings.get(account) ?? []).filter(({ answeredAt }) => answeredAt > (this.#evidence.diedAt ?? -1));
    const last = known.findLastIndex(({ answeredAt }) => answeredAt <= at - DECIDED_MS);
    const slacks = known.slice(Math.max(0, last)).map(({ askedAt, available }) => available - this.#promised(sent, askedAt, at) - beside);
    if (slacks.length === 0 || Math.max(...slacks) < 0)
      this.#breaks(
        "I13",
        `the ${request.request} of the entry ${mark} costs ${(cost + beside) / 10_000} rupees${beside === 0 ? "" : " with its further slices"}, ${-Math.max(...slacks) / 10_000} beyond what the account was known to have`,
        stemIn(mark),
      );
  }

  /** At rest: nothing that only reduces the leader's position was refused for money, or for another order of the account. */
  atRest(): void {
    for (const [stem, { leaderOrder }] of this.#evidence.causes()) {
      if (leaderOrder === undefined || !this.#evidence.said(stem, "FUNDS_SHORT", "MARGIN_UNKNOWN", "SELF_TRADE")) continue;
      const least = Math.min(...leaderOpposed(this.#evidence, leaderOrder, newest(leaderOrder)));
      if (leaderOrder.versions.every(({ version }) => version.quantity <= least))
        this.#breaks("I13", `the exit ${leaderOrder.orderId} of the leader's was refused as an entry is`, stem);
    }
  }

  #promised(sent: readonly Sent[], since: number, now: number): number {
    return sent.reduce((sum, one) => sum + (one.at > since ? one.cost * this.#partThatCounts(one, now) : 0), 0);
  }

  /** Of an order that has ended only what it has filled was spent: of all that was sent, not of what changes had left of it. */
  #partThatCounts({ mark, at, units }: Sent, now: number): number {
    const order = this.#evidence.ofStem(stemIn(mark) ?? "").find((one) => newest(one).correlationId === mark);
    if (order === undefined) return this.#refused.has(mark) || now >= at + GRACE_MS ? 0 : 1;
    if (isLive(order)) return 1;
    return Math.min(1, newest(order).filled / units);
  }
}

/** Of an order request; the price in 1/10000 rupee. */
function sizeIn(body: Readonly<Record<string, unknown>>): { readonly units: number; readonly price: number } {
  return { units: Number(body["quantity"]), price: Math.round(Number(body["price"]) * 10_000) };
}
