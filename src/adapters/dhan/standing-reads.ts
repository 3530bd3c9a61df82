/** The lists of forever and of conditional orders (reference 3.2, 3.3), under the pace of the account's other reads. */
import type { ConditionalOrder, ForeverOrder } from "../../domain/order/standing.ts";
import type { Clock } from "../../domain/time.ts";
import type { BrokerAccount, Read, StandingRead, UnreadableFrame } from "../../engine/ports/broker.ts";
import type { PacedRead } from "./paced-reads.ts";
import { ask, failed } from "./reads.ts";
import type { Requests } from "./requests.ts";
import type { Rows } from "./rows.ts";
import { readConditional, readForever } from "./standing-rows.ts";

export interface StandingReadsOptions {
  readonly requests: Requests;
  readonly clock: Clock;
  readonly paced: PacedRead;
  /** Told of each row that can't be read. */
  readonly unreadableRow: (row: UnreadableFrame) => void;
}

/** The first is the table's, the second that of the page's own example. */
const FOREVER_PATHS = ["/forever/orders", "/forever/all"] as const;

/** One row by itself: what is documented as a list has come as an object, and the other way round (reference 11). */
function isRow(body: unknown): boolean {
  return typeof body === "object" && body !== null && ("orderId" in body || "alertId" in body);
}

const EMPTY = { ok: true, value: { list: "known", orders: [], isWhole: true } } as const;
const NO_LIST = { ok: true, value: { list: "not-here" } } as const;

export function createStandingReads({
  requests,
  clock,
  paced,
  unreadableRow,
}: StandingReadsOptions): Pick<BrokerAccount, "foreverOrders" | "conditionalOrders"> {
  /** A broker who has no such orders has no such path; an account without any may be told as an error (DH-907). */
  async function list<T extends ForeverOrder | ConditionalOrder>(path: string, readList: (body: unknown) => Rows<T>): Promise<Read<StandingRead<T>>> {
    const answer = await paced(() => ask(requests, clock, path, (body): Read<StandingRead<T>> => listOf(body, readList)));
    if (answer.ok || answer.refusal === undefined) return answer;
    switch (answer.refusal.code) {
      case "NOT_FOUND":
        return NO_LIST;
      case "NO_DATA":
        return EMPTY;
      default:
        return answer;
    }
  }

  function listOf<T>(body: unknown, readList: (body: unknown) => Rows<T>): Read<StandingRead<T>> {
    if (!Array.isArray(body) && !isRow(body)) return failed("the answer is no list");
    const { rows, unreadable } = readList(body);
    for (const row of unreadable) unreadableRow(row);
    return { ok: true, value: { list: "known", orders: rows, isWhole: unreadable.length === 0 } };
  }

  return {
    foreverOrders: async () => {
      const [first, second] = FOREVER_PATHS;
      const read = await list(first, readForever);
      return read.ok && read.value.list === "not-here" ? list(second, readForever) : read;
    },
    conditionalOrders: () => list("/alerts/orders", readConditional),
  };
}
