/** The contracts of the script, as the simulator's sample file lists them. */
import type { Segment } from "../../domain/instrument.ts";

export interface ScriptContract {
  readonly segment: Segment;
  readonly securityId: string;
  /** Units in a lot. */
  readonly lot: number;
}

const nifty = (securityId: string): ScriptContract => ({ segment: "NSE_FNO", securityId, lot: 75 });

export const CALL_21000 = nifty("58646");
export const PUT_21000 = nifty("58647");
export const CALL_22000 = nifty("58648");
export const PUT_22000 = nifty("58649");
export const CALL_23000 = nifty("37806");
export const PUT_23000 = nifty("37810");
export const CALL_24000 = nifty("71501");
export const PUT_24000 = nifty("71502");
export const CALL_25000 = nifty("71503");
export const PUT_25000 = nifty("71504");
export const CALL_26000 = nifty("71505");
export const PUT_26000 = nifty("71506");
export const CALL_27000 = nifty("50978");
export const PUT_27000 = nifty("50979");
export const CALL_28000 = nifty("50547");
export const PUT_28000 = nifty("50548");
export const SENSEX_CALL: ScriptContract = { segment: "BSE_FNO", securityId: "844119", lot: 20 };
export const NIFTY_FUTURE: ScriptContract = { segment: "NSE_FNO", securityId: "61471", lot: 65 };
export const RELIANCE: ScriptContract = { segment: "NSE_EQ", securityId: "2885", lot: 1 };
