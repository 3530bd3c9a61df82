/**
 * I15: of each forever and conditional order that waits at a leader's broker, the journal has told what it asks for now; and of none the same twice in a
 * row. What had ended before anybody had heard of it need not be told, and neither need a change that was changed again before it was read.
 */
import type { Breaks } from "./exchange.ts";
import type { JournalLine } from "./observed.ts";

/** One that waits, as the exchange has it: `kind:number`, and what it asks for, in words that only need to be equal for equal terms. */
export interface Standing {
  readonly account: string;
  readonly key: string;
  readonly asks: string;
}

interface Told {
  readonly asks: string;
  readonly waits: boolean;
}

export class StandingAudit {
  readonly #told = new Map<string, Told>();
  readonly #breaks: Breaks;
  /** Lines that told of one. */
  count = 0;

  constructor(breaks: Breaks) {
    this.#breaks = breaks;
  }

  durable(lines: readonly JournalLine[]): void {
    for (const line of lines) {
      if (line.type === "leader-standing-gone") this.#told.delete(`${String(line["leader"])} ${String(line["kind"])}:${String(line["order"])}`);
      if (line.type !== "leader-standing-reported") continue;
      this.count += 1;
      const order = line["order"] as Order;
      const name = `${String(line["leader"])} ${order.kind}:${order.orderId}`;
      const told = { asks: asksIn(order), waits: stands(order) };
      const before = this.#told.get(name);
      if (before?.asks === told.asks && before.waits === told.waits) this.#breaks("I15", `of ${name} the same is told twice: ${told.asks}`, undefined);
      this.#told.set(name, told);
    }
  }

  journalLost(): void {
    this.#told.clear();
  }

  atRest(standing: readonly Standing[]): void {
    const waiting = new Set(standing.map(({ account, key }) => `${account} ${key}`));
    for (const { account, key, asks } of standing) {
      const told = this.#told.get(`${account} ${key}`);
      if (told === undefined) this.#breaks("I15", `of ${key} of ${account}, which waits, nothing is told`, undefined);
      else if (told.asks !== asks || !told.waits) this.#breaks("I15", `${key} of ${account} asks for ${asks}, and was told as ${told.asks}`, undefined);
    }
    for (const [name, { waits }] of this.#told) if (waits && !waiting.has(name)) this.#breaks("I15", `${name} is over, and is told to wait`, undefined);
  }
}

interface Order {
  readonly kind: string;
  readonly orderId: string;
  readonly state?: string;
  readonly legs?: readonly { readonly leg: string; readonly quantity: number; readonly price: number; readonly triggerPrice: number; readonly state: string }[];
  readonly orders?: readonly { readonly quantity: number; readonly price: number }[];
}

function stands({ state, legs }: Order): boolean {
  return legs === undefined ? state === "waits" : legs.some((leg) => leg.state === "waits");
}

function asksIn({ legs, orders = [] }: Order): string {
  if (legs === undefined) return orders.map(({ quantity, price }) => `${quantity} at ${price}`).join(", ");
  return legs.map(({ leg, quantity, price, triggerPrice, state }) => `${leg} ${quantity} at ${price} from ${triggerPrice} ${state}`).join(", ");
}
