/**
 * A leader who trades at random from a seed, and the market that fills him and his followers; and what must stand in the broker's books
 * when all is quiet. Each of his entries has a price of its own, so that its copies are known by theirs and not by what the copier says.
 */

import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";
import type { Random } from "../../../src/simulator/exchange/random.ts";
import type { Broker } from "../support/broker.ts";
import { lockstep } from "../support/lockstep.ts";
import { untilQuiet } from "../support/quiet.ts";
import type { OrderRow, Trader } from "../support/trader.ts";
import { until } from "../support/until.ts";

const LOT = 75;
/** Half of it is a whole lot: what each follower must have is exact. */
const UNIT = 2 * LOT;
/** The broker's times are whole seconds. */
const SECOND_MS = 1_000;
/** Within the limits of the trials, so that what differs is shown and not that time is up. */
const MIRRORED_WITHIN_MS = 12_000;

export interface TradingOptions {
  readonly broker: Broker;
  readonly leader: Trader;
  /** All at a ratio of one half. */
  readonly followers: readonly Trader[];
  readonly random: Random;
}

export class Trading {
  readonly #options: TradingOptions;
  /** Entries that rest on both sides, by the last audit: the market may fill these. */
  #settled: string[] = [];
  #placed = 0;

  constructor(options: TradingOptions) {
    this.#options = options;
  }

  /** Entries placed so far. */
  get placed(): number {
    return this.#placed;
  }

  /**
   * Entries, changes and cancels of them, fills of what rested before, and exits; each as soon as the broker has taken the last. `spread`: no exit comes in the
   * second of an entry. With the journal lost nothing tells which was first, and an entry that may have been placed as an exit grows no more (R11).
   */
  async burst(acts: number, exits: "at once" | "spread" = "at once"): Promise<void> {
    const { random } = this.#options;
    for (let act = 0; act < acts; act += 1) {
      const kind = random.below(10);
      if (act > 0 && kind < 2) await this.#fillsOneEntry();
      else if (act > 0 && kind < 3) {
        if (exits === "spread") await pause(SECOND_MS);
        await this.#exits();
      } else await this.#entersAndMore();
      await pause(random.below(12));
    }
  }

  /** An entry that rests at a price of its own. Answers its number. */
  async enters(): Promise<string> {
    const { leader, random } = this.#options;
    this.#placed += 1;
    return leader.places({ quantity: UNIT * (1 + random.below(2)), price: 100 + this.#placed / 10 });
  }

  /** Another price and quantity for an entry; once, because its next price would be another entry's. */
  async changes(order: string): Promise<void> {
    const { leader, random } = this.#options;
    const row = await this.#atTheExchange(order);
    await leader.changes(order, { price: row.price + 0.05, quantity: UNIT * (1 + random.below(2)) });
  }

  async cancels(order: string): Promise<void> {
    await this.#atTheExchange(order);
    await this.#options.leader.cancels(order);
  }

  async #entersAndMore(): Promise<void> {
    const order = await this.enters();
    const next = this.#options.random.below(6);
    if (next >= 3 && next < 5) await this.changes(order);
    if (next > 3) await this.cancels(order);
  }

  #atTheExchange(order: string): Promise<OrderRow> {
    return until("the order can be changed", async () => {
      const row = await this.#options.leader.order(order);
      return row?.orderStatus !== "TRANSIT" && row;
    });
  }

  /** The exchange fills an entry of the leader's, and what of it rests at the followers. */
  async #fillsOneEntry(): Promise<void> {
    const { leader, followers } = this.#options;
    const order = this.#settled.shift();
    const row = order === undefined ? undefined : await leader.order(order);
    if (row === undefined || row.orderStatus !== "PENDING") return;
    await leader.isFilled(row.orderId);
    for (const follower of followers) for (const copy of await copiesOf(row, follower)) await fillIfOpen(follower, copy.orderId);
  }

  async #exits(): Promise<void> {
    const { leader } = this.#options;
    if ((await leader.net()) < UNIT) return;
    const order = await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: UNIT });
    await until("the exit is at the exchange", async () => (await leader.order(order))?.orderStatus === "PENDING");
    await leader.isFilled(order, { price: 100 });
  }

  /** The market fills every sale that rests at the followers, as long as one comes. */
  async exitsFill(): Promise<void> {
    for (const follower of this.#options.followers)
      for (const row of await follower.orders()) if (isOpen(row) && row.transactionType === "SELL") await fillIfOpen(follower, row.orderId);
  }

  /** Waits until every entry that rests at the leader rests at the followers, no other does, and nothing is sent any more. */
  async isMirrored({ quietMs }: { readonly quietMs: number }): Promise<void> {
    const { leader, followers } = this.#options;
    const wanted = async (): Promise<string> => restingOf(await leader.orders(), 0.5);
    for (const follower of followers) {
      await until(
        `what rests at ${follower.clientId} is what rests at the leader`,
        async () => {
          await this.exitsFill();
          return restingOf(await follower.orders(), 1) === (await wanted());
        },
        { withinMs: MIRRORED_WITHIN_MS },
      ).catch(async (late: unknown) => {
        expect(restingOf(await follower.orders(), 1), String(late)).toBe(await wanted());
      });
    }
    await untilQuiet(followers, { forMs: quietMs });
    await this.exitsFill();
  }

  /** What must be true of the books whenever all is quiet. */
  async audit(): Promise<void> {
    const { broker, leader, followers } = this.#options;
    const his = await leader.orders();
    for (const follower of followers) {
      const rows = await follower.orders();
      expect(restingOf(rows, 1)).toBe(restingOf(his, 0.5));
      for (const row of his.filter(({ transactionType }) => transactionType === "BUY")) {
        const copies = await copiesOf(row, follower);
        expect(copies.length, `copies of the entry at ${row.price}`).toBeLessThanOrEqual(1);
        expect(copies[0]?.filledQty ?? 0, `filled of the entry at ${row.price}`).toBeLessThanOrEqual(row.quantity / 2);
        // An order is filled only when its copies rest: none of those was refused, and none is too late.
        if (row.filledQty === 0) expect(copies[0]?.filledQty ?? 0, `filled of the entry at ${row.price}`).toBe(0);
      }
      expect(new Set(rows.map(({ correlationId }) => correlationId)).size, "correlation ids").toBe(rows.length);
      expect(await follower.net(), "the position").toBeGreaterThanOrEqual(0);
      expect((await follower.orderCalls()).filter(({ outcome }) => outcome === 429)).toEqual([]);
    }
    const refused = accounts.parse(await broker.view("accounts")).map(({ refusedForRate }) => refusedForRate);
    expect(new Set(refused), "refused for the rate").toEqual(new Set([0]));
    this.#settled = his.filter((row) => row.transactionType === "BUY" && row.orderStatus === "PENDING").map(({ orderId }) => orderId);
  }

  /** The leader cancels what rests and sells all that he holds; whatever had happened, the followers then hold nothing, and nothing of theirs is open. */
  async endsFlat(configPath: string, { quietMs }: { readonly quietMs: number }): Promise<void> {
    const { leader, followers } = this.#options;
    for (const row of await leader.orders()) if (isOpen(row)) await leader.cancels(row.orderId);
    await this.isMirrored({ quietMs });
    const net = await leader.net();
    if (net > 0) {
      const order = await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: net });
      await until("the exit is at the exchange", async () => (await leader.order(order))?.orderStatus === "PENDING");
      await leader.isFilled(order, { price: 100 });
    }
    for (const follower of followers) {
      await until(
        `${follower.clientId} is flat`,
        async () => {
          await this.exitsFill();
          return (await follower.net()) === 0;
        },
        { withinMs: 20_000 },
      );
    }
    await this.isMirrored({ quietMs });
    await this.audit();
    for (const follower of followers) {
      expect(await follower.net()).toBe(0);
      expect((await follower.orders()).filter(isOpen)).toEqual([]);
    }
    await journalIsWhole(configPath);
  }
}

export async function journalIsWhole(configPath: string): Promise<void> {
  expect(await lockstep(["journal", "verify", "--config", configPath])).toMatchObject({ exitCode: 0 });
}

const accounts = z.array(z.object({ clientId: z.string(), refusedForRate: z.number() }));

function isOpen({ orderStatus }: OrderRow): boolean {
  return orderStatus === "PENDING" || orderStatus === "PART_TRADED" || orderStatus === "TRANSIT";
}

/** Prices and quantities of the purchases that rest, as text. */
function restingOf(orders: readonly OrderRow[], ratio: number): string {
  const open = orders.filter((row) => isOpen(row) && row.transactionType === "BUY");
  return open
    .map(({ quantity, price }) => `${quantity * ratio} @ ${price.toFixed(2)}`)
    .sort()
    .join(", ");
}

/** An entry is known by its price, which no other has, before or after its change. */
async function copiesOf({ price }: OrderRow, follower: Trader): Promise<readonly OrderRow[]> {
  const first = Math.floor(Math.round(price * 100) / 10);
  return (await follower.orders()).filter((row) => row.transactionType === "BUY" && Math.floor(Math.round(row.price * 100) / 10) === first);
}

/** The copier may have cancelled it a moment before: then there is nothing to fill. */
async function fillIfOpen(trader: Trader, orderId: string): Promise<void> {
  try {
    await trader.isFilled(orderId, { price: 100 });
  } catch (refusal) {
    const row = await trader.order(orderId);
    if (row !== undefined && isOpen(row) && row.orderStatus !== "TRANSIT") throw refusal;
  }
}
