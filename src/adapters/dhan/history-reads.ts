/** The trade history of days that are over (reference 2.7), page by page, under the pace of the account's other reads. */
import type { ClientId } from "../../domain/identity.ts";
import type { TradeReport } from "../../domain/order/report.ts";
import type { Clock } from "../../domain/time.ts";
import type { BrokerAccount, Read } from "../../engine/ports/broker.ts";
import type { PacedRead } from "./paced-reads.ts";
import { ask, failed } from "./reads.ts";
import type { Requests } from "./requests.ts";
import { readTrades } from "./rows.ts";

export interface HistoryReadsOptions {
  readonly clientId: ClientId;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly paced: PacedRead;
}

/** How many rows a page has is not documented. Whoever answers so many pages, and no empty one, does not count them. */
const PAGES_MAX = 100;

export function createHistoryReads({ clientId, requests, clock, paced }: HistoryReadsOptions): Pick<BrokerAccount, "tradeHistory"> {
  async function page(path: string): Promise<Read<readonly TradeReport[]>> {
    const read = await paced(() => ask(requests, clock, path, (body) => readPage(body, clientId)));
    // No data is an empty page (reference 10.4).
    return read.ok || read.refusal?.code !== "NO_DATA" ? read : { ok: true, value: [] };
  }

  return {
    tradeHistory: async (from, to) => {
      const trades: TradeReport[] = [];
      for (let number = 0; number < PAGES_MAX; number += 1) {
        const read = await page(`/trades/${from}/${to}/${number}`);
        if (!read.ok) return read;
        if (read.value.length === 0) return { ok: true, value: trades };
        trades.push(...read.value);
      }
      return failed(`the trade history has no end after ${PAGES_MAX} pages`);
    },
  };
}

/** What an order has filled is the sum of its rows: with one of them unread the sum would be wrong, and nobody could see it. */
function readPage(body: unknown, clientId: ClientId): Read<readonly TradeReport[]> {
  const { rows, unreadable } = readTrades(body, clientId);
  const [first] = unreadable;
  return first === undefined ? { ok: true, value: rows } : failed(`a row of the trade history can't be read: ${first.sentence}`);
}
