/**
 * Positions that are converted to another product, in every fourth session and in a contract of their own: by leaders, who then get out in
 * either product, and by followers' owners. It draws from a stream of its own, so that what everybody else does in a session stays as it was.
 */
import { convertAsOwner } from "../../../src/simulator/admin/accounts.ts";
import { cancelAsOwner, fillOrder, placeAsOwner } from "../../../src/simulator/admin/orders.ts";
import { isFinal, isWorking, type Order } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { CONVERTED_CONTRACT, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";

/** One session in so many. */
const SESSIONS = 4;
const CHANCE = 0.3;
const PRODUCTS = ["INTRADAY", "MARGIN"] as const;
type Product = (typeof PRODUCTS)[number];
/** In which leaders enter before they have converted. */
const ENTERED: Product = "INTRADAY";

const WEIGHTS = { enter: 8, exit: 5, rest: 3, cancel: 1, fillRest: 2, fillFollower: 3, convertLeader: 2, convertFollower: 5, mend: 2 } as const;

export class Converter {
  readonly #stage: Stage;
  readonly #random: Random;
  #isActive: boolean;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "conversions");
    this.#isActive = this.#random.below(SESSIONS) === 0;
  }

  /** Nobody trades any more in what has expired. */
  turnDay(day: string): void {
    const { exchangeSegment, securityId } = CONVERTED_CONTRACT;
    const expiry = this.#simulator.exchange.listings.find(exchangeSegment, securityId)?.expiry;
    if (expiry !== undefined && expiry.slice(0, 10) < day) this.#isActive = false;
  }

  step(): void {
    if (!this.#isActive || !this.#random.chance(CHANCE)) return;
    this.#act(weighted(this.#random, WEIGHTS), pick(this.#random, this.#stage.cast.leaders));
  }

  withdrawAll(): void {
    for (const leader of this.#stage.cast.leaders)
      for (const order of this.#orders(leader)) if (!isFinal(order.status)) cancelAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId });
  }

  /** What leaders hold here is sold, product by product; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) =>
      PRODUCTS.flatMap((product) => {
        const held = this.#held(leader, product);
        const id = held === 0 ? undefined : this.#place(leader, product, { transactionType: held > 0 ? "SELL" : "BUY", quantity: Math.abs(held) });
        return id === undefined ? [] : [[leader, id] as const];
      }),
    );
  }

  fillFollowers(): void {
    for (const follower of this.#stage.cast.followers)
      for (const order of this.#orders(follower))
        if (isWorking(order)) fillOrder(this.#simulator, { clientId: follower, orderId: order.orderId, price: 120, late: false });
  }

  #act(what: keyof typeof WEIGHTS, leader: string): void {
    const follower = pick(this.#random, this.#stage.cast.followers);
    switch (what) {
      case "enter": {
        const order = this.#random.chance(0.5) ? {} : { orderType: "LIMIT" as const, price: between(this.#random, 119, 122) };
        this.#place(leader, this.#heldProduct(leader) ?? ENTERED, {
          transactionType: "BUY",
          quantity: between(this.#random, 1, 8) * CONVERTED_CONTRACT.lot,
          ...order,
        });
        return;
      }
      case "exit": {
        const product = this.#heldProduct(leader);
        if (product !== undefined) this.#place(leader, product, { transactionType: "SELL", quantity: this.#part(leader, product) });
        return;
      }
      case "rest": {
        const product = this.#heldProduct(leader);
        if (product !== undefined)
          this.#place(leader, product, {
            transactionType: "SELL",
            quantity: this.#part(leader, product),
            ...(this.#random.chance(0.5) ? { orderType: "LIMIT", price: 130 } : { orderType: "STOP_LOSS", price: 99, triggerPrice: 100 }),
          });
        return;
      }
      case "cancel": {
        const order = this.#working(leader);
        if (order !== undefined) cancelAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId });
        return;
      }
      case "fillRest": {
        const order = this.#working(leader);
        const { side, product } = order?.contracted ?? {};
        // What would take him through zero in its product he would have cancelled.
        if (
          order === undefined ||
          (side === "SELL" && order.terms.type !== "MARKET" && this.#free(leader, product as Product) < order.terms.quantity - order.filled)
        )
          return;
        fillOrder(this.#simulator, { clientId: leader, orderId: order.orderId, price: 120, late: false });
        return;
      }
      case "fillFollower": {
        const order = this.#working(follower);
        if (order !== undefined) fillOrder(this.#simulator, { clientId: follower, orderId: order.orderId, price: 120, late: false });
        return;
      }
      case "convertLeader":
        if (this.#convert(leader)) this.#stage.counts.add("position converted at a leader");
        return;
      case "convertFollower":
        if (this.#convert(follower)) this.#stage.counts.add("position converted at a follower");
        return;
      case "mend":
        for (const account of this.#stage.cast.followers) this.#mend(account);
    }
  }

  /** All of what is held in a product, or a part. Answers whether anything was. */
  #convert(account: string): boolean {
    const from = this.#heldProduct(account);
    if (from === undefined) return false;
    const units = this.#part(account, from);
    if (this.#leavesOrderUntold(account, from)) return false;
    return this.#toOther(account, from, units);
  }

  /**
   * A leader converts nothing back from under an order of his before a reading has told that he had converted: no reading will, and the order opens a
   * position at himself when it fills, as in each copy. What a lost journal was told, nobody knows any more.
   */
  #leavesOrderUntold(account: string, from: Product): boolean {
    const { products, journalLostAt = 0 } = this.#stage.auditor.evidence;
    // He may have entered in either since a process was told that he had converted.
    const isBack = from !== ENTERED || products.isTold(account);
    if (!isBack || products.wasTold(account, journalLostAt) || !this.#stage.cast.leaders.includes(account)) return false;
    // One that is in transit to the exchange rests in the next moment.
    return this.#orders(account).some(({ status, contracted }) => !isFinal(status) && contracted.side === "SELL" && contracted.product === from);
  }

  /** The owner has read that an exit went out in the product that he had left, and does what he was told. */
  #mend(account: string): void {
    const long = PRODUCTS.find((product) => this.#held(account, product) > 0);
    const short = PRODUCTS.find((product) => this.#held(account, product) < 0);
    if (long === undefined || short === undefined) return;
    this.#toOther(account, long, Math.min(this.#held(account, long), -this.#held(account, short)));
  }

  #toOther(account: string, from: Product, units: number): boolean {
    const { exchangeSegment, securityId } = CONVERTED_CONTRACT;
    const to = from === "INTRADAY" ? "MARGIN" : "INTRADAY";
    const change = { clientId: account, exchangeSegment, securityId, fromProductType: from, toProductType: to, quantity: units };
    if (!convertAsOwner(this.#simulator, change).ok) return false;
    this.#stage.auditor.converted({ account, from, to, units });
    return true;
  }

  /** So many whole lots of it: all, in half of the cases. */
  #part(account: string, product: Product): number {
    const lots = Math.floor(this.#free(account, product) / CONVERTED_CONTRACT.lot);
    return (this.#random.chance(0.5) ? lots : between(this.#random, 1, lots)) * CONVERTED_CONTRACT.lot;
  }

  /** A product in which the account is long by a lot or more. */
  #heldProduct(account: string): Product | undefined {
    const held = PRODUCTS.filter((product) => this.#free(account, product) >= CONVERTED_CONTRACT.lot);
    return held.length === 0 ? undefined : pick(this.#random, held);
  }

  /** A leader sells, and converts, nothing twice: what he has sold at the market is as good as gone. Followers' owners look at nothing but what they hold. */
  #free(account: string, product: Product): number {
    if (this.#stage.cast.followers.includes(account)) return this.#held(account, product);
    const sold = this.#orders(account).filter(
      ({ status, contracted, terms }) => !isFinal(status) && contracted.side === "SELL" && contracted.product === product && terms.type === "MARKET",
    );
    return sold.reduce((left, { terms, filled }) => left - (terms.quantity - filled), this.#held(account, product));
  }

  #held(account: string, product: Product): number {
    return this.#stage.auditor.products.held(account, product);
  }

  #place(leader: string, productType: Product, order: Record<string, unknown>): string | undefined {
    const { exchangeSegment, securityId } = CONVERTED_CONTRACT;
    const body = { clientId: leader, source: "W", exchangeSegment, securityId, productType, orderType: "MARKET" as const, price: 0, quantity: 0 };
    const answer = placeAsOwner(this.#simulator, { ...body, transactionType: "BUY", afterMarketOrder: false, amoTime: "OPEN", ...order });
    return answer.ok ? answer.value.orderId : undefined;
  }

  #working(account: string): Order | undefined {
    const found = this.#orders(account).filter(isWorking);
    return found.length === 0 ? undefined : pick(this.#random, found);
  }

  #orders(account: string): readonly Order[] {
    const orders = this.#simulator.exchange.ledger.books(account)?.orders() ?? [];
    return orders.filter(({ listing }) => listing.securityId === CONVERTED_CONTRACT.securityId);
  }

  get #simulator(): Stage["world"]["simulator"] {
    return this.#stage.world.simulator;
  }
}
