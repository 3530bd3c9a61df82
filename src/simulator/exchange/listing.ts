/** One contract as the instrument file lists it: what an order row and an order frame say about it (reference 9.2). */
import { parse } from "csv-parse/sync";
import { SEGMENTS, type Segment } from "../../domain/instrument.ts";
import { type Price, parsePrice } from "../../domain/money.ts";

export interface Listing {
  readonly segment: Segment;
  readonly securityId: string;
  /** `NSE`, `BSE`, `MCX`. */
  readonly exchange: string;
  /** `E`, `D`, `C`, `M`, `I`. */
  readonly segmentLetter: string;
  /** `OPTIDX`, `FUTSTK`, `EQUITY`, … */
  readonly instrumentName: string;
  readonly tradingSymbol: string;
  readonly displayName: string;
  readonly lot: number;
  readonly tick: Price;
  /** `YYYY-MM-DD HH:MM:SS` as the file has it; undefined for what does not expire. */
  readonly expiry: string | undefined;
  readonly strike: Price;
  readonly optionType: "CE" | "PE" | undefined;
  readonly series: string;
}

/** Unique: a security id alone is so only within its segment (reference 9.3). */
export function listingKey(segment: string, securityId: string): string {
  return `${segment}:${securityId}`;
}

export class Listings {
  readonly #byKey: Map<string, Listing>;

  constructor(rows: readonly Listing[]) {
    this.#byKey = new Map(rows.map((row) => [listingKey(row.segment, row.securityId), row]));
  }

  find(segment: string, securityId: string): Listing | undefined {
    return this.#byKey.get(listingKey(segment, securityId));
  }

  /** From now on the number is this contract's: those of expired ones are given to others (R24). Orders of before keep theirs. */
  reissue(listing: Listing): void {
    this.#byKey.set(listingKey(listing.segment, listing.securityId), listing);
  }

  get all(): Iterable<Listing> {
    return this.#byKey.values();
  }
}

/** The compact layout of Dhan's file. Rows of a kind that cannot be ordered, or without a usable lot or tick, are left out. */
export function readListings(csv: string): readonly Listing[] {
  const rows = parse(csv, { columns: true, skip_empty_lines: true, trim: true, relax_column_count: true, relax_quotes: true });
  return rows.flatMap((row: unknown) => {
    const listing = isRow(row) ? readListing(row) : undefined;
    return listing === undefined ? [] : [listing];
  });
}

type Row = Readonly<Record<string, string | undefined>>;

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function readListing(row: Row): Listing | undefined {
  const exchange = row["SEM_EXM_EXCH_ID"] ?? "";
  const segmentLetter = row["SEM_SEGMENT"] ?? "";
  const segment = segmentOf(exchange, segmentLetter);
  const securityId = row["SEM_SMST_SECURITY_ID"] ?? "";
  const lot = Number(row["SEM_LOT_UNITS"]);
  const tick = tickInRupees(row["SEM_TICK_SIZE"] ?? "");
  if (segment === undefined || segment === "IDX_I" || securityId === "" || !Number.isSafeInteger(lot) || lot < 1 || tick === undefined) return undefined;
  const optionType = row["SEM_OPTION_TYPE"];
  const expiry = row["SEM_EXPIRY_DATE"] ?? "";
  const isOption = optionType === "CE" || optionType === "PE";
  return {
    segment,
    securityId,
    exchange,
    segmentLetter,
    instrumentName: row["SEM_INSTRUMENT_NAME"] ?? "",
    tradingSymbol: row["SEM_TRADING_SYMBOL"] ?? "",
    displayName: row["SEM_CUSTOM_SYMBOL"] ?? "",
    lot,
    tick,
    expiry: expiry === "" || expiry.startsWith("0001") ? undefined : expiry,
    strike: (isOption ? parsePrice(row["SEM_STRIKE_PRICE"] ?? "0") : undefined) ?? zero,
    optionType: isOption ? optionType : undefined,
    series: row["SEM_SERIES"] ?? "",
  };
}

const zero = 0 as Price;

/** The file's ticks are paise: `5.0000` is 0.05 rupee (reference 9.2). A quarter of a paisa is the smallest there is. */
function tickInRupees(text: string): Price | undefined {
  const hundredfold = parsePrice(text);
  if (hundredfold === undefined || hundredfold <= 0 || hundredfold % 100 !== 0) return undefined;
  return (hundredfold / 100) as Price;
}

function segmentOf(exchange: string, letter: string): Segment | undefined {
  if (letter === "I") return "IDX_I";
  const suffix = { E: "EQ", D: "FNO", C: "CURRENCY", M: "COMM" }[letter];
  return SEGMENTS.find((segment) => segment === `${exchange}_${suffix}`);
}
