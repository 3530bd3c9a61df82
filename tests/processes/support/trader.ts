/** One account at the simulated broker: what its owner does there, what the exchange does to his orders, and what stands in his books. */
import { z } from "zod";
import type { Admin } from "./admin.ts";

/** As Dhan's body has it; what is left out is an intraday LIMIT DAY order to buy one lot of a NIFTY call at 120.50. */
export interface TradersOrder {
  readonly transactionType?: "BUY" | "SELL";
  readonly exchangeSegment?: string;
  readonly securityId?: string;
  readonly quantity?: number;
  readonly orderType?: "LIMIT" | "MARKET" | "STOP_LOSS" | "STOP_LOSS_MARKET";
  readonly price?: number;
  readonly triggerPrice?: number;
  readonly validity?: "DAY" | "IOC";
  readonly productType?: "CNC" | "INTRADAY" | "MARGIN" | "MTF";
  readonly disclosedQuantity?: number;
  readonly afterMarketOrder?: boolean;
  readonly amoTime?: string;
  /** None, as at Dhan's web, unless given. */
  readonly correlationId?: string;
  /** `W` web, `P` API, … */
  readonly source?: string;
}

const orderRow = z.looseObject({
  orderId: z.string(),
  correlationId: z.string(),
  orderStatus: z.string(),
  transactionType: z.string(),
  productType: z.string(),
  orderType: z.string(),
  validity: z.string(),
  securityId: z.string(),
  quantity: z.number(),
  disclosedQuantity: z.number(),
  price: z.number(),
  triggerPrice: z.number(),
  filledQty: z.number(),
  averageTradedPrice: z.number(),
  afterMarketOrder: z.boolean(),
});
export type OrderRow = z.infer<typeof orderRow>;

const positionRow = z.looseObject({ securityId: z.string(), productType: z.string(), netQty: z.number() });
const tradeRow = z.looseObject({
  orderId: z.string(),
  exchangeTradeId: z.string(),
  tradedQuantity: z.number(),
  tradedPrice: z.number(),
  exchangeTime: z.string(),
});
export type TradeRow = z.infer<typeof tradeRow>;
const books = z.object({ orders: z.array(orderRow), trades: z.array(tradeRow), positions: z.array(positionRow) });

const request = z.object({
  sequence: z.number(),
  method: z.string(),
  path: z.string(),
  body: z.string(),
  correlationId: z.string().optional(),
  arrivedAt: z.number(),
  outcome: z.union([z.number(), z.string()]).optional(),
});

/** A request to place, change or cancel, as it reached the broker. */
export interface OrderCall {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Empty for a DELETE. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly correlationId: string | undefined;
  /** Unix milliseconds, with a fraction. */
  readonly arrivedAt: number;
  /** The status, `reset` or `silence`; undefined while it is not answered. */
  readonly outcome: number | string | undefined;
}

export type Read = Pick<OrderCall, "path" | "arrivedAt" | "outcome">;

export class Trader {
  readonly clientId: string;
  readonly #admin: Admin;

  constructor(admin: Admin, clientId: string) {
    this.#admin = admin;
    this.clientId = clientId;
  }

  /** Places an order at the broker's web. Answers its number, while it is still on its way to the exchange. */
  async places(order: TradersOrder = {}): Promise<string> {
    const price = order.price ?? ((order.orderType ?? "LIMIT") === "LIMIT" ? { price: 120.5 } : {});
    const sent = {
      transactionType: "BUY",
      exchangeSegment: "NSE_FNO",
      securityId: "37806",
      quantity: 75,
      ...(typeof price === "number" ? { price } : price),
      ...order,
    };
    return orderRow.parse(await this.#act("place", sent)).orderId;
  }

  /** Only what is named changes. */
  async changes(orderId: string, change: Partial<TradersOrder>): Promise<void> {
    await this.#act("modify", { orderId, ...change });
  }

  async cancels(orderId: string): Promise<void> {
    await this.#act("cancel", { orderId });
  }

  /** The exchange fills all that is open, at the order's limit, unless told otherwise. */
  async isFilled(orderId: string, part: { readonly quantity?: number; readonly price?: number; readonly late?: boolean } = {}): Promise<void> {
    await this.#act("fill", { orderId, ...part });
  }

  async isRejected(orderId: string, reason: string): Promise<void> {
    await this.#act("reject", { orderId, reason });
  }

  /** The market passes the trigger of a stop: it becomes a limit order, and rests. */
  async isTriggered(orderId: string): Promise<void> {
    await this.#act("trigger", { orderId });
  }

  /** The day's orders, oldest first. */
  async orders(): Promise<readonly OrderRow[]> {
    return (await this.#books()).orders;
  }

  async order(orderId: string): Promise<OrderRow | undefined> {
    return (await this.orders()).find((row) => row.orderId === orderId);
  }

  /** The day's executions of one order, in the order in which they happened. */
  async trades(orderId: string): Promise<readonly TradeRow[]> {
    return (await this.#books()).trades.filter((row) => row.orderId === orderId);
  }

  /** The net units of a contract, over all products. */
  async net(securityId = "37806"): Promise<number> {
    return (await this.#books()).positions.filter((row) => row.securityId === securityId).reduce((sum, row) => sum + row.netQty, 0);
  }

  /** Every request to place, change or cancel that reached the broker, in order of arrival. The calculators are only asked, though by POST. */
  async orderCalls(): Promise<readonly OrderCall[]> {
    return (await this.#requests()).flatMap(({ method, path, body, correlationId, arrivedAt, outcome }) =>
      (method === "POST" && !path.includes("/margincalculator")) || method === "PUT" || method === "DELETE"
        ? [{ method, path, body: fieldsOf(body), correlationId, arrivedAt, outcome }]
        : [],
    );
  }

  /** Every request that only asked, in order of arrival. */
  async reads(): Promise<readonly Read[]> {
    return (await this.#requests()).flatMap(({ method, path, arrivedAt, outcome }) => (method === "GET" ? [{ path, arrivedAt, outcome }] : []));
  }

  async #requests(): Promise<readonly z.infer<typeof request>[]> {
    return z.array(request).parse(await this.#admin.view(`requests?clientId=${this.clientId}`));
  }

  async #books(): Promise<z.infer<typeof books>> {
    return books.parse(await this.#admin.view(`books?clientId=${this.clientId}`));
  }

  #act(command: string, body: object): Promise<unknown> {
    return this.#admin.act(command, { clientId: this.clientId, ...body });
  }
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  return body === "" ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(body));
}
