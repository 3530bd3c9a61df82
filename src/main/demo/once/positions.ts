/** What each follower must hold when the fixed session is over, worked out by hand from the chapters. */
import type { Product } from "../../../domain/order/terms.ts";
import {
  CALL_21000,
  CALL_22000,
  CALL_24000,
  CALL_25000,
  CALL_26000,
  CALL_27000,
  CALL_28000,
  PUT_21000,
  PUT_22000,
  PUT_24000,
  PUT_25000,
  PUT_26000,
  PUT_27000,
  PUT_28000,
  type ScriptContract,
  SENSEX_CALL,
} from "../contracts.ts";

/** Net units, negative for short, in the order of the followers: arjun, kabir, zoya. */
export type ExpectedPosition = readonly [name: string, contract: ScriptContract, product: Product, arjun: number, kabir: number, zoya: number];

/** Complete: whoever holds something that is not in it holds too much. */
// biome-ignore format: a table is read by its columns
export const POSITIONS: readonly ExpectedPosition[] = [
  ["NIFTY 21000 call", CALL_21000,  "INTRADAY", 150,  75,  75],
  ["NIFTY 21000 put",  PUT_21000,   "INTRADAY", 150,  75,  75],
  ["NIFTY 22000 call", CALL_22000,  "INTRADAY", 150,  75,   0],
  ["NIFTY 22000 put",  PUT_22000,   "INTRADAY", 150,  75,  75],
  ["NIFTY 24000 call", CALL_24000,  "INTRADAY",  75,  75,  75],
  ["NIFTY 24000 put",  PUT_24000,   "INTRADAY", 150,  75,  75],
  ["NIFTY 25000 call", CALL_25000,  "INTRADAY", 150, 150,  75],
  ["NIFTY 25000 put",  PUT_25000,   "INTRADAY", 150,  75,  75],
  ["NIFTY 26000 call", CALL_26000,  "INTRADAY", 750, 375,  75],
  ["NIFTY 26000 put",  PUT_26000,   "INTRADAY", -75,   0,   0],
  ["NIFTY 27000 call", CALL_27000,  "INTRADAY", 225,  75,  75],
  ["NIFTY 27000 put",  PUT_27000,   "INTRADAY", 300, 150,  75],
  ["NIFTY 28000 call", CALL_28000,  "INTRADAY", 150,  75,  75],
  ["NIFTY 28000 put",  PUT_28000,   "INTRADAY", 150,  75,  75],
  ["SENSEX 81000 call", SENSEX_CALL, "MARGIN",  100,  60,  20],
];
