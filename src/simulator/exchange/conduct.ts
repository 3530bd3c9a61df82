/** How the simulated broker and exchange behave where sources are silent or differ; every field can be changed while it runs. */
export interface Conduct {
  /** From the broker's answer until the exchange has taken up a new order, a change or a cancel. Fills win what happens meanwhile. */
  readonly exchangeDelayMs: number;
  /** What an accepted API MARKET order shows as from then on: a LIMIT at its protected price, or still MARKET (reference 2.2). */
  readonly marketOrders: "limit" | "market";
  /** Width of the protection in percent; undefined: by slabs. */
  readonly marketBandPercent: number | undefined;
  /** An API STOP_LOSS_MARKET becomes an instant LIMIT without a trigger, or is refused with DH-906 (reference 2.2). */
  readonly stopMarket: "limit" | "refuse";
  /** With market matching, the share of executions that take only a part, 0 to 1. */
  readonly partialFills: number;
  /** With market matching, from one part to the next. */
  readonly partialFillStepMs: number;
  /** Whether the stream tells when a trail moves the stop of a super order; nothing is written about it. */
  readonly trailMoves: "silent" | "told";
  /** Whether the order that a forever order fires has a number of its own, or the forever order's; nothing is written about it. */
  readonly firedNumbers: "own" | "forever";
  /** Which of the two that an OCO order is placed with its list and its changes call the target: nothing that is written agrees (reference 3.2). */
  readonly ocoTarget: "price" | "price1";
  /** The broker's cap of changes per order (reference 10.3). */
  readonly maxModifications: number;
  /** The quantity freeze for API orders, in lots of the contract; undefined: none. What people enter by hand Dhan cuts up himself. */
  readonly freezeLots: number | undefined;
}

export const DEFAULT_CONDUCT: Conduct = {
  exchangeDelayMs: 1,
  marketOrders: "limit",
  marketBandPercent: undefined,
  stopMarket: "limit",
  partialFills: 0.2,
  partialFillStepMs: 50,
  trailMoves: "silent",
  firedNumbers: "own",
  ocoTarget: "price",
  maxModifications: 25,
  freezeLots: undefined,
};
