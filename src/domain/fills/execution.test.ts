/** What is filled, fill by fill, from whatever source and in whatever order it arrived. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderId } from "../identity.ts";
import { price } from "../money.ts";
import { frame, LIMIT, row, second } from "../order/example.ts";
import { firstKnown, type KnownOrder, merge } from "../order/known.ts";
import type { OrderReport, TradeReport } from "../order/report.ts";
import { quantity } from "../quantity.ts";
import { averageOf, fillsOf, unitsOf } from "./execution.ts";
import { contradiction, isUntold, withTrades } from "./trades.ts";

const ORDER = orderId("112611200001");

function filled(at: number, units: number, average: number, part: Parameters<typeof frame>[1] = {}): OrderReport {
  return frame(at, { status: "PART_TRADED", filled: quantity(units), averagePrice: price(average), ...part });
}

function trade(at: number, units: number, paid: number, tradeId: string): TradeReport {
  return { clientId: frame(0).clientId, orderId: ORDER, tradeId, quantity: quantity(units), price: price(paid), at: second(at) };
}

function known(reports: readonly OrderReport[]): KnownOrder {
  const [first, ...rest] = reports;
  if (first === undefined) throw new Error("an order is known from a report");
  return rest.reduce(merge, firstKnown(first));
}

describe("derived from what the reports say", () => {
  test("each rise of the filled quantity is an execution, at the price that the averages give (S22)", () => {
    const order = known([frame(1), filled(2, 225, 1_204_000), filled(3, 525, 1_204_571), filled(4, 750, 1_204_550)]);
    expect(fillsOf(order, []).executions).toEqual([
      { tradeId: undefined, quantity: 225, price: 1_204_000, at: second(2), learnt: "stream" },
      // 120.50 but for the rounding of the average that the broker tells.
      { tradeId: undefined, quantity: 300, price: 1_204_999, at: second(3), learnt: "stream" },
      { tradeId: undefined, quantity: 225, price: 1_204_501, at: second(4), learnt: "stream" },
    ]);
    expect(averageOf(fillsOf(order, []).executions)).toBe(1_204_550);
  });

  test("fills of a gap, told by one row of the order book, are one execution", () => {
    const order = known([frame(1), row(30, 40, { status: "TRADED", filled: quantity(150), averagePrice: price(1_205_500) })]);
    expect(fillsOf(order, [])).toEqual({
      executions: [{ tradeId: undefined, quantity: 150, price: 1_205_500, at: second(30), learnt: "order-book" }],
      untold: 150,
    });
  });

  test("an order without a fill has no execution", () => {
    expect(fillsOf(known([frame(1)]), [])).toEqual({ executions: [], untold: 0 });
    expect(fillsOf(undefined, [])).toEqual({ executions: [], untold: 0 });
  });

  test("averages that contradict one another still give a price: that of the report", () => {
    const order = known([filled(1, 75, 2_000_000), filled(2, 150, 500_000)]);
    expect(fillsOf(order, []).executions.map((execution) => execution.price)).toEqual([2_000_000, 500_000]);
  });

  test("a price that comes after its quantity is taken", () => {
    const order = known([filled(1, 75, 0), filled(2, 75, 1_205_000)]);
    expect(fillsOf(order, []).executions).toMatchObject([{ quantity: 75, price: 1_205_000, at: second(1) }]);
  });
});

describe("told by the trade book", () => {
  const gap = known([frame(1), row(30, 40, { status: "TRADED", filled: quantity(150), averagePrice: price(1_205_000) })]);

  test("trades take the place of what was derived", () => {
    expect(fillsOf(gap, [trade(20, 75, 1_206_000, "102"), trade(10, 75, 1_204_000, "101")])).toEqual({
      executions: [
        { tradeId: "101", quantity: 75, price: 1_204_000, at: second(10), learnt: "trade-book" },
        { tradeId: "102", quantity: 75, price: 1_206_000, at: second(20), learnt: "trade-book" },
      ],
      untold: 0,
    });
  });

  test("a trade book that lags tells the first of the fills, and the rest is derived at the price that is left", () => {
    expect(fillsOf(gap, [trade(10, 75, 1_204_000, "101")])).toEqual({
      executions: [
        { tradeId: "101", quantity: 75, price: 1_204_000, at: second(10), learnt: "trade-book" },
        { tradeId: undefined, quantity: 75, price: 1_206_000, at: second(30), learnt: "order-book" },
      ],
      untold: 75,
    });
  });

  test("a trade book that tells more than the order is shown as it is, and the contradiction with it", () => {
    const fills = fillsOf(gap, [trade(10, 150, 1_204_000, "101"), trade(20, 75, 1_206_000, "102")]);
    expect([unitsOf(fills.executions), fills.untold]).toEqual([225, -75]);
  });

  test("trades of one second stand in the order of the exchange's numbers", () => {
    const ids = fillsOf(gap, [trade(10, 50, 1, "1000"), trade(10, 50, 1, "999"), trade(10, 50, 1, "1001")]).executions.map(({ tradeId }) => tradeId);
    expect(ids).toEqual(["999", "1000", "1001"]);
  });
});

test("the same trade in two readings counts once, and a reading that tells nothing new changes nothing", () => {
  const first = withTrades([], [trade(10, 75, 1_204_000, "101"), trade(10, 75, 1_204_000, "101")]);
  expect(first).toHaveLength(1);
  expect(withTrades(first, [trade(10, 75, 1_204_000, "101")])).toBe(first);
  expect(withTrades(first, [])).toBe(first);
  expect(withTrades(first, [trade(10, 75, 1_204_000, "102")])).toHaveLength(2);
});

test("trades without a number are told apart within a reading, and known again in the next", () => {
  const reading = [trade(10, 75, 1_204_000, ""), trade(10, 75, 1_204_000, ""), trade(11, 75, 1_204_000, "")];
  const once = withTrades([], reading);
  expect(once).toHaveLength(3);
  expect(withTrades(once, reading)).toBe(once);
});

test("a trade book that contradicts the order in units or in price is told in words; rounding is no contradiction", () => {
  const order = known([filled(1, 75, 1_204_000), filled(2, 150, 1_205_000, { status: "TRADED" })]);
  expect(contradiction(order, [trade(1, 75, 1_204_000, "1")])).toBe("the trade book has 75 units of order 112611200001, the order says 150");
  expect(contradiction(order, [trade(1, 150, 1_206_000, "1")])).toBe("the trades of order 112611200001 average 120.60, the order says 120.50");
  expect(contradiction(order, [trade(1, 150, 1_205_049, "1")])).toBeUndefined();
});

test("the trade book is needed for an order that has ended, and for one of which a row told fills; not for what it has told", () => {
  const open = known([frame(1), filled(2, 75, 1_204_000)]);
  expect(isUntold(open, [])).toBe(false);
  expect(isUntold(known([frame(1), row(2, 3, { filled: quantity(75), averagePrice: price(1_204_000) })]), [])).toBe(true);
  const ended = merge(open, frame(5, { status: "CANCELLED", filled: quantity(75), averagePrice: price(1_204_000) }));
  expect(isUntold(ended, [])).toBe(true);
  expect(isUntold(ended, [trade(2, 75, 1_204_000, "1")])).toBe(false);
  expect(isUntold(known([frame(1), frame(2, { status: "CANCELLED" })]), [])).toBe(false);
});

/** A day of one order: its true fills, the reports that told some of them, and readings of the trade book at some moments. */
const days = fc
  .record({
    fills: fc.array(fc.record({ lots: fc.integer({ min: 1, max: 4 }), ticks: fc.integer({ min: 1, max: 5_000 }), gap: fc.integer({ min: 1, max: 5 }) }), {
      minLength: 1,
      maxLength: 8,
    }),
    lost: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    rows: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    readings: fc.array(fc.nat(8), { maxLength: 5 }),
    numbered: fc.boolean(),
  })
  .map(({ fills, lost, rows, readings, numbered }) => {
    let [at, units, value] = [0, 0, 0];
    const trades: TradeReport[] = [];
    const reports: OrderReport[] = [frame(0, { terms: { ...LIMIT, quantity: quantity(75 * 40) } })];
    for (const [index, fill] of fills.entries()) {
      at += fill.gap;
      units += fill.lots * 75;
      value += fill.lots * 75 * fill.ticks * 500;
      trades.push(trade(at, fill.lots * 75, fill.ticks * 500, numbered ? String(900 + index) : ""));
      if (lost[index]) continue;
      const said = {
        status: "PART_TRADED",
        filled: quantity(units),
        averagePrice: price(Math.round(value / units)),
        terms: { ...LIMIT, quantity: quantity(75 * 40) },
      } as const;
      reports.push(rows[index] ? row(at, at + 1, said) : frame(at, said));
    }
    return { trades, reports, readings: readings.map((count) => trades.slice(0, count)) };
  });

test("neither the order nor the doubling of reports and readings makes a difference", () => {
  fc.assert(
    fc.property(days, fc.infiniteStream(fc.nat()), ({ reports, readings }, random) => {
      const shuffled = <T>(all: readonly T[]): readonly T[] => {
        const doubled = [...all, ...all].map((one) => ({ one, at: random.next().value ?? 0 }));
        return doubled.sort((a, b) => a.at - b.at).map(({ one }) => one);
      };
      const trades = (all: readonly (readonly TradeReport[])[]) => all.reduce<readonly TradeReport[]>(withTrades, []);
      const plain = fillsOf(known(reports), trades(readings));
      expect(fillsOf(known(shuffled(reports)), trades(shuffled(readings)))).toEqual(plain);
    }),
  );
});

test("executions sum up to the filled quantity, or to what the trade book tells where that is more", () => {
  fc.assert(
    fc.property(days, ({ reports, readings }) => {
      const order = known(reports);
      const trades = readings.reduce<readonly TradeReport[]>(withTrades, []);
      const told = trades.reduce((sum, one) => sum + one.quantity, 0);
      const { executions, untold } = fillsOf(order, trades);
      expect(unitsOf(executions)).toBe(Math.max(order.filled, told));
      expect(untold).toBe(order.filled - told);
      for (const execution of executions) expect(execution.price).toBeGreaterThan(0);
    }),
  );
});

test("with the whole trade book read, the executions are the trades, whatever the reports told", () => {
  fc.assert(
    fc.property(days, ({ reports, trades, readings }) => {
      const { executions } = fillsOf(known(reports), [...readings, trades].reduce<readonly TradeReport[]>(withTrades, []));
      const seen = executions.map(({ at, quantity: units, price: paid }) => [at, units, paid]);
      expect(seen).toEqual(trades.map(({ at, quantity: units, price: paid }) => [at, units, paid]));
    }),
  );
});
