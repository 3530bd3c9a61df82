/**
 * Baskets, in every third session and in two contracts of their own: a leader enters two contracts of one underlying and expiry within two
 * seconds, bought and sold in either order or both of one side, and gets out of them one by one. Often one leg is refused at a follower. It draws
 * from a stream of its own, so that the sessions without baskets are what they were.
 */
import { fillOrder, placeAsOwner, rejectOrder } from "../../../src/simulator/admin/orders.ts";
import { isFinal, type Order } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick } from "./draw.ts";

const LOT = 75;
/** NIFTY 29 DEC 24000, call and put. */
const LEGS = ["71501", "71502"] as const;
type Leg = (typeof LEGS)[number];
type Side = "BUY" | "SELL";

const SESSIONS = 3;
const CHANCE = 0.06;
const EXIT_CHANCE = 0.04;
/** From the first leg to the second, at most; less than the window by the second that the broker's times are rounded to. */
const WITHIN_MS = 1_000;

export class BasketTrader {
  readonly #stage: Stage;
  readonly #random: Random;
  #isActive: boolean;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "baskets");
    this.#isActive = this.#random.below(SESSIONS) === 0;
  }

  /** Nobody trades any more in what has expired. */
  turnDay(day: string): void {
    const expiry = this.#listing(LEGS[0])?.expiry;
    if (expiry !== undefined && expiry.slice(0, 10) < day) this.#isActive = false;
  }

  /** In each step of the session. */
  step(): void {
    if (!this.#isActive || this.#simulator.exchange.session === "closed") return;
    const leader = pick(this.#random, this.#stage.cast.leaders);
    if (this.#random.chance(CHANCE)) this.#enter(leader);
    if (this.#random.chance(EXIT_CHANCE)) this.#exit(leader, pick(this.#random, LEGS), between(this.#random, 3, 10));
  }

  /** What leaders hold here is closed; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) =>
      LEGS.flatMap((leg) => {
        const id = this.#exit(leader, leg, 10);
        return id === undefined ? [] : [[leader, id] as const];
      }),
    );
  }

  #enter(leader: string): void {
    const legs = this.#random.chance(0.5) ? LEGS : ([LEGS[1], LEGS[0]] as const);
    const first = pick(this.#random, ["BUY", "SELL"] as const);
    const sides = [first, this.#random.chance(0.75) === (first === "BUY") ? "SELL" : "BUY"] as const;
    const quantity = between(this.#random, 1, 6) * LOT;
    const [gapMs, refused, refusedAfterMs] = [this.#random.below(WITHIN_MS), this.#random.below(4), between(this.#random, 100, 2_000)];
    const isWhole = legs.every((leg, index) => this.#mayEnter(leader, leg, sides[index] ?? first));
    if (!isWhole) return;
    this.#stage.counts.add("basket sent");
    this.#place(leader, legs[0], sides[0], { quantity, ...this.#priced(sides[0]) });
    const second = { quantity, ...this.#priced(sides[1]) };
    const follower = pick(this.#random, this.#stage.cast.followers);
    this.#stage.world.time.after(gapMs, () => this.#place(leader, legs[1], sides[1], second));
    const missing = legs[refused];
    if (missing !== undefined) this.#stage.world.time.after(gapMs + refusedAfterMs, () => this.#refuse(follower, missing));
  }

  /** An entry and nothing else: nothing of his stands, or is open, on the other side. */
  #mayEnter(leader: string, leg: Leg, side: Side): boolean {
    const held = this.#held(leader, leg);
    const opposed = this.#orders(leader, leg).some(({ status, contracted }) => !isFinal(status) && contracted.side !== side);
    return !opposed && (side === "BUY" ? held >= 0 : held <= 0);
  }

  #refuse(follower: string, leg: Leg): void {
    const order = this.#orders(follower, leg).findLast(({ status, filled, correlationId }) => !isFinal(status) && filled === 0 && correlationId !== undefined);
    if (order === undefined) return;
    const reason = pick(this.#random, ["You have insufficient funds", "Price out of range"]);
    if (rejectOrder(this.#simulator, { clientId: follower, orderId: order.orderId, reason }).ok) this.#stage.counts.add("leg of a basket refused");
  }

  /** So many tenths of what the leader holds, at the market. */
  #exit(leader: string, leg: Leg, tenths: number): string | undefined {
    const held = this.#held(leader, leg);
    const lots = Math.ceil((Math.abs(held) / LOT) * (tenths / 10));
    if (lots === 0) return undefined;
    const id = this.#place(leader, leg, held > 0 ? "SELL" : "BUY", { quantity: lots * LOT, orderType: "MARKET", price: 0 });
    if (id !== undefined && this.#random.chance(0.5)) fillOrder(this.#simulator, { clientId: leader, orderId: id, price: 120, late: false });
    return id;
  }

  #priced(side: Side): Record<string, unknown> {
    if (this.#random.chance(0.2)) return { orderType: "MARKET", price: 0 };
    const away = between(this.#random, 1, 20);
    return { orderType: "LIMIT", price: side === "BUY" ? 120 - away : 120 + away };
  }

  #place(leader: string, leg: Leg, side: Side, order: Record<string, unknown>): string | undefined {
    const body = { clientId: leader, source: "W", exchangeSegment: "NSE_FNO", securityId: leg, transactionType: side, productType: "INTRADAY", ...order };
    const answer = placeAsOwner(this.#simulator, body as Parameters<typeof placeAsOwner>[1]);
    return answer.ok ? answer.value.orderId : undefined;
  }

  #held(account: string, leg: Leg): number {
    const listing = this.#listing(leg);
    return listing === undefined ? 0 : this.#stage.auditor.evidence.held.of(`${account}:${holdingOf(listing, "INTRADAY")}`).now;
  }

  #orders(account: string, leg: Leg): readonly Order[] {
    return (this.#simulator.exchange.ledger.books(account)?.orders() ?? []).filter(({ listing }) => listing.securityId === leg);
  }

  #listing(leg: Leg) {
    return this.#simulator.exchange.listings.find("NSE_FNO", leg);
  }

  get #simulator(): Stage["world"]["simulator"] {
    return this.#stage.world.simulator;
  }
}
