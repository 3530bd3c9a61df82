/**
 * What the owner of a follower's account has closed by hand of what a copy held is written off on both sides once the leader is out (decision 31): what he trades
 * after that is his own. Worked out from the exchange's orders, in the order in which the durable journal hears of them. Where that is not certain (an order of the copy's is
 * open, another copy may be meant as well, something went through zero, the journal was lost), nothing is written off here, and how much the copier may have is kept.
 */
import { stemIn } from "./mark.ts";
import { type CopyTerms, hasExpired, isOver, type JournalLine, type OrderVersion, signed } from "./observed.ts";
import { type Timeline, Timelines } from "./timeline.ts";

/** A placement that was not answered is looked for so long at most, and may still be tried again. */
const OPEN_MS = 60_000;

/** An order at the exchange, and which of its versions the copier was told. */
interface Order {
  readonly account: string;
  readonly orderId: string;
  readonly placedAt: number;
  readonly versions: readonly { readonly version: OrderVersion }[];
  readonly told: Timeline;
}

/** What is known beside. */
interface Facts {
  readonly copies: readonly CopyTerms[];
  readonly held: Timelines;
  readonly heldAsTold: Timelines;
  readonly flipped: ReadonlySet<string>;
  readonly dayFrom: number;
  causes(): Iterable<readonly [string, { readonly copy: CopyTerms; readonly leaderOrder: Order | undefined }]>;
  causeOf(stem: string): { readonly copy: CopyTerms } | undefined;
  ofStem(stem: string): readonly Order[];
  order(account: string, orderId: string): Order | undefined;
  keyOf(order: Order): string | undefined;
}

interface Stored {
  readonly filled: number;
  /** Signed, so much of it as is in what that gives: where nothing stood behind its mark yet, nothing is. */
  readonly counted: number;
  readonly at: number;
  /** More than that it is in transit. */
  readonly isConfirmed: boolean;
  /** A frame that calls a confirmed order rejected is not believed before the order is read (R5). */
  readonly isRejected: boolean;
}

interface StoredReport {
  readonly orderId: string;
  readonly filled: number;
  readonly status: string;
  readonly source: { readonly kind: string };
}

interface WrittenOff {
  readonly copied: string;
  readonly owners: string;
  /** Signed as the copy held them. */
  readonly units: number;
  readonly at: number;
}

export class WriteOffs {
  readonly #evidence: Facts;
  /** What the journal knows to have filled of each order, by `account/order`. */
  readonly #orders = new Map<string, Stored>();
  /** What that gives, as `Evidence.held` has it. */
  readonly #known = new Timelines();
  /** In each of the three ways to look at positions: of what a copy holds, what the owner has closed by hand while it was held. */
  readonly #closed: readonly { readonly of: Timelines; readonly units: Map<string, number> }[];
  readonly #roles = new Map<string, string>();
  /** When a placement was last meant, by its mark. */
  readonly #meant = new Map<string, number>();
  /** Of which an owner has closed something at some time. */
  readonly #touched = new Map<string, { readonly copy: CopyTerms; readonly holding: string }>();
  #done: readonly WrittenOff[] = [];
  /** By what the copy holds: the most that may have been written off at any moment. */
  readonly #most = new Map<string, number>();
  #isLost = false;
  count = 0;

  constructor(evidence: Facts) {
    this.#evidence = evidence;
    this.#closed = [evidence.held, evidence.heldAsTold, this.#known].map((of) => ({ of, units: new Map() }));
  }

  /** Units of the owner of an account, or of a copy in it, are about to be added. What he trades himself, and what his units take from a copy by it, he has closed. */
  trading(of: Timelines, key: string, units: number): void {
    const closed = this.#closed.find((one) => one.of === of)?.units;
    if (closed === undefined || key.includes(">")) return;
    const [account, holding] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
    const { copies } = this.#evidence;
    for (const copy of copies) {
      const { leader, follower } = copy;
      if (follower !== account) continue;
      const copied = `${leader}>${follower}:${holding}`;
      const [net, own] = [of.of(copied).now, of.of(key).now];
      const before = within(closed.get(copied) ?? 0, pairOf(net, own));
      const more = pairOf(net, own + units) - pairOf(net, own);
      closed.set(copied, Math.sign(more) === Math.sign(net) ? before + more : before);
      // An account that leads as well is left as it is.
      if (closed.get(copied) !== 0 && copies.every((other) => other.leader !== account)) this.#touched.set(copied, { copy, holding });
    }
  }

  /** Signed units of a copy's fills that are the owner's by now. */
  of(copied: string): number {
    return this.#done.reduce((sum, one) => sum + (one.copied === copied ? one.units : 0), 0);
  }

  /** How much more the copier may have written off. */
  maybe(copied: string): number {
    return Math.max(0, (this.#most.get(copied) ?? 0) - Math.abs(this.of(copied)));
  }

  /** The same of all copies in the account: what one of them has not any more takes the owner's units from the others. */
  maybeIn(account: string, holding: string): number {
    const into = this.#evidence.copies.filter(({ follower }) => follower === account);
    return into.reduce((sum, { leader }) => sum + this.maybe(`${leader}>${account}:${holding}`), 0);
  }

  journal(line: JournalLine, at: number): void {
    switch (line.type) {
      case "mirror-opened":
        this.#roles.set(String(line["stem"]), (line["role"] as { role: string }).role);
        return;
      case "placement-intended":
        this.#meant.set(String(line["correlationId"]), at);
        return;
      case "leader-order-reported":
        return this.#store(String(line["leader"]), line, at);
      case "follower-order-reported":
      case "order-adopted":
        return this.#store(String(line["follower"]), line, at);
    }
  }

  /** Before anything else happens. */
  settle(at: number): void {
    for (const [copied, { copy, holding }] of this.#touched) this.#look(copy, copied, holding, at);
  }

  /** What was written off today is to be found out anew: its owner has closed it, of this copy or of another in his account. */
  journalLost(at: number): void {
    this.#isLost = true;
    for (const one of this.#done.filter((done) => done.at >= this.#evidence.dayFrom)) {
      for (const { of } of this.#closed) this.trading(of, one.owners, -one.units);
      this.#move({ ...one, units: -one.units }, at);
      for (const { units } of this.#closed) units.set(one.copied, (units.get(one.copied) ?? 0) + one.units);
    }
    this.#done = this.#done.filter((one) => one.at < this.#evidence.dayFrom);
    this.settle(at);
    this.#forgetDay(at);
  }

  /** What is left of the journal and then the books tell of the day's orders anew, in an order of their own: what the owner held before the copy was entered may come after that. */
  #forgetDay(at: number): void {
    for (const [name, { counted }] of this.#orders) {
      const [account = "", orderId = ""] = name.split("/");
      const order = this.#evidence.order(account, orderId);
      if (order === undefined || order.placedAt < this.#evidence.dayFrom) continue;
      this.#orders.delete(name);
      const key = this.#evidence.keyOf(order);
      if (key !== undefined) this.#known.add(key, at, -counted);
    }
  }

  expire(day: string): void {
    const isGone = (key: string): boolean => hasExpired(key.slice(key.indexOf(":") + 1), day);
    this.#done = this.#done.filter(({ copied }) => !isGone(copied));
    for (const [key, line] of this.#known.entries()) if (isGone(key)) line.set(0, 0);
  }

  #look(copy: CopyTerms, copied: string, holding: string, at: number): void {
    const { heldAsTold } = this.#evidence;
    const [owners, leaders] = [`${copy.follower}:${holding}`, `${copy.leader}:${holding}`];
    const known = (key: string): number => this.#known.of(key).now;
    for (const { of, units } of this.#closed) units.set(copied, within(units.get(copied) ?? 0, pairOf(of.of(copied).now, of.of(owners).now)));
    // All of it, or nothing. With a journal lost nobody knows in which order the copier hears of it all.
    if (!this.#isLost && this.#closed.every(({ of }) => of.of(leaders).now !== 0)) return;
    const all = this.#closed.filter(({ of, units }) => this.#isLost || units.get(copied) === of.of(copied).now);
    const most = Math.max(0, ...all.map(({ units }) => Math.abs(units.get(copied) ?? 0)));
    if (most > 0) this.#most.set(copied, Math.max(this.#most.get(copied) ?? 0, Math.abs(this.of(copied)) + most));
    const units = known(copied);
    const isClosed = this.#closed.some((one) => one.of === this.#known && one.units.get(copied) === units);
    const isHeard = [copied, owners, leaders].every((key) => heldAsTold.of(key).now === known(key));
    if (units === 0 || !isClosed || !isHeard || known(leaders) !== 0 || !this.#isCertain(copy, holding, at)) return;
    const one = { copied, owners, units, at };
    this.#move(one, at);
    this.#done = [...this.#done, one];
    this.count += 1;
  }

  #move({ copied, owners, units }: WrittenOff, at: number): void {
    for (const { of: lines } of this.#closed) {
      lines.add(copied, at, -units);
      lines.add(owners, at, units);
    }
  }

  #isCertain(copy: CopyTerms, holding: string, at: number): boolean {
    const { held, copies } = this.#evidence;
    const key = `${copy.leader}>${copy.follower}:${holding}`;
    if (this.#isLost || this.#evidence.flipped.has(key)) return false;
    const others = copies.filter(({ leader, follower }) => follower === copy.follower && leader !== copy.leader);
    // The owner's trade may have closed what another copy holds.
    if (others.some(({ leader }) => held.of(`${leader}:${holding}`).now === 0 && held.of(`${leader}>${copy.follower}:${holding}`).now !== 0)) return false;
    // So it may where the other leader is in again, and was out by what the journal told in between.
    if (others.some(({ leader }) => this.maybe(`${leader}>${copy.follower}:${holding}`) > 0)) return false;
    for (const [stem, cause] of this.#evidence.causes())
      if (cause.copy === copy && !this.#isThrough(stem, cause.leaderOrder, this.#evidence.ofStem(stem), holding)) return false;
    return ![...this.#meant].some(([mark, meantAt]) => at - meantAt < OPEN_MS && this.#isUnseen(copy, mark));
  }

  /** Of a placement that is meant nothing is at the exchange. */
  #isUnseen(copy: CopyTerms, mark: string): boolean {
    const stem = stemIn(mark) ?? "";
    if (this.#evidence.causeOf(stem)?.copy !== copy) return false;
    if (this.#roles.get(stem) === "entry" && this.#evidence.ofStem(stem).every((order) => newest(order).filled === 0)) return false;
    return !this.#evidence.ofStem(stem).some((order) => newest(order).correlationId === mark);
  }

  /** Nothing of it is open but an entry that has filled nothing; and no entry has filled of which the leader's order is open. */
  #isThrough(stem: string, leaderOrder: Order | undefined, ours: readonly Order[], holding: string): boolean {
    const its = ours.filter((order) => newest(order).holding === holding);
    const isFilled = its.some((order) => newest(order).filled > 0);
    if (this.#roles.get(stem) === "entry" && !isFilled) return true;
    if (!its.every((order) => this.#isKnownOver(order))) return false;
    return !isFilled || leaderOrder === undefined || this.#roles.get(stem) === "exit" || this.#isKnownOver(leaderOrder);
  }

  #isKnownOver(order: Order): boolean {
    const [stored, toldAt] = [this.#orders.get(`${order.account}/${order.orderId}`), order.told.reached(order.versions.length - 1)];
    const { status, filled } = newest(order);
    if (!isOver(status) || stored === undefined || (status === "REJECTED" && !stored.isRejected)) return false;
    return toldAt !== undefined && stored.at >= toldAt && stored.filled === filled;
  }

  #store(account: string, line: JournalLine, at: number): void {
    const { orderId, filled, status, source } = line["report"] as StoredReport;
    const order = this.#evidence.order(account, orderId);
    if (order === undefined) return;
    const stored = this.#orders.get(`${account}/${orderId}`);
    const before = stored?.filled ?? 0;
    const key = this.#evidence.keyOf(order);
    const units = key === undefined ? 0 : signed(newest(order).side, Math.max(0, filled - before));
    this.#orders.set(`${account}/${orderId}`, {
      filled: Math.max(before, filled),
      counted: (stored?.counted ?? 0) + units,
      at,
      isConfirmed: stored?.isConfirmed === true || (status !== "TRANSIT" && status !== "REJECTED"),
      isRejected: stored?.isRejected === true || (status === "REJECTED" && (stored?.isConfirmed !== true || source.kind === "row")),
    });
    if (key === undefined || units === 0) return;
    this.trading(this.#known, key, units);
    this.#known.add(key, at, units);
  }
}

function newest({ versions }: Order): OrderVersion {
  const last = versions.at(-1);
  if (last === undefined) throw new Error("an order at the exchange has a version");
  return last.version;
}

function within(part: number, whole: number): number {
  return part < 0 ? Math.max(part, Math.min(whole, 0)) : Math.min(part, Math.max(whole, 0));
}

/** What the owner's units take from the copy's, signed as those are. */
function pairOf(copied: number, owners: number): number {
  return Math.sign(copied) === -Math.sign(owners) ? Math.sign(copied) * Math.min(Math.abs(copied), Math.abs(owners)) : 0;
}
