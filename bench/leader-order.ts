/**
 * The leader's orders: each a new order to buy 150 units of a contract of its own, so that no event depends on those before it.
 * The frame has the keys and the spelling of the recorded ones (tests/fixtures/payloads, ws-01 and ws-04).
 */
const LOT = 75;
const FIRST_CONTRACT = 500_000;
const FIRST_STRIKE = 20_000;
const KOLKATA_OFFSET_MS = (5 * 60 + 30) * 60_000;
const DAY_MS = 86_400_000;

/** What a follower must be asked for at half the leader's size. */
export const COPIED_UNITS = LOT;

export interface LeaderOrder {
  readonly securityId: string;
  readonly frame: string;
}

/** The n-th order of a run, from 0. `orderNo` is never used twice. */
export function leaderOrder({ index, orderNo, clientId }: { readonly index: number; readonly orderNo: string; readonly clientId: string }): LeaderOrder {
  const now = kolkata(Date.now());
  const { securityId, strike, expiry, displayName } = contract(index);
  const Data = {
    exchange: "NSE",
    segment: "D",
    source: "W",
    securityId,
    clientId,
    exchOrderNo: `13${orderNo.slice(-14).padStart(14, "0")}`,
    orderNo,
    product: "I",
    txnType: "B",
    orderType: "LMT",
    validity: "DAY",
    remainingQuantity: 2 * LOT,
    quantity: 2 * LOT,
    price: 120.5,
    offMktFlag: "0",
    orderDateTime: now,
    exchOrderTime: now,
    lastUpdatedTime: now,
    remarks: "NR",
    mktType: "NL",
    reasonDescription: "CONFIRMED",
    legNo: 1,
    instrument: "OPTIDX",
    symbol: "NIFTY-Bench-2",
    productName: "INTRADAY",
    status: "Pending",
    lotSize: LOT,
    strikePrice: strike,
    expiryDate: expiry,
    optType: "CE",
    displayName,
    isin: "NA",
    series: "XX",
    goodTillDaysDate: now.slice(0, 10),
    refLtp: 121.2,
    tickSize: 0.05,
    algoId: "0",
    multiplier: 1,
    correlationId: "NA",
  };
  return { securityId, frame: JSON.stringify({ Data, Type: "order_alert" }) };
}

/** The broker's instrument file (compact layout) for a run of so many orders. */
export function instrumentFile(orders: number): string {
  const rows = Array.from({ length: orders }, (_, index) => {
    const { securityId, strike, expiry, displayName } = contract(index);
    return `NSE,D,${securityId},OPTIDX,0,NIFTY-Bench-${strike}-CE,${LOT}.0,${displayName},${expiry} 14:30:00,${strike}.00000,CE,5.0000,W,OP,,`;
  });
  return `${COLUMNS}\n${rows.join("\n")}\n`;
}

const COLUMNS =
  "SEM_EXM_EXCH_ID,SEM_SEGMENT,SEM_SMST_SECURITY_ID,SEM_INSTRUMENT_NAME,SEM_EXPIRY_CODE,SEM_TRADING_SYMBOL,SEM_LOT_UNITS,SEM_CUSTOM_SYMBOL,SEM_EXPIRY_DATE,SEM_STRIKE_PRICE,SEM_OPTION_TYPE,SEM_TICK_SIZE,SEM_EXPIRY_FLAG,SEM_EXCH_INSTRUMENT_TYPE,SEM_SERIES,SM_SYMBOL_NAME";

function contract(index: number): { readonly securityId: string; readonly strike: number; readonly expiry: string; readonly displayName: string } {
  const strike = FIRST_STRIKE + 50 * index;
  const expiry = kolkata(Date.now() + 28 * DAY_MS).slice(0, 10);
  return { securityId: String(FIRST_CONTRACT + index), strike, expiry, displayName: `NIFTY BENCH ${strike} CALL` };
}

/** `YYYY-MM-DD HH:MM:SS` in Asia/Kolkata, as Dhan writes times. */
function kolkata(at: number): string {
  return new Date(at + KOLKATA_OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");
}
