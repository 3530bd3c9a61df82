/**
 * I17: no order of the copier's opens a position in one product beside an opposite one that its account holds of the same contract in another.
 * Looked at in one contract, of which owners convert positions from one product to another. What the exchange does there is judged by the rest of
 * the auditor over all products together.
 */
import { KNOWLEDGE_MS } from "./allowance.ts";
import { type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import type { Converted } from "./leader-products.ts";
import { hasExpired, type JournalLine, type OrderVersion, signed } from "./observed.ts";
import { Timelines } from "./timeline.ts";

interface Fill {
  readonly order: Kept;
  /** Which version of the order brought it. */
  readonly version: number;
  readonly product: string;
  /** Signed. */
  readonly units: number;
  readonly at: number;
}

interface Seen {
  readonly account: string;
  readonly at: number;
  /** When the journal has told that it is known. */
  knownAt: number | undefined;
}

/** What the copier believes an account to hold in a product: its copies and what is the owner's. */
export interface ProductBelief {
  readonly account: string;
  readonly product: string;
  readonly net: number;
}

export class ProductsAudit {
  readonly #breaks: Breaks;
  readonly #contract: string;
  /** `account:product`. */
  #held = new Timelines();
  readonly #conversions: Seen[] = [];
  /** What orders of the copier's have filled in the contract. */
  readonly #fills: Fill[] = [];
  /** By account: how often an exit went out before its conversion was known; each account of which two orders have filled together is one of them. */
  readonly crossed = new Map<string, number>();

  /** `contract`: the beginning of the holdings of the one that is looked at. */
  constructor(breaks: Breaks, contract: string) {
    this.#breaks = breaks;
    this.#contract = contract;
  }

  held(account: string, product: string): number {
    return this.#held.of(keyOf(account, product)).now;
  }

  converted({ account, from, to, units, at }: Converted): void {
    this.#held.add(keyOf(account, from), at, -units);
    this.#held.add(keyOf(account, to), at, units);
    this.#conversions.push({ account, at, knownAt: undefined });
  }

  /** `copied`: what each copy in the account has of the contract after it, in all products together. `leaderOrder`: of which it is a copy. */
  changed(kept: Kept, before: OrderVersion | undefined, at: number, copied: readonly number[], leaderOrder?: Kept): void {
    const version = newest(kept);
    const units = signed(version.side, version.filled - (before?.filled ?? 0));
    if (units === 0 || !version.holding.startsWith(this.#contract)) return;
    this.#held.add(keyOf(kept.account, version.product), at, units);
    const now = this.held(kept.account, version.product);
    const others = this.#heldBeside(kept.account, version.product);
    const isOpened = Math.sign(now) === Math.sign(units) && Math.sign(now - units) !== Math.sign(units);
    if (kept.stem === undefined) return;
    const beside = this.#filledBeside(kept, version, at);
    const untold = this.#opensBeside(leaderOrder) ? this.#untoldAgainst(kept, version, at) : 0;
    this.#fills.push({ order: kept, version: kept.versions.length - 1, product: version.product, units, at });
    if (!isOpened || Math.sign(others) !== -Math.sign(units) || areCopiesOf(now, others, copied)) return;
    if (beside >= Math.abs(now) || untold >= Math.abs(others) || this.#hasLeft(leaderOrder, at))
      this.crossed.set(kept.account, this.crossed.get(kept.account) ?? 0);
    else if (this.#mayNotKnow(kept, at)) this.crossed.set(kept.account, (this.crossed.get(kept.account) ?? 0) + 1);
    else
      this.#breaks("I17", `${kept.orderId} opened ${now} in ${version.product} beside ${others} that the account holds of the contract in others`, kept.stem);
  }

  durable(lines: readonly JournalLine[], at: number): void {
    for (const line of lines) {
      if (line.type !== "follower-positions-read" || line["converted"] === undefined) continue;
      for (const one of this.#conversions) if (one.account === line["follower"] && one.at <= at) one.knownAt ??= at;
    }
  }

  /** What was known is to be found out anew. */
  journalLost(): void {
    for (const one of this.#conversions) one.knownAt = undefined;
  }

  dayTurned(day: string): void {
    if (hasExpired(this.#contract, day)) this.#held = new Timelines();
  }

  /** `told`: accounts of which a person was told that they hold one contract on both sides. */
  atRest(beliefs: readonly ProductBelief[], told: ReadonlySet<string>): void {
    for (const { account, product, net } of beliefs)
      if (net !== this.held(account, product))
        this.#breaks("I9", `${account} is believed to hold ${net} in ${product}; it holds ${this.held(account, product)}`, undefined);
    for (const account of this.crossed.keys()) {
      const nets = this.#netsOf(account);
      if (nets.some((net) => net > 0) && nets.some((net) => net < 0) && !told.has(account))
        this.#breaks("I11", `nobody was told that ${account} holds one contract on both sides: ${nets.join(", ")}`, undefined);
    }
  }

  /**
   * Units that orders beside it have filled on its side of its product, since it was placed: of two alternatives that filled together (R16) the second opens
   * what the first had got out of. That is closed, as where nothing has been converted (I5).
   */
  #filledBeside(kept: Kept, { side, product }: OrderVersion, at: number): number {
    return this.#fills
      .filter(
        ({ order, ...fill }) => order !== kept && order.account === kept.account && fill.product === product && fill.at >= kept.placedAt && isOfLate(fill, at),
      )
      .reduce((sum, { units }) => sum + Math.max(0, signed(side, units)), 0);
  }

  /**
   * The leader himself opens by it in one product, and holds the other way in others. What he had in its product when he ordered it says which it is (R14):
   * it is no exit of what he has entered since.
   */
  #opensBeside(leaderOrder: Kept | undefined): boolean {
    if (leaderOrder === undefined) return false;
    const { account, placedAt } = leaderOrder;
    const { side, product } = newest(leaderOrder);
    const had = this.#held.of(keyOf(account, product)).at(placedAt);
    return signed(side, had) >= 0 && signed(side, this.#heldBeside(account, product)) < 0;
  }

  /**
   * The leader had got out of what he held the other way, in all products together, shortly before he opened by it: the copy's exits of that are on their way, and
   * what he opens does not wait for them (R14).
   */
  #hasLeft(leaderOrder: Kept | undefined, at: number): boolean {
    if (leaderOrder === undefined) return false;
    const { account, placedAt } = leaderOrder;
    const { side } = newest(leaderOrder);
    const lines = [...this.#held.entries()].flatMap(([key, line]) => (key.startsWith(`${account}:`) ? [line] : []));
    const had = (moment: number): number =>
      signed(
        side,
        lines.reduce((sum, line) => sum + line.at(moment), 0),
      );
    const since = lines.flatMap((line) => line.within(at - KNOWLEDGE_MS, placedAt));
    return had(placedAt) >= 0 && since.some((point) => had(point.at) < 0);
  }

  /** Units that orders of ours have filled against it in other products, of which the copier had not been told when it sent this one. */
  #untoldAgainst({ account, placedAt }: Kept, { side, product }: OrderVersion, at: number): number {
    return this.#fills
      .filter(
        ({ order, version, ...fill }) =>
          order.account === account && fill.product !== product && isOfLate(fill, at) && order.told.at(placedAt - WRITTEN_MS) < version,
      )
      .reduce((sum, { units }) => sum + Math.max(0, -signed(side, units)), 0);
  }

  /** It was sent before what had been converted was known; and it fills before its end, which is asked for then, may have come. */
  #mayNotKnow({ account, placedAt }: Kept, at: number): boolean {
    return this.#conversions.some(
      (one) => one.account === account && one.at <= at && (one.knownAt === undefined || (placedAt <= one.knownAt + WRITTEN_MS && at < one.knownAt + ENDED_MS)),
    );
  }

  #heldBeside(account: string, product: string): number {
    return this.#netsOf(account).reduce((sum, net) => sum + net, -this.held(account, product));
  }

  #netsOf(account: string): readonly number[] {
    return [...this.#held.entries()].flatMap(([key, { now }]) => (key.startsWith(`${account}:`) ? [now] : []));
  }
}

function keyOf(account: string, product: string): string {
  return `${account}:${product}`;
}

function isOfLate(fill: { readonly at: number }, at: number): boolean {
  return fill.at > at - KNOWLEDGE_MS;
}

/**
 * Where the copies of two leaders in one account stand on opposite sides, it may hold one side in one product and the other in another: of each no more than
 * the copies have on that side. Each of them gets out of its own (docs/conversions.md).
 */
function areCopiesOf(opened: number, others: number, copied: readonly number[]): boolean {
  return [opened, others].every((net) => copied.reduce((sum, one) => sum + Math.max(0, Math.sign(net) * one), 0) >= Math.abs(net));
}

/** A request may be slow for so long (faults), and is decided a moment before its record is durable. */
const WRITTEN_MS = 7_000;
const ENDED_MS = 60_000;
