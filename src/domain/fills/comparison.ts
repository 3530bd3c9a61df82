/** How a follower's executions compare with the leader's: how much later, and how much dearer. */
import { NO_PRICE, type Price, price } from "../money.ts";
import type { Side } from "../order/terms.ts";
import type { Quantity } from "../quantity.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { averageOf, type Execution, rounded, unitsOf, valueOf } from "./execution.ts";

/** One side's executions of an order, summed up. */
export interface FilledSide {
  readonly units: Quantity;
  readonly average: Price;
  readonly first: UnixMs;
  readonly last: UnixMs;
}

export interface FillComparison {
  readonly leader: FilledSide;
  readonly follower: FilledSide;
  /** From the leader's first execution to the follower's first. Negative: the follower was first. Whole seconds, in milliseconds. */
  readonly firstLagMs: number;
  /** From the leader's last execution to the follower's last. */
  readonly lastLagMs: number;
  /** Positive: worse for the follower, who paid more or got less than the leader. */
  readonly slippage: {
    /** Of the follower's average against the leader's, in 1/10000 rupee a unit. */
    readonly perUnit: Price;
    /** The same as a share of the leader's average, in hundredths of a percent. */
    readonly hundredths: number;
    /** Over all units of the follower's, in 1/10000 rupee. */
    readonly inAll: number;
  };
}

/** Undefined while one of the two has no execution. `side` is the side of both orders. */
export function compareFills(leader: readonly Execution[], follower: readonly Execution[], side: Side): FillComparison | undefined {
  const [leaders, followers] = [filledSide(leader), filledSide(follower)];
  if (leaders === undefined || followers === undefined) return undefined;
  const sign = side === "BUY" ? 1n : -1n;
  // Over the units of both, so that nothing is rounded twice.
  const worse = sign * (valueOf(follower) * BigInt(leaders.units) - valueOf(leader) * BigInt(followers.units));
  return {
    leader: leaders,
    follower: followers,
    firstLagMs: followers.first - leaders.first,
    lastLagMs: followers.last - leaders.last,
    slippage: {
      perUnit: price(rounded(worse, BigInt(leaders.units) * BigInt(followers.units))),
      hundredths: leaders.average === NO_PRICE ? 0 : rounded(worse * 10_000n, valueOf(leader) * BigInt(followers.units)),
      inAll: rounded(worse, BigInt(leaders.units)),
    },
  };
}

function filledSide(executions: readonly Execution[]): FilledSide | undefined {
  if (executions.length === 0) return undefined;
  const times = executions.map(({ at }) => at);
  const [first, last] = [unixMs(Math.min(...times)), unixMs(Math.max(...times))];
  return { units: unitsOf(executions), average: averageOf(executions), first, last };
}
