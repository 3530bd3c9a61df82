/**
 * What accounts hold, over time, in each product of the contract of which positions are converted. Once a leader has converted, all of it is one
 * position; but an order that takes back what he holds in its own product never enters (docs/conversions.md), whatever that is of all of it.
 */
import { isOfAllProducts, type JournalLine, type OrderVersion } from "./observed.ts";
import { type Point, Timelines } from "./timeline.ts";

export interface Converted {
  readonly account: string;
  readonly from: string;
  readonly to: string;
  /** Signed: fewer in the one, more in the other. */
  readonly units: number;
  readonly at: number;
}

export class LeaderProducts {
  /** `account:product`. */
  readonly #held = new Timelines();
  readonly #heldAsTold = new Timelines();
  /** When the journal first told of an account that it has converted. */
  readonly #knownAt = new Map<string, number>();
  /** And whenever it did. */
  readonly #toldAt = new Map<string, number[]>();

  /** Signed units that were filled, or that the copier was told of. */
  trade(version: Pick<OrderVersion, "account" | "holding" | "product">, units: number, at: number, as: "held" | "told"): void {
    if (isOfAllProducts(version)) (as === "held" ? this.#held : this.#heldAsTold).add(keyOf(version), at, units);
  }

  converted({ account, from, to, units, at }: Converted): void {
    this.#held.add(keyOf({ account, product: from }), at, -units);
    this.#held.add(keyOf({ account, product: to }), at, units);
  }

  /** The journal's record of a reading of a leader's positions, which may tell a conversion. */
  read(line: JournalLine, at: number): void {
    const { leader, converted } = line as JournalLine & { readonly leader: string; readonly converted?: readonly Omit<Converted, "account" | "at">[] };
    if (converted === undefined) return;
    if (!this.#knownAt.has(leader)) this.#knownAt.set(leader, at);
    this.#toldAt.set(leader, [...(this.#toldAt.get(leader) ?? []), at]);
    for (const { from, to, units } of converted) {
      this.#heldAsTold.add(keyOf({ account: leader, product: from }), at, -units);
      this.#heldAsTold.add(keyOf({ account: leader, product: to }), at, units);
    }
  }

  /** Whether the journal had told by then that the account has converted. */
  isTold(account: string, by = Number.POSITIVE_INFINITY): boolean {
    return (this.#knownAt.get(account) ?? Number.POSITIVE_INFINITY) < by;
  }

  /** Whether it has told so between then and then. */
  wasTold(account: string, from: number, to = Number.POSITIVE_INFINITY): boolean {
    return (this.#toldAt.get(account) ?? []).some((at) => at >= from && at <= to);
  }

  /** What the account held in the order's own product, in truth and as told, in a stretch of time by whose end it is known to have converted. */
  within(
    order: Pick<OrderVersion, "account" | "holding" | "product">,
    from: number,
    to: number,
  ): { readonly truth: readonly Point[]; readonly told: readonly Point[] } {
    const knownAt = this.#knownAt.get(order.account);
    if (!isOfAllProducts(order) || knownAt === undefined || knownAt > to) return { truth: [], told: [] };
    return { truth: this.#held.of(keyOf(order)).within(from, to), told: this.#heldAsTold.of(keyOf(order)).within(from, to) };
  }
}

function keyOf({ account, product }: Pick<OrderVersion, "account" | "product">): string {
  return `${account}:${product}`;
}
