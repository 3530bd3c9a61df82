/**
 * The market of a session: one price, which moves only where super orders are traded (`workload/super-market.ts`), at which what is marketable
 * fills within moments; and followers' orders fill about when their leaders' do, as orders at one price do at a real exchange. Now and then one
 * does not, and the rest is up to the session.
 */
import { parsePrice } from "../../../src/domain/money.ts";
import { end, fill } from "../../../src/simulator/exchange/operator.ts";
import { isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { World } from "../../world/world.ts";
import type { Auditor } from "../auditor/auditor.ts";
import { between } from "../workload/draw.ts";

const LAST_RUPEES = 120;
/** How long a marketable order takes at most. */
const AT_ONCE_MS = 300;
const IMMEDIATE_MS = 40;
/** How much later a follower's order fills than his leader's. */
const BEHIND_MS = 2_500;
const FILLS = 0.9;

export function openMarket(seed: number, world: World, auditor: Auditor): void {
  const market = new Market(seededRandom(seed, "market"), world, auditor);
  const { exchange } = world.simulator;
  for (const listing of exchange.listings.all) exchange.market.set(listing, (parsePrice(LAST_RUPEES) ?? 0) as never);
  exchange.ledger.onChange(({ kind, order }) => {
    if (kind === "accepted" || kind === "modified" || kind === "triggered") market.arrived(order);
    if (kind === "executed") market.executed(order);
  });
}

class Market {
  readonly #random: Random;
  readonly #world: World;
  readonly #auditor: Auditor;

  constructor(random: Random, world: World, auditor: Auditor) {
    this.#random = random;
    this.#world = world;
    this.#auditor = auditor;
  }

  arrived(order: Order): void {
    if (order.terms.validity === "IOC") this.#world.time.after(this.#random.below(IMMEDIATE_MS), () => this.#endImmediate(order));
    else if (isMarketable(order, this.#world.simulator.exchange.market.last(order.listing))) {
      if (this.#random.chance(FILLS)) this.#fillLater(order, AT_ONCE_MS, () => Number.POSITIVE_INFINITY);
    } else this.#follow(order);
  }

  /** What a leader's order fills, its copies fill a moment later. */
  executed(order: Order): void {
    for (const [stem, { leaderOrder }] of this.#auditor.evidence.causes()) {
      if (leaderOrder?.orderId !== order.orderId || leaderOrder.account !== order.clientId) continue;
      for (const { account, orderId } of this.#auditor.evidence.ofStem(stem)) {
        const ours = this.#world.simulator.exchange.ledger.order(account, orderId);
        if (ours !== undefined && isWorking(ours)) this.#follow(ours);
      }
    }
  }

  /** As much of a copy as its leader's order has filled. */
  #follow(order: Order): void {
    const leaders = (): Order | undefined => {
      const kept = this.#auditor.evidence.order(order.clientId, order.orderId);
      const cause = kept?.stem === undefined ? undefined : this.#auditor.evidence.causeOf(kept.stem)?.leaderOrder;
      return cause === undefined ? undefined : this.#world.simulator.exchange.ledger.order(cause.account, cause.orderId);
    };
    const now = leaders();
    if (now === undefined || now.filled === 0 || !this.#random.chance(FILLS)) return;
    this.#fillLater(order, BEHIND_MS, (ours) => {
      const { filled = 0, terms = undefined } = leaders() ?? {};
      const part = terms === undefined ? 0 : Math.floor((ours.terms.quantity * filled) / terms.quantity / ours.listing.lot) * ours.listing.lot;
      return part - ours.filled;
    });
  }

  #fillLater(order: Order, withinMs: number, units: (now: Order) => number): void {
    const { exchange } = this.#world.simulator;
    this.#world.time.after(this.#random.below(withinMs), () => {
      const now = exchange.ledger.order(order.clientId, order.orderId);
      if (now === undefined || !isWorking(now)) return;
      const wanted = Math.min(openQuantity(now), units(now));
      if (wanted < now.listing.lot) return;
      const lots = wanted / now.listing.lot;
      const some = this.#random.chance(0.25) ? between(this.#random, 1, lots) * now.listing.lot : wanted;
      fill(exchange, now, { quantity: some, price: undefined, timing: "normal" });
      if (some < wanted) this.#fillLater(order, withinMs, units);
    });
  }

  #endImmediate({ clientId, orderId }: Order): void {
    const { exchange } = this.#world.simulator;
    const order = exchange.ledger.order(clientId, orderId);
    if (order === undefined || openQuantity(order) === 0) return;
    const lots = between(this.#random, 0, openQuantity(order) / order.listing.lot);
    if (lots > 0) fill(exchange, order, { quantity: lots * order.listing.lot, price: undefined, timing: "normal" });
    const rest = exchange.ledger.order(clientId, orderId);
    if (rest !== undefined) end(exchange, rest, "cancelled");
  }
}

/** A MARKET order, also one that the API has turned into a protected limit, and a limit at the price or through it. */
function isMarketable({ armed, terms, contracted }: Order, last: number): boolean {
  if (armed) return false;
  if (terms.type === "MARKET") return true;
  return contracted.side === "BUY" ? terms.price >= last : terms.price <= last;
}
