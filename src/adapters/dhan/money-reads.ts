/**
 * What the decisions of the engine need to know of an account's money: under the pace of its other reads, and with a living token only. The
 * calculators are asked by POST and change nothing.
 */
import { z } from "zod";
import type { ClientId } from "../../domain/identity.ts";
import type { MarginLeg, MarginQuestion } from "../../domain/margin/quote.ts";
import { priceToRupees } from "../../domain/money.ts";
import type { Clock } from "../../domain/time.ts";
import type { BrokerAccount, Read } from "../../engine/ports/broker.ts";
import { askFunds, paise } from "./account-reads.ts";
import type { PacedRead } from "./paced-reads.ts";
import { ask, failed } from "./reads.ts";
import type { Requests } from "./requests.ts";
import { wanted } from "./wire-values.ts";
import { parsed } from "./write-calls.ts";

export interface MoneyReadsOptions {
  readonly clientId: ClientId;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly paced: PacedRead;
}

export type MoneyReads = Pick<BrokerAccount, "funds" | "marginFor">;

export function createMoneyReads({ clientId, requests, clock, paced }: MoneyReadsOptions): MoneyReads {
  return {
    funds: () => paced(() => askFunds(requests, clock)),
    marginFor: async ({ order, beside }: MarginQuestion) => {
      const alone = await paced(() =>
        ask(requests, clock, "/margincalculator", readMargin, parsed, JSON.stringify({ dhanClientId: clientId, ...legBody(order) })),
      );
      if (beside.length === 0 || !alone.ok) return alone;
      const body = { dhanClientId: clientId, includePosition: false, includeOrder: false, scripList: [...beside, order].map(legBody) };
      const together = await paced(() => ask(requests, clock, "/margincalculator/multi", readMargin, parsed, JSON.stringify(body)));
      // Together they cost what the held ones cost already and more; so neither answer is less than what the order adds.
      return together.ok && together.value < alone.value ? together : alone;
    },
  };
}

function legBody({ instrument, side, product, units, price }: MarginLeg): Record<string, unknown> {
  return {
    exchangeSegment: instrument.segment,
    transactionType: side,
    quantity: units,
    productType: product,
    securityId: instrument.securityId,
    price: priceToRupees(price),
    triggerPrice: 0,
  };
}

/** The multi calculator has been seen with either spelling, and with numbers as texts (reference 6.7). */
const MARGIN = z.object({ totalMargin: wanted(paise), total_margin: wanted(paise) });

/** Paise. Zero is no margin that a sale or a future has. */
export function readMargin(body: unknown): Read<number> {
  const margin = MARGIN.safeParse(body);
  const total = margin.data?.totalMargin ?? margin.data?.total_margin;
  return total === undefined || total <= 0 ? failed("the calculator names no margin") : { ok: true, value: total };
}
