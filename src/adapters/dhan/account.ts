/** One Dhan account behind the engine's port: its order calls, its reads, its stream. Nothing here decides or repeats anything. */
import type { ClientId, OrderId } from "../../domain/identity.ts";
import type { OrderReport } from "../../domain/order/report.ts";
import type { BrokerAccount, Timed, UnreadableFrame, WriteOutcome } from "../../engine/ports/broker.ts";
import { Access } from "./access.ts";
import { askProfile, ofAccount } from "./account-reads.ts";
import { foreverModifyBody, foreverPlaceBody } from "./forever-calls.ts";
import { createHistoryReads } from "./history-reads.ts";
import { LEG_WORDS, LegNumbers } from "./leg-numbers.ts";
import { createMoneyReads } from "./money-reads.ts";
import { runOrderStream } from "./order-stream.ts";
import { pacedReads } from "./paced-reads.ts";
import { ReadPace } from "./read-pace.ts";
import { createReads } from "./reads.ts";
import { createRequests, type Requests, type RequestsOptions, type Settled } from "./requests.ts";
import type { OpenSocket } from "./socket.ts";
import { createStandingReads } from "./standing-reads.ts";
import { superModifyBody, superPlaceBody } from "./super-calls.ts";
import { modifyBody, outcomeOf, placeBody } from "./write-calls.ts";

export interface DhanAccountOptions extends RequestsOptions {
  /** Where the order stream is, e.g. `wss://api-order-update.dhan.co`. */
  readonly orderUpdates: string;
  readonly clientId: ClientId;
  /** It is a leader's, in some copy. */
  readonly leads: boolean;
  readonly openSocket: OpenSocket;
  /** From 0 up to 1; spreads the reconnects of many accounts. */
  readonly random: () => number;
  /** Told of each row of a book that can't be read; frames of the stream are told to its listener. */
  readonly unreadableRow: (row: UnreadableFrame) => void;
  /**
   * Told of the plain orders of a book whose super orders are still awaited, so that what a broker is slow to tell of these delays no news of those; and, from
   * whichever book comes first, of super orders that have ended without a fill.
   */
  readonly earlyRows: (rows: readonly OrderReport[]) => void;
  /** So many rows of its order book are remembered, so that they need not be read again: some 2 KB each. */
  readonly knownRowsMax: number;
  /** When it is over, reads that still wait for their turn are given up. */
  readonly life: AbortSignal;
}

export function createDhanAccount(options: DhanAccountOptions): BrokerAccount {
  const { clientId, clock, timers } = options;
  const access: Access = new Access({ token: options.token, profile: async () => ofAccount(clientId, await askProfile(requests, clock)), clock, timers });
  const requests = createRequests({ ...options, token: () => access.token() });
  const numbers = new LegNumbers();
  const paced = pacedReads({ pace: new ReadPace({ clock, timers, life: options.life }), access });
  const reads = createReads({ ...options, requests, paced, numbers, isTokenProved: () => access.isProved });
  async function write(asked: OrderId | undefined, ...request: Parameters<Requests>): Promise<Timed<WriteOutcome>> {
    const written = outcomeOfWrite(await requests(...request), asked);
    if (written.result.outcome === "refused" && written.result.refusal.code === "TOKEN_DEAD") access.suspect();
    return written;
  }
  return {
    place: async (order) => {
      if (order.forever) return write(undefined, "POST", "/forever/orders", foreverPlaceBody(clientId, order));
      if (order.legs === undefined) return write(undefined, "POST", "/orders", placeBody(clientId, order));
      numbers.expect();
      const placed = await write(undefined, "POST", "/super/orders", superPlaceBody(clientId, order, order.legs));
      if (placed.result.outcome === "accepted") numbers.isEntry(placed.result.orderId);
      return placed;
    },
    modify: (change) => {
      const { orderId, legs, forever } = change;
      if (forever) return write(orderId, "PUT", foreverPath(orderId), foreverModifyBody(clientId, change));
      if (legs === undefined) return write(orderId, "PUT", orderPath(orderId), modifyBody(clientId, change));
      return write(orderId, "PUT", superPath(orderId), superModifyBody(clientId, change, legs));
    },
    cancel: (order, part) => write(order, "DELETE", pathOf(order, part)),
    ...reads,
    ...createHistoryReads({ clientId, requests, clock, paced }),
    ...createStandingReads({ ...options, requests, paced }),
    ...createMoneyReads({ clientId, requests, clock, paced }),
    profile: () => access.profile(),
    stream: (listener, signal) => runOrderStream({ ...options, url: options.orderUpdates, access, numbers }, listener, signal),
  };
}

function pathOf(order: OrderId, part: Parameters<BrokerAccount["cancel"]>[1]): string {
  if (part === undefined) return orderPath(order);
  return part === "forever" ? foreverPath(order) : `${superPath(order)}/${LEG_WORDS[part]}`;
}

function foreverPath(order: OrderId): string {
  return `/forever/orders/${encodeURIComponent(order)}`;
}

function superPath(order: OrderId): string {
  return `/super/orders/${encodeURIComponent(order)}`;
}

function orderPath(order: OrderId): string {
  return `/orders/${encodeURIComponent(order)}`;
}

function outcomeOfWrite({ result, settledAt }: Settled, asked: OrderId | undefined): Timed<WriteOutcome> {
  switch (result.came) {
    case "reply":
      return { result: outcomeOf(result, asked), writtenAt: result.writtenAt, settledAt };
    case "not-sent":
      return { result: { outcome: "not-sent", cause: result.cause }, writtenAt: undefined, settledAt };
    case "no-reply":
      return { result: { outcome: "unknown", because: result.because, detail: result.detail }, writtenAt: result.writtenAt, settledAt };
  }
}
