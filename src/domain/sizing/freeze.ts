/**
 * The largest order that an exchange takes of a contract (its quantity freeze; indian-markets 3). The instrument file of the day tells it in its
 * detailed layout. Where the file has none, these dated rows do: a circular that changes one is a new row, with the day from which it holds.
 *
 * A row that is too small costs a request more; one that is too large costs a refusal. NSE sets its own anew each month by the level of the index.
 */
import type { Contract, Segment } from "../instrument.ts";
import { type Quantity, quantity } from "../quantity.ts";
import type { TradingDay } from "../time.ts";

interface FreezeRow {
  readonly segment: Segment;
  readonly underlying: string;
  readonly from: TradingDay;
  readonly units: number;
  readonly source: string;
}

const on = (day: string): TradingDay => day as TradingDay;
const CIRCULARS = "NSE quantity-freeze circulars of 2025-07-31 to 2026-07-31";

export const FREEZE_ROWS: readonly FreezeRow[] = [
  { segment: "NSE_FNO", underlying: "NIFTY", from: on("2025-07-01"), units: 1_756, source: "Dhan's detailed row, 2026-09; nominally 1800" },
  { segment: "NSE_FNO", underlying: "BANKNIFTY", from: on("2025-11-01"), units: 600, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "BANKNIFTY", from: on("2026-04-01"), units: 900, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "BANKNIFTY", from: on("2026-07-01"), units: 600, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "FINNIFTY", from: on("2025-12-01"), units: 1_200, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "FINNIFTY", from: on("2026-04-01"), units: 1_800, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "MIDCPNIFTY", from: on("2025-07-01"), units: 2_800, source: CIRCULARS },
  { segment: "NSE_FNO", underlying: "NIFTYNXT50", from: on("2025-07-01"), units: 600, source: CIRCULARS },
  { segment: "BSE_FNO", underlying: "SENSEX", from: on("2025-07-01"), units: 1_000, source: "icicidirect.com 2026; Dhan's detailed row of 2026-09-14" },
  { segment: "BSE_FNO", underlying: "BANKEX", from: on("2025-07-01"), units: 900, source: "icicidirect.com 2026" },
];

/** The contract with its freeze quantity: the file's, or else that of the rows; undefined where nobody tells one. */
export function withFreeze(contract: Contract, segment: Segment, day: TradingDay): Contract {
  if (contract.freeze !== undefined || (contract.kind !== "option" && contract.kind !== "future")) return contract;
  const told = FREEZE_ROWS.findLast((row) => row.segment === segment && row.underlying === contract.underlying && row.from <= day);
  return told === undefined ? contract : { ...contract, freeze: quantity(told.units) };
}

/** In whole lots, and not above the freeze quantity. Undefined: no limit is known, or it is below one lot and so makes no sense. */
export function largestOrder({ freeze, lot }: Pick<Contract, "freeze" | "lot">): Quantity | undefined {
  if (freeze === undefined || freeze < lot) return undefined;
  return quantity(Math.floor(freeze / lot) * lot);
}
