/** Profile, funds, registered addresses and margin of an account, key by key (reference 1.4, 1.5, 6.5, 6.6). */
import { kolkataText, type UnixMs, unixMs } from "../../domain/time.ts";
import type { Funds } from "../exchange/books.ts";
import { type Row, rupees } from "./json-text.ts";

/** `DD/MM/YYYY HH:mm` at the exchange. */
export function profileRow(clientId: string, tokenValidUntil: UnixMs): Row {
  const [date = "", time = ""] = kolkataText(tokenValidUntil).split(" ");
  const [year, month, day] = date.split("-");
  return {
    dhanClientId: clientId,
    tokenValidity: `${day}/${month}/${year} ${time.slice(0, 5)}`,
    activeSegment: "Equity, Derivative, Currency, Commodity",
    ddpi: "Active",
    mtf: "Active",
    dataPlan: "Active",
    dataValidity: `${kolkataText(unixMs(tokenValidUntil + 14 * 86_400_000))}.0`,
  };
}

/** The spellings `availabelBalance` and `receiveableAmount` are Dhan's. */
export function fundsRow(clientId: string, funds: Funds): Row {
  return {
    dhanClientId: clientId,
    availabelBalance: paiseExact(funds.available),
    sodLimit: paiseExact(funds.atStartOfDay),
    collateralAmount: rupees(0),
    receiveableAmount: rupees(0),
    utilizedAmount: paiseExact(funds.utilised),
    blockedPayoutAmount: rupees(0),
    withdrawableBalance: paiseExact(Math.max(0, funds.available)),
  };
}

/** `detected` is where the request came from; any address may order while none is registered. */
export function addressRow(registered: string | undefined, detected: string): Row {
  const matches = registered === undefined || registered === detected;
  return {
    modifyDatePrimary: "2026-04-01",
    primaryIP: registered ?? detected,
    modifyDateSecondary: null,
    secondaryIP: null,
    detectedIP: detected,
    ipMatchStatus: matches ? "MATCH" : "MISMATCH",
    ordersAllowed: matches,
  };
}

/** `needed` and `available` in 1/10000 rupee. `leverage` is a text. */
export function marginRow(needed: number, value: number, available: number): Row {
  return {
    totalMargin: paiseExact(needed),
    spanMargin: rupees(0),
    exposureMargin: rupees(0),
    availableBalance: paiseExact(available),
    variableMargin: rupees(0),
    insufficientBalance: paiseExact(Math.max(0, needed - available)),
    brokerage: rupees(0),
    leverage: `${needed === 0 ? 1 : Math.max(1, Math.round(value / needed))}X`,
  };
}

/** Of several orders together. `needed` in 1/10000 rupee. */
export function basketMarginRow(clientId: string, needed: number): Row {
  const nothing = rupees(0);
  return {
    clientId,
    totalMargin: paiseExact(needed),
    spanMargin: nothing,
    exposure: nothing,
    equityMargin: nothing,
    foMargin: paiseExact(needed),
    commodity: nothing,
    currency: nothing,
  };
}

/** Amounts of money show two decimals at most. */
function paiseExact(value: number): ReturnType<typeof rupees> {
  return rupees(Math.round(value / 100) * 100);
}
