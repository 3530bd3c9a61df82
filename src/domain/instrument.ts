/** What can be traded, and the facts of a contract that shape an order (reference 9; indian-markets 3). */
import type { SecurityId } from "./identity.ts";
import type { Price } from "./money.ts";
import type { LotSize, Quantity } from "./quantity.ts";

export const SEGMENTS = ["NSE_EQ", "NSE_FNO", "NSE_CURRENCY", "NSE_COMM", "BSE_EQ", "BSE_FNO", "BSE_CURRENCY", "MCX_COMM", "IDX_I"] as const;
export type Segment = (typeof SEGMENTS)[number];

export const KINDS = ["option", "future", "equity", "index"] as const;
/** The option test is on the instrument name: OPTIDX, OPTSTK, OPTFUT, OPTCUR (reference 9.3). */
export type InstrumentKind = (typeof KINDS)[number];

/** Security ids of expired contracts are reused, so the expiry is part of the key (R24). */
export interface InstrumentKey {
  readonly segment: Segment;
  readonly securityId: SecurityId;
  /** `YYYY-MM-DD`; undefined for what does not expire, and for an index. */
  readonly expiry: string | undefined;
}

/** The facts of one contract, from a leader's frame or from the instrument file. */
export interface Contract {
  readonly kind: InstrumentKind;
  readonly lot: LotSize;
  readonly tick: Price;
  /** e.g. `NIFTY`; undefined where no source named it. */
  readonly underlying: string | undefined;
  /** e.g. `NIFTY 26 NOV 26000 CALL`. */
  readonly displayName: string;
  /** The day's price band, as the instrument file had it; absent where it had none. A file of an earlier day has an earlier band. */
  readonly band?: PriceBand | undefined;
  /** Largest quantity of one order, in units; absent where nobody told one. */
  readonly freeze?: Quantity | undefined;
}

export interface PriceBand {
  readonly lower: Price;
  readonly upper: Price;
}

/** A row of the instrument file. */
export interface Instrument extends InstrumentKey, Contract {
  /** The exchange's name of the kind, e.g. OPTIDX, FUTSTK. */
  readonly instrumentName: string;
}

export interface InstrumentLookup {
  /** Undefined: the file does not know it. An expiry that differs from the file's is another contract, so undefined as well. */
  find(segment: Segment, id: SecurityId, expiry?: string): Instrument | undefined;
  /** Asks where else its contracts may be told; `instruments-found` says when there are more. Absent: nowhere. */
  seek?(segment: Segment): void;
}

/** A text that is equal for equal keys. */
export function instrumentText(key: InstrumentKey): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = `${key.segment}:${key.securityId}:${key.expiry ?? "-"}`;
  texts.set(key, text);
  return text;
}

/** Every copy of an order asks for it many times, and a text that is put together anew is hashed anew wherever something is looked up by it. */
const texts = new WeakMap<InstrumentKey, string>();

/** The same facts, in every respect. */
export function sameContract(a: Contract, b: Contract): boolean {
  return (
    a.kind === b.kind &&
    a.lot === b.lot &&
    a.tick === b.tick &&
    a.underlying === b.underlying &&
    a.displayName === b.displayName &&
    a.band?.lower === b.band?.lower &&
    a.band?.upper === b.band?.upper &&
    a.freeze === b.freeze
  );
}

/** Kind by the exchange's instrument name (`OPTIDX`, `FUTSTK`, `EQUITY`, …); undefined for a name nobody knows. */
export function kindOf(instrumentName: string): InstrumentKind | undefined {
  if (instrumentName.startsWith("OPT")) return "option";
  if (instrumentName.startsWith("FUT")) return "future";
  if (instrumentName === "EQUITY") return "equity";
  if (instrumentName === "INDEX") return "index";
  return undefined;
}
