/** The books against the expected tables, row by row. Pure: it knows neither the simulator nor the copier. */
import { DONE, type ExitCode, FAILED } from "../../../faces/cli/exit-code.ts";
import { FOLLOWERS, type Follower } from "../players.ts";
import type { Holding } from "./books.ts";
import type { ExpectedOrder } from "./chapter.ts";
import type { ExpectedPosition } from "./positions.ts";

/** One row of either side, or both. They agree when both are there and the same. */
export interface Compared {
  readonly name: string;
  readonly follower: Follower;
  /** Undefined: nothing of the kind should be there. */
  readonly expected: string | undefined;
  /** Undefined: nothing of the kind is there. */
  readonly found: string | undefined;
}

export function agrees({ expected, found }: Compared): boolean {
  return expected === found;
}

/** What the demonstration ends with: a difference fails it, and so does a request over the limit. */
export function exitCodeOf(rows: readonly Compared[], { overLimit }: { readonly overLimit: number }): ExitCode {
  return rows.every(agrees) && overLimit === 0 ? DONE : FAILED;
}

/**
 * In the order of the table, and what should not be there at the end. Of several orders for one leader's order the first is held
 * against the first.
 */
export function compareOrders(expected: readonly ExpectedOrder[], booked: readonly ExpectedOrder[]): readonly Compared[] {
  const left = new Set(booked);
  const rows = expected.map((row): Compared => {
    const [name, follower] = row;
    const found = [...left].find((one) => one[0] === name && one[1] === follower);
    if (found !== undefined) left.delete(found);
    return { name, follower, expected: orderText(row), found: found === undefined ? undefined : orderText(found) };
  });
  return [...rows, ...[...left].map((row): Compared => ({ name: row[0], follower: row[1], expected: undefined, found: orderText(row) }))];
}

/** `BUY 150 LIMIT 120.50, TRADED 150`, `SELL 75 STOP_LOSS 69.00 trigger 70.00, CANCELLED 0`. */
function orderText([, , side, type, quantity, price, trigger, status, filled, further]: ExpectedOrder): string {
  const priced = `${side} ${quantity} ${type} ${price.toFixed(2)}${trigger === 0 ? "" : ` trigger ${trigger.toFixed(2)}`}`;
  return `${further === undefined ? priced : `${priced}, ${further}`}, ${status} ${filled}`;
}

export function comparePositions(expected: readonly ExpectedPosition[], held: readonly Holding[]): readonly Compared[] {
  const left = new Set(held);
  const rows = expected.flatMap(([name, contract, product, ...nets]) =>
    FOLLOWERS.map((follower, index): Compared => {
      const found = [...left].find(
        (one) => one.follower === follower && one.product === product && one.securityId === contract.securityId && one.segment === contract.segment,
      );
      if (found !== undefined) left.delete(found);
      return { name, follower, expected: unitsText(nets[index] ?? 0), found: unitsText(found?.net ?? 0) };
    }),
  );
  return [...rows, ...[...left].map(({ symbol, follower, net }): Compared => ({ name: symbol, follower, expected: undefined, found: unitsText(net) }))];
}

function unitsText(net: number): string {
  return net === 0 ? "flat" : `${net} units`;
}
