/** What the leader does after the opening: three scenes in turn, each in the next of a few contracts, at prices that come and go. */
import { CALL_22000, CALL_24000, CALL_25000, PUT_22000, PUT_24000, PUT_25000, type ScriptContract } from "../contracts.ts";
import { cancel, modify, place, price } from "../step.ts";
import { type Paced, paced } from "./opening.ts";

const CONTRACTS: readonly [ScriptContract, ...ScriptContract[]] = [CALL_24000, PUT_24000, CALL_25000, PUT_25000, CALL_22000, PUT_22000];

/** The n-th scene, from 1. Its orders have names of their own. */
export function scene(number: number): readonly Paced[] {
  const contract = CONTRACTS[number % CONTRACTS.length] ?? CONTRACTS[0];
  const lots = 2 + ((number * 5) % 11);
  const around = 60 + ((number * 17) % 80);
  switch (number % 3) {
    case 1:
      return inAndOut(`trip ${number}`, contract, lots, around);
    case 2:
      return withSecondThoughts(`thought ${number}`, contract, lots, around);
    default:
      return stoppedOut(`stop ${number}`, contract, lots, around);
  }
}

/** Bought at a limit, sold at the market. */
function inAndOut(name: string, contract: ScriptContract, lots: number, around: number): readonly Paced[] {
  return [
    paced(price(contract, around), 0),
    paced(place(`${name} in`, { side: "BUY", contract, lots, price: around + 0.5 }), 2_500),
    paced(price(contract, around + 2), 500),
    paced(place(`${name} out`, { side: "SELL", contract, lots, type: "MARKET" }), 2_500),
  ];
}

/** An order that is changed twice, and withdrawn before the market comes to it. */
function withSecondThoughts(name: string, contract: ScriptContract, lots: number, around: number): readonly Paced[] {
  return [
    paced(price(contract, around), 0),
    paced(place(name, { side: "BUY", contract, lots, price: around - 8 }), 1_500),
    paced(modify(name, { lots: lots + 4 }), 1_500),
    paced(modify(name, { price: around - 6 }), 1_500),
    paced(cancel(name), 1_500),
  ];
}

/** Bought, with a stop below and a target above; the market falls to the stop, and the target is withdrawn. */
function stoppedOut(name: string, contract: ScriptContract, lots: number, around: number): readonly Paced[] {
  return [
    paced(price(contract, around), 0),
    paced(place(`${name} in`, { side: "BUY", contract, lots, price: around + 0.5 }), 2_500),
    paced(place(`${name} stop`, { side: "SELL", contract, lots, type: "STOP_LOSS", price: around - 6, trigger: around - 5 }), 1_000),
    paced(place(`${name} target`, { side: "SELL", contract, lots, price: around + 12 }), 1_500),
    paced(price(contract, around - 5), 2_500),
    paced(cancel(`${name} target`), 1_500),
  ];
}
