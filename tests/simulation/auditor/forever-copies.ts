/**
 * I18: what `forever: copy` may never do, judged from the exchange's books alone. A copy has one forever order of a leader's at most, and what that and
 * any order beside it fill is no more than its share; nothing is sold that a copy does not hold; and when everything is at rest, what waits at a
 * follower's broker waits at the leader's too, at the same prices: of an OCO order both of its orders do.
 */

import type { Breaks } from "./exchange.ts";
import { stemFor, stemIn } from "./mark.ts";

export interface ForeverSeen {
  readonly orderId: string;
  readonly mark: string | undefined;
  readonly side: "BUY" | "SELL";
  readonly waits: boolean;
  readonly createdAt: number;
  /** The day's time of its last change: what the copier takes for the day of its mark. */
  readonly changedAt: readonly number[];
  /** The most that any of its orders asks for. */
  readonly quantity: number;
  /** Of each of its orders, the lower trigger first: `1090000 from 1100000`. */
  readonly prices: readonly string[];
  /** What each of its orders asks for. */
  readonly sizes: readonly number[];
  /** The order that it has fired. */
  readonly fired: string | undefined;
}

export interface OrderSeen {
  readonly orderId: string;
  readonly mark: string | undefined;
  readonly side: "BUY" | "SELL";
  readonly filled: number;
  readonly quantity: number;
  readonly isOpen: boolean;
  readonly createdAt: number;
}

export interface AccountSeen {
  readonly client: string;
  readonly forevers: readonly ForeverSeen[];
  readonly orders: readonly OrderSeen[];
  readonly net: number;
}

export interface ForeverCopy {
  readonly leader: string;
  readonly follower: string;
  /** Follower over leader. */
  readonly ratio: readonly [number, number];
  readonly lot: number;
}

export interface LookedAt {
  readonly reportedSince: number | undefined;
  readonly isLeftToAPerson: (forever: ForeverSeen) => boolean;
}

/** Two orders that ask for the same are told apart by the time at which they were sent, as far as the list tells that. */
const ALIKE_WITHIN_MS = 60_000;

export class ForeverCopiesAudit {
  readonly #breaks: Breaks;
  readonly #copy: ForeverCopy;
  /** The most that each order of the leader's ever asked for. */
  readonly #most = new Map<string, number>();
  /** Every moment at which an order of the leader's may have been seen first: its mark is of that day. */
  readonly #causes = new Map<string, Set<string>>();
  /** Forever orders that were seen to have fired. */
  readonly #fired = new Set<string>();
  /** Units that orders have sold which a lost journal had placed, beyond what was held as they fired: a person had been asked to look at them, and none did. */
  #leftToAPerson = 0;

  constructor(copy: ForeverCopy, breaks: Breaks) {
    this.#copy = copy;
    this.#breaks = breaks;
  }

  /**
   * After each thing that happens. `reportedSince`: since then the configuration says that none is placed. `isLeftToAPerson`: it was placed with a journal that is lost,
   * and the copier has told it by its number (`FOREVER_UNCLAIMED`).
   */
  look(leader: AccountSeen, follower: AccountSeen, { reportedSince, isLeftToAPerson }: LookedAt): void {
    this.#unclaimed(follower, isLeftToAPerson);
    for (const { orderId, mark, createdAt } of follower.forevers)
      if (createdAt >= (reportedSince ?? Number.POSITIVE_INFINITY))
        this.#breaks("I18", `forever order ${orderId} of ${follower.client} was placed though they are only told of`, stemIn(mark));
    for (const { orderId, quantity, changedAt } of leader.forevers) this.#cause(orderId, quantity, changedAt);
    for (const { orderId, quantity, createdAt } of leader.orders) this.#cause(orderId, quantity, [createdAt]);
    for (const one of leader.forevers) this.#once(one, leader, follower);
  }

  /** `isCopied`: nothing that waits at the leader's is only told of, by the configuration as it is now. */
  atRest(
    leader: AccountSeen,
    follower: AccountSeen,
    { isExplained, isCopied }: { readonly isExplained: (stem: string) => boolean; readonly isCopied: boolean },
  ): void {
    if (follower.net + this.#leftToAPerson < 0) this.#breaks("I18", `${follower.client} is short ${-follower.net} units where the leader never is`, undefined);
    const waiting = new Map(leader.forevers.filter(({ waits }) => waits).flatMap((one) => this.#stemsOf(one.orderId).map((stem) => [stem, one] as const)));
    for (const ours of follower.forevers) {
      const stem = stemIn(ours.mark);
      if (!ours.waits || stem === undefined || isExplained(stem)) continue;
      const his = waiting.get(stem);
      if (his === undefined) this.#breaks("I18", `forever order ${ours.orderId} of ${follower.client} waits, and the leader's is over`, stem);
      else if (his.prices.join() !== ours.prices.join()) {
        const differ = `asks for ${ours.prices.join(" or ")}, and ${his.orderId} for ${his.prices.join(" or ")}`;
        this.#breaks("I18", `forever order ${ours.orderId} of ${follower.client} ${differ}`, stem);
      } else if (ours.quantity > this.#share(Math.min(...his.sizes)) && his.side === "BUY") {
        const most = this.#share(Math.min(...his.sizes));
        this.#breaks(
          "I18",
          `forever order ${ours.orderId} of ${follower.client} asks for ${ours.quantity} units, and the share of ${his.orderId} is ${most}`,
          stem,
        );
      }
    }
    if (!isCopied) return;
    for (const his of leader.forevers) {
      const stems = this.#stemsOf(his.orderId);
      if (!his.waits || his.side === "SELL" || this.#share(Math.min(...his.sizes)) === 0 || stems.some(isExplained)) continue;
      const has = follower.forevers.some(({ mark, waits }) => waits && stems.includes(stemIn(mark) ?? ""));
      const had = follower.forevers.some(({ mark, fired }) => fired !== undefined && stems.includes(stemIn(mark) ?? ""));
      if (!has && !had) this.#breaks("I18", `forever order ${his.orderId} waits, and ${follower.client} has none for it, and no reason is told`, stems[0]);
    }
  }

  /** What fires with a sale of the copier's at the exchange is no excuse for that: it is to leave such an order what that may sell. */
  #unclaimed({ forevers, orders, net }: AccountSeen, isLeftToAPerson: LookedAt["isLeftToAPerson"]): void {
    for (const one of forevers) {
      if (one.side !== "SELL" || one.fired === undefined || this.#fired.has(one.orderId)) continue;
      this.#fired.add(one.orderId);
      const sale = orders.find(({ orderId }) => orderId === one.fired);
      const isAlone = !orders.some(({ mark, side, isOpen }) => mark !== undefined && side === "SELL" && isOpen);
      if (sale === undefined || !isAlone || !isLeftToAPerson(one)) continue;
      this.#leftToAPerson += Math.max(0, sale.quantity - Math.max(0, net + sale.filled));
    }
  }

  #cause(orderId: string, quantity: number, moments: readonly number[]): void {
    this.#most.set(orderId, Math.max(this.#most.get(orderId) ?? 0, quantity));
    const stems = this.#causes.get(orderId) ?? new Set<string>();
    for (const at of moments) stems.add(stemFor(this.#copy.leader, orderId, at, this.#copy.follower));
    this.#causes.set(orderId, stems);
  }

  #stemsOf(orderId: string): readonly string[] {
    return [...(this.#causes.get(orderId) ?? [])];
  }

  #share(units: number): number {
    const [over, under] = this.#copy.ratio;
    return Math.floor((units * over) / under / this.#copy.lot) * this.#copy.lot;
  }

  /**
   * One of the leader's, and what it has fired, are one order. Of two orders of his that ask for the same nobody can tell which was sent for it: they are
   * judged together.
   */
  #once(his: ForeverSeen, leader: AccountSeen, follower: AccountSeen): void {
    const sentAt = (order: string | undefined): number | undefined => leader.orders.find(({ orderId }) => orderId === order)?.createdAt;
    const at = sentAt(his.fired);
    const isLike = (other: { readonly side: string; readonly quantity: number }, sent: number | undefined): boolean =>
      other.side === his.side && other.quantity === his.quantity && at !== undefined && sent !== undefined && Math.abs(sent - at) < ALIKE_WITHIN_MS;
    const isFired = new Set(leader.forevers.flatMap(({ fired }) => fired ?? []));
    const alike = [
      ...leader.forevers.filter((other) => other !== his && isLike(other, sentAt(other.fired))),
      ...leader.orders.filter((other) => !isFired.has(other.orderId) && isLike(other, other.createdAt)),
    ];
    const own = new Set([his, ...alike].flatMap((one) => [one.orderId, ...("fired" in one && one.fired !== undefined ? [one.fired] : [])]));
    const stems = new Set([...own].flatMap((order) => this.#stemsOf(order)));
    const isOurs = ({ mark }: { readonly mark: string | undefined }): boolean => stems.has(stemIn(mark) ?? "");
    const forevers = follower.forevers.filter(isOurs);
    const hisOwn = this.#stemsOf(his.orderId);
    const waiting = forevers.filter(({ waits, mark }) => waits && hisOwn.includes(stemIn(mark) ?? ""));
    if (waiting.length > 1) this.#breaks("I18", `${follower.client} has ${waiting.length} forever orders for ${his.orderId}`, [...stems][0]);
    const fired = new Set(forevers.flatMap((one) => one.fired ?? []));
    const filled = follower.orders.filter((order) => isOurs(order) || fired.has(order.orderId)).reduce((sum, order) => sum + order.filled, 0);
    const shareOf = (one: ForeverSeen | OrderSeen): number =>
      this.#share(Math.max(this.#most.get(one.orderId) ?? 0, "fired" in one && one.fired !== undefined ? (this.#most.get(one.fired) ?? 0) : 0));
    const most = [his, ...alike].reduce((sum, one) => sum + shareOf(one), 0);
    if (his.side === "BUY" && filled > most)
      this.#breaks("I18", `${follower.client} has bought ${filled} units for ${his.orderId}, whose share is ${most}`, [...stems][0]);
  }
}
