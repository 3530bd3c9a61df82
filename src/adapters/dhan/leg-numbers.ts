/**
 * Which numbers of the broker's are legs of which super order. A leg may show its own number, or its entry's (reference 3.1), and a row of
 * the plain book does not say whose leg it is; `/super/orders` and frames do. Learned from those, per account, as long as the process lives.
 */
import type { OrderId } from "../../domain/identity.ts";
import { type ExitLeg, type LegOf, legOfOrderId } from "../../domain/order/plan.ts";

/** As the broker names them in rows and paths. */
export const LEG_WORDS = { entry: "ENTRY_LEG", stop: "STOP_LOSS_LEG", target: "TARGET_LEG" } as const;

export function exitLegNamed(word: string | undefined): ExitLeg | undefined {
  switch (word?.toUpperCase()) {
    case LEG_WORDS.stop:
      return "stop";
    case LEG_WORDS.target:
      return "target";
    default:
      return undefined;
  }
}

export class LegNumbers {
  readonly #entries = new Set<OrderId>();
  #isExpected = false;
  readonly #owners = new Map<OrderId, OrderId>();

  /** There may be a super order whose number nobody knows: one is being placed, or looked for. The next reading of them tells. */
  expect(): void {
    this.#isExpected = true;
  }

  /** Their book has been read. */
  told(): void {
    this.#isExpected = false;
  }

  /** The account has super orders, or may have. */
  get hasAny(): boolean {
    return this.#isExpected || this.#entries.size > 0;
  }

  isEntry(number: OrderId): void {
    this.#entries.add(number);
  }

  belongs(number: OrderId, { of }: LegOf): void {
    this.#entries.add(of);
    if (number !== of) this.#owners.set(number, of);
  }

  /** Undefined: nobody has said whose leg it is. */
  legOf(number: OrderId, leg: ExitLeg): LegOf | undefined {
    const of = this.#owners.get(number) ?? (this.#entries.has(number) ? number : undefined);
    return of === undefined ? undefined : { leg, of };
  }

  /** Only the book of super orders tells of it whole. */
  isOfSuperOrder(order: OrderId): boolean {
    return this.#entries.has(order) || legOfOrderId(order) !== undefined;
  }
}
