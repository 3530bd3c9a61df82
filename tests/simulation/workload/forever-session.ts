/**
 * A session of its own for `forever: copy`, beside that of every third seed: a leader whose forever orders a copy holds as well, in one contract; they are placed,
 * changed, deleted and reached by the market, on both sides or on one; requests are lost before and after they arrive, lists lag, the process dies, the
 * journal is lost. Judged from the exchange's books alone (I18).
 */
import { MemoryDisk } from "../../../src/adapters/journal/memory.ts";
import type { CopyPolicy } from "../../../src/domain/policy.ts";
import { ratio } from "../../../src/domain/ratio.ts";
import type { ForeverLegName, ForeverOrder } from "../../../src/simulator/exchange/forever-orders.ts";
import { isFinal, isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "../../world/world.ts";
import { type AccountSeen, ForeverCopiesAudit, type ForeverCopy } from "../auditor/forever-copies.ts";
import type { Broken } from "../auditor/observed.ts";
import type { Counts } from "../counts.ts";
import { between, pick, weighted } from "./draw.ts";

const LOT = 75;
const STEPS = 70;
const REST_MS = 150_000;
/** Without a fraction of a lot, which orders of one second would pass on to one another. */
const RATIOS = [
  [1, 1],
  [2, 1],
  [3, 1],
] as const;

const WEIGHTS = {
  place: 10,
  change: 5,
  changeOco: 5,
  remove: 4,
  fireBoth: 10,
  fireLeader: 3,
  fireFollower: 3,
  fillLeader: 10,
  fillFollower: 8,
  plain: 4,
  changeFired: 2,
  cancelFired: 3,
  fault: 6,
  crash: 2,
  lose: 1,
} as const;

const FAULTED = ["forever-place", "forever-modify", "forever-cancel", "place", "cancel"] as const;

export interface ForeverSessionRun {
  readonly broken: Broken | undefined;
  readonly world: World;
}

export async function runForeverSession(seed: number, counts: Counts): Promise<ForeverSessionRun> {
  const random = seededRandom(seed, "forever copies");
  const over = pick(random, RATIOS);
  const copy: ForeverCopy = { leader: LEADER, follower: FOLLOWER, ratio: over, lot: LOT };
  const sizing = { mode: "ratio", ratio: ratio(over[0], over[1]), rounding: "down" } as const;
  const wireMs = (): number => between(random, 1, 30);
  const orphan = pick(random, ["report", "exit"] as const);
  const written = (forever: "copy" | "report"): CopyPolicy => policyOf("copy", { forever, sizing, orphan });
  const copies = [written("copy")];
  const w = await world({
    copies,
    simulator: { conduct: { firedNumbers: pick(random, ["own", "own", "forever"] as const), ocoTarget: pick(random, ["price", "price1"] as const) } },
    wireMs,
  });
  const key = new ForeverKey(seededRandom(seed, "forever switched"), counts, (word) => {
    copies[0] = written(word);
  });
  const session = new ForeverSession(w, random, counts, copy, key);
  try {
    await session.run();
  } catch (cause) {
    if (!(cause instanceof Stopped)) session.breaks("BUG", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), undefined);
  }
  await w.crash();
  return { broken: session.broken, world: w };
}

class Stopped extends Error {}

/** One session in so many has it switched. */
const SWITCHED_EVERY = 3;

/** What `forever` says in the configuration of each next process; drawn from a stream of its own, so that the other sessions are what they are without it. */
class ForeverKey {
  readonly #random: Random;
  readonly #counts: Counts;
  readonly #write: (word: "copy" | "report") => void;
  readonly #isSwitched: boolean;
  #isJournalLost = false;
  word: "copy" | "report" = "copy";
  /** Unix milliseconds. */
  reportedSince: number | undefined;

  constructor(random: Random, counts: Counts, write: (word: "copy" | "report") => void) {
    this.#random = random;
    this.#counts = counts;
    this.#write = write;
    this.#isSwitched = random.below(SWITCHED_EVERY) === 0;
  }

  /** Before the next process starts with the journal of the last. */
  restarted(now: number): void {
    if (!this.#isSwitched || this.#isJournalLost || !this.#random.chance(0.7)) return;
    this.word = this.word === "copy" ? "report" : "copy";
    this.reportedSince = this.word === "report" ? now : undefined;
    this.#counts.add(this.word === "copy" ? "forever copies taken up again" : "forever copies taken back to report");
    this.#write(this.word);
  }

  /** Without its journal nobody may switch it, nor later: what had been placed is not known, and may wait (docs/forever.md). */
  journalLost(): void {
    this.#isJournalLost = true;
    this.word = "copy";
    this.reportedSince = undefined;
    this.#write(this.word);
  }
}

class ForeverSession {
  broken: Broken | undefined;
  readonly #world: World;
  readonly #random: Random;
  readonly #counts: Counts;
  readonly #audit: ForeverCopiesAudit;
  readonly #changes = new Map<string, number[]>();
  readonly #key: ForeverKey;
  /** Unix milliseconds. */
  #journalLostAt: number | undefined;

  constructor(w: World, random: Random, counts: Counts, copy: ForeverCopy, key: ForeverKey) {
    this.#key = key;
    this.#world = w;
    this.#random = random;
    this.#counts = counts;
    this.#audit = new ForeverCopiesAudit(copy, this.breaks);
  }

  readonly breaks = (invariant: string, sentence: string, stem: string | undefined): void => {
    this.broken ??= { invariant, sentence, stem, at: this.#world.time.elapsed() };
  };

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      await this.#act(weighted(this.#random, WEIGHTS));
      await this.#pass(pick(this.#random, [50, 300, 1_000, 2_500, 6_000, 16_000]));
    }
    this.#world.admin("repair", {});
    this.#world.admin("lag", { clientId: FOLLOWER, booksMs: 0, correlationMs: 0 });
    this.#world.admin("lag", { clientId: LEADER, booksMs: 0, correlationMs: 0 });
    await this.#pass(REST_MS);
    this.#atRest();
    for (const { orderId } of this.#waiting(LEADER)) this.#world.admin("forever-cancel", { clientId: LEADER, orderId });
    for (const order of this.#orders(LEADER)) if (!isFinal(order.status)) this.#world.admin("cancel", { clientId: LEADER, orderId: order.orderId });
    await this.#pass(REST_MS);
    this.#atRest();
    this.#counts.add("forever copies, session at rest");
  }

  async #act(what: keyof typeof WEIGHTS): Promise<void> {
    const w = this.#world;
    switch (what) {
      case "place": {
        if (this.#waiting(LEADER).length > 5) return;
        const isSale = this.#sellable() >= LOT && this.#random.chance(0.6);
        const quantity = isSale ? this.#sellable() : between(this.#random, 1, 4) * LOT;
        const at = this.#random.chance(0.3) ? { orderType: "MARKET", price: 0 } : { price: between(this.#random, 100, 140) };
        const isOco = this.#random.chance(0.4);
        // Mostly both of one size, as an exit has them.
        const other = { quantity1: isSale || this.#random.chance(0.7) ? quantity : between(this.#random, 1, 4) * LOT, price1: between(this.#random, 100, 140) };
        const second = isOco ? { ...other, triggerPrice1: between(this.#random, 100, 140) } : {};
        w.leaderForever({ transactionType: isSale ? "SELL" : "BUY", quantity, triggerPrice: between(this.#random, 100, 140), ...at, ...second });
        if (isOco) this.#counts.add("forever copy: OCO placed");
        return;
      }
      case "change":
      case "changeOco": {
        const order = this.#pickOf(this.#waiting(LEADER).filter(({ legs }) => what === "change" || legs.length > 1));
        const leg = this.#pickOf(order?.legs ?? []);
        if (order === undefined || leg === undefined) return;
        const size = order.side === "BUY" && this.#random.chance(0.4) ? { quantity: between(this.#random, 1, 4) * LOT } : {};
        const price = this.#random.chance(0.3) ? { price: between(this.#random, 100, 140) } : {};
        const to = { legName: LEG_NAMES[leg.name], triggerPrice: between(this.#random, 100, 140), ...price, ...size };
        w.admin("forever-modify", { clientId: LEADER, orderId: order.orderId, ...to });
        if (order.legs.length > 1) this.#counts.add("forever copy: one of an OCO changed");
        return;
      }
      case "remove": {
        const order = this.#pickOf(this.#waiting(LEADER));
        if (order !== undefined) w.admin("forever-cancel", { clientId: LEADER, orderId: order.orderId });
        return;
      }
      case "fireBoth":
        return this.#fireBoth();
      case "fireLeader": {
        const order = this.#pickOf(this.#waiting(LEADER).filter((one) => this.#mayFire(one)));
        if (order === undefined) return;
        this.#fire(LEADER, order.orderId, this.#pickOf(order.legs)?.name);
        this.#counts.add("forever copy: fired at the leader alone");
        return;
      }
      case "fireFollower": {
        const order = this.#pickOf(this.#waiting(FOLLOWER));
        if (order === undefined) return;
        this.#fire(FOLLOWER, order.orderId, this.#pickOf(order.legs)?.name);
        this.#counts.add("forever copy: fired at the follower alone");
        return;
      }
      case "fillLeader":
        return this.#fill(LEADER);
      case "fillFollower":
        return this.#fill(FOLLOWER);
      case "plain": {
        const isSale = this.#sellable() >= LOT && this.#random.chance(0.5);
        const like = this.#pickOf(this.#waiting(LEADER).filter(({ side }) => side === (isSale ? "SELL" : "BUY")));
        const quantity = isSale ? Math.min(this.#sellable(), like?.legs[0]?.quantity ?? LOT) : (like?.legs[0]?.quantity ?? LOT);
        w.leader({ transactionType: isSale ? "SELL" : "BUY", productType: "MARGIN", quantity, price: (like?.legs[0]?.price ?? 0) / 10_000 || 120 });
        return;
      }
      case "changeFired": {
        const order = this.#pickOf(this.#orders(LEADER).filter((one) => isWorking(one) && one.terms.type === "LIMIT"));
        if (order !== undefined) w.admin("modify", { clientId: LEADER, orderId: order.orderId, price: between(this.#random, 100, 140) });
        return;
      }
      case "cancelFired": {
        const order = this.#pickOf(this.#orders(LEADER).filter((one) => !isFinal(one.status)));
        if (order !== undefined) w.admin("cancel", { clientId: LEADER, orderId: order.orderId });
        return;
      }
      case "fault":
        return this.#strike();
      case "crash":
        await w.crash();
        await this.#wait(between(this.#random, 100, 20_000));
        this.#key.restarted(w.time.now());
        await w.startEngine();
        return;
      case "lose":
        if (!this.#random.chance(0.3)) return;
        await w.crash();
        this.#key.journalLost();
        w.disk = new MemoryDisk();
        this.#journalLostAt = w.time.now();
        this.#counts.add("forever copies, journal lost");
        await w.startEngine();
        return;
    }
  }

  #strike(): void {
    const w = this.#world;
    if (this.#random.chance(0.25)) {
      w.admin("lag", { clientId: pick(this.#random, [LEADER, FOLLOWER]), booksMs: pick(this.#random, [0, 700, 2_500]), correlationMs: 0 });
      return;
    }
    const call = pick(this.#random, FAULTED);
    const effect = { kind: pick(this.#random, ["silence", "reset"] as const) };
    w.admin("fault", { on: "request", call, when: pick(this.#random, ["before", "after"] as const), clientId: FOLLOWER, times: 1, effect });
    if (call === "forever-place") this.#counts.add("forever copy: placement not answered");
  }

  /** The market reaches the leader's, and the copy's a little before or after. */
  async #fireBoth(): Promise<void> {
    const order = this.#pickOf(this.#waiting(LEADER).filter((one) => this.#mayFire(one)));
    const leg = this.#pickOf(order?.legs ?? []);
    if (order === undefined || leg === undefined) return;
    const ours = this.#waiting(FOLLOWER).find((one) => one.side === order.side && pricesOf(one).join() === pricesOf(order).join());
    // Seldom each meets another of the two.
    const isSplit = order.legs.length > 1 && this.#random.chance(0.2);
    const its = ours?.legs.find((one) => (one.triggerPrice === leg.triggerPrice && one.price === leg.price) !== isSplit)?.name;
    const isFirst = this.#random.chance(0.5);
    if (isFirst) this.#fire(LEADER, order.orderId, leg.name);
    await this.#pass(pick(this.#random, [0, 20, 400, 2_200]));
    if (ours !== undefined) this.#fire(FOLLOWER, ours.orderId, its);
    if (!isFirst) this.#fire(LEADER, order.orderId, leg.name);
    if (ours !== undefined && order.legs.length > 1)
      this.#counts.add(isSplit ? "forever copy: OCO fired on both sides, each another" : "forever copy: OCO fired on both sides");
    if (ours !== undefined)
      this.#counts.add(order.side === "BUY" ? "forever copy: fired on both sides, an entry" : "forever copy: fired on both sides, an exit");
  }

  #fire(clientId: string, orderId: string, leg: ForeverLegName = "first"): void {
    const isWaiting = this.#waiting(clientId).some((one) => one.orderId === orderId);
    if (isWaiting) this.#world.admin("forever-fire", { clientId, orderId, legName: LEG_NAMES[leg] });
  }

  /** What would take the leader through zero he would have deleted. */
  #mayFire({ side, legs }: ForeverOrder): boolean {
    return side === "BUY" || Math.max(...legs.map(({ quantity }) => quantity)) <= this.#sellable();
  }

  #fill(clientId: string): void {
    const order = this.#pickOf(this.#orders(clientId).filter(isWorking));
    if (order === undefined) return;
    const quantity = this.#random.chance(0.7) ? openQuantity(order) : Math.max(LOT, Math.floor(openQuantity(order) / 2 / LOT) * LOT);
    this.#world.admin("fill", { clientId, orderId: order.orderId, quantity: Math.min(quantity, openQuantity(order)) });
  }

  async #pass(ms: number): Promise<void> {
    let left = ms;
    do {
      const piece = Math.min(left, 1_000);
      await this.#wait(piece);
      left -= piece;
    } while (left > 0);
  }

  async #wait(ms: number): Promise<void> {
    await this.#world.time.pass(ms);
    const { reportedSince } = this.#key;
    this.#audit.look(this.#seen(LEADER), this.#seen(FOLLOWER), { reportedSince, isLeftToAPerson: (one) => this.#isLeftToAPerson(one) });
    if (this.broken !== undefined) throw new Stopped();
  }

  #atRest(): void {
    const explained = new Set<string>();
    const stems = new Map<unknown, string>();
    for (const record of this.#world.records()) {
      if (record.type === "mirror-opened") stems.set(record.mirror, record.stem);
      if (record.type === "verdict-given" && EXPLAINS.has(record.verdict.code)) explained.add(stems.get(record.mirror) ?? "");
    }
    const isExplained = (stem: string): boolean => explained.has(stem) || this.#journalLostAt !== undefined;
    this.#audit.atRest(this.#seen(LEADER), this.#seen(FOLLOWER), { isExplained, isCopied: this.#key.word === "copy" });
    if (this.broken !== undefined) throw new Stopped();
  }

  #isLeftToAPerson({ orderId, createdAt }: { readonly orderId: string; readonly createdAt: number }): boolean {
    if (this.#journalLostAt === undefined || createdAt > this.#journalLostAt) return false;
    return this.#world
      .records()
      .some((record) => record.type === "verdict-given" && record.verdict.code === "FOREVER_UNCLAIMED" && record.verdict.numbers["order"] === orderId);
  }

  #seen(client: string): AccountSeen {
    const forevers = this.#world.simulator.foreverOrders.of(client).map((order) => {
      const changes = this.#changes.get(order.orderId) ?? [order.createdAt];
      if (!changes.includes(order.updatedAt)) changes.push(order.updatedAt);
      this.#changes.set(order.orderId, changes);
      const sizes = order.legs.map(({ quantity }) => quantity);
      const fired = order.legs.find((leg) => leg.fired !== undefined)?.fired;
      const waits = order.legs.some(({ status }) => status === "CONFIRM");
      const about = { orderId: order.orderId, mark: order.correlationId, side: order.side, createdAt: order.createdAt, changedAt: changes };
      return { ...about, waits, quantity: Math.max(...sizes), sizes, prices: pricesOf(order), fired };
    });
    const orders = this.#orders(client).map((order) => ({
      orderId: order.orderId,
      mark: order.correlationId,
      side: order.contracted.side,
      filled: order.filled,
      quantity: order.terms.quantity,
      isOpen: !isFinal(order.status),
      createdAt: order.createdAt,
    }));
    return { client, forevers, orders, net: this.#world.net(client) };
  }

  #sellable(): number {
    const sales = this.#orders(LEADER).filter(({ contracted, status }) => contracted.side === "SELL" && !isFinal(status));
    return this.#world.net(LEADER) - sales.reduce((sum, order) => sum + openQuantity(order), 0);
  }

  #pickOf<T>(choices: readonly T[]): T | undefined {
    return choices.length === 0 ? undefined : pick(this.#random, choices);
  }

  #waiting(client: string): readonly ForeverOrder[] {
    return this.#world.simulator.foreverOrders.of(client).filter(({ legs }) => legs.some(({ status }) => status === "CONFIRM"));
  }

  #orders(client: string): readonly Order[] {
    const orders = this.#world.simulator.exchange.ledger.books(client)?.orders() ?? [];
    return orders.filter(({ listing }) => listing.securityId === CALL.securityId);
  }
}

const LEG_NAMES = { first: "TARGET_LEG", second: "STOP_LOSS_LEG" } as const;

/** Of each of its orders, the lower trigger first. */
function pricesOf({ legs }: ForeverOrder): readonly string[] {
  const sorted = legs.toSorted((a, b) => a.triggerPrice - b.triggerPrice || a.price - b.price);
  return sorted.map(({ price, triggerPrice }) => `${price} from ${triggerPrice}`);
}

/** Why a copy has no forever order, or keeps one, is on record. */
const EXPLAINS: ReadonlySet<string> = new Set([
  "FOREVER_IN_DOUBT",
  "FOREVER_UNCLAIMED",
  "FOREVER_NOT_COPIED",
  "BROKER_REFUSED",
  "CHANGE_REFUSED",
  "MODIFICATION_CAP",
  "FOREVER_ALONE",
]);
