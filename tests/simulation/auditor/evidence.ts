/**
 * Everything the auditor knows: each order at the exchange through all its versions, what of it the copier was told and when, positions
 * over time, and what the durable journal says. Facts only; what must be true of them is judged beside this file.
 */

import { FundsTold } from "./funds.ts";
import { LeaderProducts } from "./leader-products.ts";
import { stemFor, stemIn } from "./mark.ts";
import { type CopyTerms, type Fraction, hasExpired, isOver, type JournalLine, type OrderVersion, signed } from "./observed.ts";
import type { OrderScale } from "./share.ts";
import { Timeline, Timelines } from "./timeline.ts";
import type { ToldLeg, ToldOrder } from "./told.ts";
import { WriteOffs } from "./written-off.ts";

/** One order at the exchange, from its first version to its last. */
export interface Kept {
  readonly account: string;
  readonly orderId: string;
  readonly placedAt: number;
  /** Of an order of ours. */
  readonly stem: string | undefined;
  /** Of a leg of an order of ours: the mark of that. It bears none itself, and is no hand's. */
  readonly legOf: string | undefined;
  readonly versions: { readonly at: number; readonly version: OrderVersion }[];
  /** Of what is not ours: the second in which it was ordered; or, where the copier had not been told of it, changed. With account, holding and side. */
  readonly seconds: string[];
  /** Which version is the newest that the copier was told; from -1. */
  readonly told: Timeline;
  /** The same by the oldest version that each word of it may have meant: terms can come back. Of a leg only by the list of super orders, which alone tells its price. */
  readonly surelyTold: Timeline;
  /** When the copier was first told anything of it. */
  firstToldAt: number | undefined;
  /** When it was first told that the order is more than in transit. */
  pendingToldAt: number | undefined;
  /** When the process of now was first told that the exchange has it. */
  atExchangeToldAt: number | undefined;
  toldFilled: number;
}

/** What stands behind a mark. */
export interface Cause {
  readonly copy: CopyTerms;
  /** The leader's order; undefined for an order that the copier made of itself. */
  readonly leaderOrder: Kept | undefined;
  /** Of the copier's own: closes two alternatives that filled together (R16), or exits an orphan (R18). */
  readonly own: "closing" | "orphan" | undefined;
}

export class Evidence {
  readonly copies: readonly CopyTerms[];
  readonly #orders = new Map<string, Kept>();
  readonly #byStem = new Map<string, Kept[]>();
  /** What is not ours, by account, holding, side and second of the broker's. */
  readonly #bySecond = new Map<string, Kept[]>();
  readonly #causes = new Map<string, Cause>();
  /** `account:holding` for what its owner holds by his own orders, and `leader>follower:holding` for what a copy holds. */
  readonly held = new Timelines();
  /** The same as far as the copier was told. */
  readonly heldAsTold = new Timelines();
  /** What of a contract that is kept as one holding is in which product. */
  readonly products = new LeaderProducts();
  /** By mirror: its mark; by mark: what was said. Of the journal that is in force. */
  readonly #stemOfMirror = new Map<string, string>();
  readonly verdicts = new Map<string, { readonly code: string; readonly sentence: string; readonly at: number }[]>();
  readonly opened = new Map<string, number>();
  /** When what a leader's order is was last decided, by `account/order`: later than its first frame where that was lost with its batch. */
  readonly decidedAt = new Map<string, number>();
  /** When a mirror was last opened, by mark. */
  readonly openedAt = new Map<string, number>();
  /** Not when it was opened anew. */
  readonly firstOpenedAt = new Map<string, number>();
  readonly funds = new FundsTold();
  /** Of copies sized by capital, by mark: the ratios by which the order may have been sized. */
  readonly #ratios = new Map<string, readonly Fraction[]>();
  readonly halted = new Map<string, number>();
  readonly #withoutSize = new Set<string>();
  /** By mark: those that were opened when nobody had told the copier what contract it is. */
  readonly withoutContract = new Set<string>();
  /** Before this, what a mirror was told is lost with the journal. */
  journalLostAt: number | undefined;
  /** Only its end is lost: what the exits of that time had withdrawn is not known any more, so bounds by what the copy holds do not apply. */
  isJournalCut = false;
  /**
   * Where a leader's order that was, or may have been, taken for an entry has reduced his position all the same: `leader:holding`. What an
   * order is is decided at first sight (design 3), so nothing is withdrawn for it, and no bound by what he holds now applies there.
   */
  readonly bothWays = new Set<string>();
  /** When the copier's wall clock was last stepped, and when its process last died. */
  clockSteppedAt: number | undefined;
  diedAt: number | undefined;
  startedAt: number | undefined;
  /** The same as its own wall clock told it, by which it calls an order older than its start: a clock that was stepped stays beside the brokers'. */
  startedByItsClock: number | undefined;
  /** From the last record that became durable before a process died, to the next start: what was told in between is stored nowhere, and the books of the day tell it again. */
  readonly gaps: { readonly from: number; readonly to: number }[] = [];
  #durableAt = 0;
  /** What the durable journal has of the fills of each order of a follower's, by `account/order`. */
  readonly #stored = new Map<string, Timeline>();
  /** The same of leaders' orders. */
  readonly #leadersStored = new Map<string, Timeline>();
  /** Since the day turned, and when it did; 0: it has not. */
  day: string | undefined;
  dayFrom = 0;
  /** Orders of ours that their owner cancelled by hand. */
  readonly cancelledByHand = new Set<string>();

  constructor(copies: readonly CopyTerms[]) {
    this.copies = copies;
  }

  /** The copies of which something went through zero. */
  readonly flipped = new Set<string>();
  readonly writeOffs = new WriteOffs(this);

  change(version: OrderVersion, at: number): { readonly kept: Kept; readonly before: OrderVersion | undefined } {
    this.writeOffs.settle(at);
    const key = `${version.account}/${version.orderId}`;
    const known = this.#orders.get(key);
    const kept = known ?? this.#keep(key, version, at);
    const before = kept.versions.at(-1)?.version;
    kept.versions.push({ at, version });
    if (kept.stem === undefined && kept.firstToldAt === undefined) this.#keepSecond(kept, version);
    const traded = signed(version.side, version.filled - (before?.filled ?? 0));
    if (traded !== 0) this.#trade(kept, version, traded, at, "held");
    return { kept, before };
  }

  /** What the copier was told of an order, by frame or by row. */
  tell(account: string, told: ToldOrder, at: number): void {
    const kept = this.#orders.get(`${account}/${told.orderId}`);
    if (kept === undefined) return;
    kept.firstToldAt ??= at;
    if (!told.inTransit) kept.pendingToldAt ??= at;
    if (told.atExchange && (kept.atExchangeToldAt ?? -1) < (this.startedAt ?? 0)) kept.atExchangeToldAt = at;
    const index = kept.versions.findLastIndex(({ version }) => sameAsTold(version, told));
    if (index > kept.told.now || kept.told.isEmpty) kept.told.set(at, Math.max(index, kept.told.now));
    const surely = kept.versions.findIndex(({ version }) => sameAsTold(version, told));
    if (kept.versions[0]?.version.leg === undefined && surely > kept.surelyTold.now) kept.surelyTold.set(at, surely);
    if (told.filled > kept.toldFilled) {
      const last = kept.versions.at(-1)?.version;
      if (last !== undefined) this.#trade(kept, last, signed(last.side, told.filled - kept.toldFilled), at, "told");
      kept.toldFilled = told.filled;
    }
  }

  /** What it was told that a leg of a super order asks for. */
  tellLeg(account: string, { of, name, price }: ToldLeg, at: number): void {
    for (const kept of this.#orders.values()) {
      const leg = kept.versions[0]?.version.leg;
      if (kept.account !== account || leg?.of !== of || leg.name !== name) continue;
      const surely = kept.versions.findIndex(({ version }) => (version.trigger === 0 ? version.price : version.trigger) === price);
      if (surely > kept.surelyTold.now) kept.surelyTold.set(at, surely);
    }
  }

  /** `isLeft`: these are what is left of it, its end being lost. */
  journal(lines: readonly JournalLine[], at: number, isLeft = false): void {
    for (const line of lines) {
      if (line.type === "mirror-opened") this.#open(line, at, isLeft);
      if (line.type === "engine-started") {
        this.startedAt = at;
        this.startedByItsClock = line.at;
        this.gaps.push({ from: this.#durableAt, to: at });
      }
      if (line.type === "leader-positions-read") this.products.read(line, at);
      if (line.type === "follower-order-reported") store(this.#stored, String(line["follower"]), line, at);
      if (line.type === "leader-order-reported") store(this.#leadersStored, String(line["leader"]), line, at);
      this.writeOffs.journal(line, at);
      this.writeOffs.settle(at);
      if (line.type === "entries-halted") this.halted.set(String(line["follower"]), at);
      if (line.type !== "verdict-given") continue;
      const stem = this.#stemOfMirror.get(String(line["mirror"]));
      const { code, sentence } = line["verdict"] as { code: string; sentence: string };
      if (stem !== undefined) this.verdicts.set(stem, [...(this.verdicts.get(stem) ?? []), { code, sentence, at }]);
    }
    this.#durableAt = at;
  }

  journalLost(at: number): void {
    this.writeOffs.journalLost(at);
    this.journalLostAt = at;
    this.#stemOfMirror.clear();
    this.verdicts.clear();
    this.opened.clear();
    this.#withoutSize.clear();
    this.withoutContract.clear();
    this.halted.clear();
  }

  /** What was held of contracts that expired before this day is gone, without a trade (R24). Answers how many copied positions were. */
  expire(day: string, at: number): number {
    let copied = 0;
    this.writeOffs.expire(day);
    for (const lines of [this.held, this.heldAsTold])
      for (const [key, line] of lines.entries()) {
        if (line.now === 0 || !hasExpired(key.slice(key.indexOf(":") + 1), day)) continue;
        line.set(at, 0);
        if (lines === this.held && key.includes(">")) copied += 1;
      }
    return copied;
  }

  ofStem(stem: string): readonly Kept[] {
    return this.#byStem.get(stem) ?? [];
  }

  /** The legs of our orders that bear this mark. */
  legsOf(stem: string): readonly Kept[] {
    return [...this.#orders.values()].filter(({ legOf }) => legOf === stem);
  }

  order(account: string, orderId: string): Kept | undefined {
    return this.#orders.get(`${account}/${orderId}`);
  }

  causeOf(stem: string): Cause | undefined {
    return this.#causes.get(stem);
  }

  /** What each copy in the account of an order has of its holding now. */
  copiedInto({ account, versions }: Kept): readonly number[] {
    const holding = versions.at(-1)?.version.holding ?? "";
    return this.copies.filter(({ follower }) => follower === account).map(({ leader }) => this.held.of(`${leader}>${account}:${holding}`).now);
  }

  causes(): Iterable<readonly [string, Cause]> {
    return this.#causes.entries();
  }

  orders(): Iterable<Kept> {
    return this.#orders.values();
  }

  /** How an order is sized in a copy: one answer, or, by capital, one for each reading of the funds that may have counted. */
  scalesOf(stem: string, copy: CopyTerms): readonly OrderScale[] {
    const { rounding, maxLots, capital, numerator, denominator } = copy;
    const ratios = capital === undefined ? [[numerator, denominator] as const] : (this.#ratios.get(stem) ?? []);
    const leaderOrder = this.#causes.get(stem)?.leaderOrder;
    const isSliced = leaderOrder !== undefined && this.siblingsOf(leaderOrder).length > 0;
    return ratios.map((ratio) => ({ rounding, maxLots, ratio, isSliced }));
  }

  /**
   * Other orders of the account that are, or may have been taken for, slices of one with it: in one holding, on one side, of one second, and
   * at some time at one price.
   */
  siblingsOf(order: Kept): readonly Kept[] {
    const prices = new Set(order.versions.map(({ version }) => priceOf(version)));
    const found = new Set(order.seconds.flatMap((second) => this.#bySecond.get(second) ?? []));
    return [...found].filter((other) => other !== order && other.versions.some(({ version }) => prices.has(priceOf(version))));
  }

  /** What the durable journal had of what an order of a leader's has filled. */
  storedFilledAt({ account, orderId, versions }: Kept, at: number): number {
    const leg = versions[0]?.version.leg;
    return this.#leadersStored.get(`${account}/${leg === undefined ? orderId : `${leg.of}-${leg.name}`}`)?.at(at) ?? 0;
  }

  /** When the copier heard of a version: what a process was told that died before it was stored is told to the next by the book. */
  heardAt({ account, orderId, versions, told }: Kept, version: number): number | undefined {
    const toldAt = told.reached(version);
    const { leg, filled } = versions[version]?.version ?? { leg: undefined, filled: 0 };
    const name = leg === undefined ? orderId : `${leg.of}-${leg.name}`;
    const storedAt = this.#stored.get(`${account}/${name}`)?.reached(filled);
    if (toldAt === undefined || storedAt === undefined) return toldAt;
    return this.gaps.some(({ to }) => toldAt <= to && to <= storedAt) ? storedAt : toldAt;
  }

  /** Whether the copier has lived since then, with its journal and its clock as they were. */
  isSteadySince(at: number): boolean {
    return [this.diedAt, this.startedAt, this.journalLostAt, this.clockSteppedAt].every((moment) => moment === undefined || moment < at);
  }

  said(stem: string, ...codes: readonly string[]): boolean {
    return (this.verdicts.get(stem) ?? []).some(({ code }) => codes.includes(code));
  }

  #keep(key: string, version: OrderVersion, at: number): Kept {
    const stem = stemIn(version.correlationId);
    const { account, orderId, leg } = version;
    const legOf = leg === undefined ? undefined : this.#orders.get(`${account}/${leg.of}`)?.stem;
    const [told, surelyTold] = [new Timeline(-1), new Timeline(-1)];
    const kept: Kept = {
      account,
      orderId,
      placedAt: at,
      stem,
      legOf,
      versions: [],
      seconds: [],
      told,
      surelyTold,
      firstToldAt: undefined,
      pendingToldAt: undefined,
      atExchangeToldAt: undefined,
      toldFilled: 0,
    };
    this.#orders.set(key, kept);
    if (stem !== undefined) this.#byStem.set(stem, [...(this.#byStem.get(stem) ?? []), kept]);
    else if (legOf === undefined)
      for (const copy of this.copies.filter(({ leader }) => leader === version.account))
        this.#causes.set(
          stemFor(copy.leader, version.leg === undefined ? version.orderId : `${version.leg.of}-${version.leg.name}`, version.createdAt, copy.follower),
          { copy, leaderOrder: kept, own: undefined },
        );
    return kept;
  }

  #keepSecond(kept: Kept, { account, holding, product, side, orderedAt }: OrderVersion): void {
    const second = `${account} ${holding} ${product} ${side} ${Math.floor(orderedAt / 1_000)}`;
    if (kept.seconds.includes(second)) return;
    kept.seconds.push(second);
    this.#bySecond.set(second, [...(this.#bySecond.get(second) ?? []), kept]);
  }

  #open(line: JournalLine, at: number, isLeft: boolean): void {
    const order = `${String(line["leader"])}/${String(line["cause"])}`;
    // What was decided before a cut, and is not lost, is not decided anew.
    if (!isLeft || !this.decidedAt.has(order)) this.decidedAt.set(order, at);
    const stem = String(line["stem"]);
    this.openedAt.set(stem, at);
    this.#stemOfMirror.set(String(line["mirror"]), stem);
    // One that was opened before anybody knew the lot of its contract, or its ratio by capital, may be opened anew when somebody does.
    if (!this.#withoutSize.delete(stem)) {
      this.opened.set(stem, (this.opened.get(stem) ?? 0) + 1);
      this.firstOpenedAt.set(stem, at);
    }
    const role = (line["role"] as { role: string }).role;
    const copy = this.copies.find(({ id }) => id === line["copy"]);
    const hasRatio = copy?.capital === undefined || (line["scale"] as { ratio: { numerator: number } }).ratio.numerator > 0;
    const hasContract = line["contract"] !== undefined;
    if (!hasContract || !hasRatio) this.#withoutSize.add(stem);
    if (hasContract) this.withoutContract.delete(stem);
    else this.withoutContract.add(stem);
    if (copy?.capital !== undefined) this.#ratios.set(stem, [...(this.#ratios.get(stem) ?? []), ...this.funds.ratios(copy, at)]);
    if (copy !== undefined && (role === "closing" || role === "orphan")) this.#causes.set(stem, { copy, leaderOrder: undefined, own: role });
  }

  #trade(kept: Kept, version: OrderVersion, units: number, at: number, as: "held" | "told"): void {
    this.products.trade(version, units, at, as);
    const key = this.keyOf(kept);
    const lines = as === "held" ? this.held : this.heldAsTold;
    if (key === undefined) return;
    this.writeOffs.trading(lines, key, units);
    lines.add(key, at, units);
  }

  /** Under which what it fills is held; undefined: nothing that is known stands behind its mark. */
  keyOf({ account, orderId }: Pick<Kept, "account" | "orderId">): string | undefined {
    const kept = this.order(account, orderId);
    if (kept === undefined) return undefined;
    const { holding } = newest(kept);
    const mark = kept.stem ?? kept.legOf;
    if (mark === undefined) return `${account}:${holding}`;
    const cause = this.#causes.get(mark);
    return cause === undefined ? undefined : `${cause.copy.leader}>${account}:${holding}`;
  }
}

function store(stored: Map<string, Timeline>, account: string, line: JournalLine, at: number): void {
  const { orderId, filled } = line["report"] as { orderId: string; filled: number };
  const key = `${account}/${orderId}`;
  const fills = stored.get(key) ?? new Timeline();
  if (filled > fills.now) fills.set(at, filled);
  stored.set(key, fills);
}

export function newest(kept: Kept): OrderVersion {
  const last = kept.versions.at(-1);
  if (last === undefined) throw new Error(`order ${kept.orderId} has no version`);
  return last.version;
}

/** Placed on an earlier day than the one that began then, and not waiting for it: over, whatever was known of it (R24). */
export function isOfEarlierDay({ placedAt, versions }: Kept, dayFrom: number): boolean {
  if (placedAt >= dayFrom) return false;
  const atTurn = versions.findLast(({ at }) => at < dayFrom)?.version;
  return atTurn === undefined || !atTurn.afterMarket || isOver(atTurn.status);
}

export function isLive(kept: Kept): boolean {
  return !isOver(newest(kept).status);
}

export function filledAt(kept: Kept, at: number): number {
  return kept.versions.findLast((one) => one.at <= at)?.version.filled ?? 0;
}

function priceOf({ type, price, trigger }: OrderVersion): string {
  return `${type} ${price} ${trigger}`;
}

function sameAsTold(version: OrderVersion, told: ToldOrder): boolean {
  const withdrawn = isOver(version.status) && version.status !== "TRADED";
  return (
    version.filled === told.filled &&
    version.quantity === told.quantity &&
    version.price === told.price &&
    version.trigger === told.trigger &&
    withdrawn === told.withdrawn
  );
}
