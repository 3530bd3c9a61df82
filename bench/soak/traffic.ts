/** What the leader of a soak does, by the simulator's own hand: buys that fill, exits that fill, orders that rest and are changed and withdrawn. */
import type { Random } from "../../src/simulator/exchange/random.ts";
import { LEADER } from "./cast.ts";
import type { Exchange } from "./exchange.ts";

/** NIFTY options with lot 75 in the instrument fixture. */
const CONTRACTS = ["37806", "37810", "39630", "39631", "50547", "50548", "50978", "50979", "58646", "58647"];
/** Half of it is a whole lot. */
const UNITS = 150;
/** The market stands still: what is above it buys at once, what is below it rests. Rupees. */
const LAST = 120;
const BUYS_AT = 121;
const RESTS_AT = 100;
/** An order that rests is withdrawn after so much, and up to twice of it. */
const RESTS_MS = 1_500;

export class Traffic {
  readonly #exchange: Exchange;
  readonly #random: Random;
  readonly #timers = new Set<NodeJS.Timeout>();
  #placed = 0;

  constructor(exchange: Exchange, random: Random) {
    this.#exchange = exchange;
    this.#random = random;
    exchange.act("matching", { mode: "market" });
    for (const securityId of CONTRACTS) exchange.act("price", { exchangeSegment: "NSE_FNO", securityId, price: LAST });
  }

  get placed(): number {
    return this.#placed;
  }

  /** One order of the leader's. */
  place(): void {
    const securityId = CONTRACTS[this.#random.below(CONTRACTS.length)] ?? "";
    const kind = this.#random.below(100);
    const held = this.#exchange.net(LEADER, securityId);
    if (kind < 35) this.#rest(securityId);
    else if (kind < 65 && held >= UNITS)
      this.#order(securityId, { transactionType: "SELL", orderType: "MARKET", quantity: UNITS * (1 + this.#random.below(Math.floor(held / UNITS))) });
    else this.#order(securityId, { transactionType: "BUY", quantity: UNITS * (1 + this.#random.below(3)), price: BUYS_AT });
  }

  /** Withdraws what rests, and sells all that he holds. */
  endFlat(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const orderId of this.#exchange.open(LEADER)) this.#exchange.act("cancel", { clientId: LEADER, orderId });
    for (const securityId of CONTRACTS) {
      const quantity = this.#exchange.net(LEADER, securityId);
      if (quantity > 0) this.#order(securityId, { transactionType: "SELL", orderType: "MARKET", quantity });
    }
  }

  #rest(securityId: string): void {
    const orderId = this.#order(securityId, { transactionType: "BUY", quantity: UNITS, price: RESTS_AT + this.#random.below(100) / 10 });
    const restsMs = RESTS_MS + this.#random.below(RESTS_MS);
    if (this.#random.below(3) === 0)
      this.#later(restsMs / 2, () => this.#exchange.act("modify", { clientId: LEADER, orderId, price: RESTS_AT - 1, quantity: UNITS * 2 }));
    this.#later(restsMs, () => this.#exchange.act("cancel", { clientId: LEADER, orderId }));
  }

  #order(securityId: string, order: object): string {
    this.#placed += 1;
    return this.#exchange.place({ clientId: LEADER, exchangeSegment: "NSE_FNO", securityId, ...order });
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
