/** The first seconds of the demonstration, as data: a copy in three sizes and a refusal, a change, fills in parts, a cancel. */
import { CALL_23000, PUT_23000, RELIANCE } from "../contracts.ts";
import { cancel, modify, place, price, type Step } from "../step.ts";

export interface Paced {
  readonly step: Step;
  /** How long a reader has for what follows from it. */
  readonly pauseMs: number;
}

export function paced(step: Step, pauseMs: number): Paced {
  return { step, pauseMs };
}

export const OPENING: readonly Paced[] = [
  paced(price(CALL_23000, 120), 0),
  paced(price(PUT_23000, 90), 0),
  paced(price(RELIANCE, 1_420), 0),
  // Three sizes; zoya cannot pay for hers.
  paced(place("opening", { side: "BUY", contract: CALL_23000, lots: 8, price: 118 }), 1_200),
  paced({ do: "funds", of: "zoya", rupees: 10_000_000 }, 0),
  paced(modify("opening", { price: 118.5 }), 1_200),
  // The market comes down to the orders, and takes them in parts.
  paced(price(CALL_23000, 118.5), 2_500),
  paced(place("a second thought", { side: "BUY", contract: PUT_23000, lots: 4, price: 80 }), 1_000),
  paced(cancel("a second thought"), 1_000),
  paced(place("a share", { side: "BUY", contract: RELIANCE, lots: 10, price: 1_400, product: "CNC" }), 1_000),
];
