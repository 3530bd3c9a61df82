/**
 * The broker's instrument file, in every layout that was seen (reference 9.2): compact with 16 columns, detailed with 39, 31, 32
 * and fewer. Columns are found by name; a needed one that is missing is an error, for nothing read without it could be trusted.
 * A malformed row loses only itself: rows are one line each, so an open quote can't swallow the rest of the file.
 */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse/sync";
import { type SecurityId, securityId } from "../../domain/identity.ts";
import { type Instrument, type InstrumentKind, type InstrumentLookup, kindOf, type Segment } from "../../domain/instrument.ts";
import { type Price, parsePrice, price } from "../../domain/money.ts";
import { type LotSize, lotSize, type Quantity, quantity } from "../../domain/quantity.ts";
import { underlyingOfSymbol } from "./underlying.ts";
import { expiryDate, text } from "./wire-values.ts";
import { segmentOf } from "./words.ts";

export interface InstrumentFile {
  readonly lookup: InstrumentLookup;
  /** Instruments that can be found. */
  readonly rows: number;
  all(): Iterable<Instrument>;
  /** Lines (the header is 1) that are lost, and why. */
  readonly skipped: readonly { readonly line: number; readonly why: string }[];
}

/** The file as a whole can't be used. */
export class InstrumentFileFault extends Error {
  override readonly name = "InstrumentFileFault";
}

/** From a path, or from pieces of a file. Rejects with `InstrumentFileFault` when a needed column is missing, when it holds nothing, or when it can't be read. */
export async function readInstruments(source: string | AsyncIterable<Uint8Array | string>): Promise<InstrumentFile> {
  const book = new InstrumentBook();
  const skipped: { line: number; why: string }[] = [];
  let columns: Columns | undefined;
  let line = 0;
  for await (const row of linesOf(source)) {
    line++;
    if (row.trim() === "") continue;
    if (columns === undefined) columns = columnsOf(cellsOf(row) ?? []);
    else {
      const cells = cellsOf(row);
      const read = cells === undefined ? "its quotes don't match" : instrumentOf(cells, columns);
      const why = typeof read === "string" ? read : book.add(read);
      if (why !== undefined) skipped.push({ line, why });
    }
  }
  if (columns === undefined) throw new InstrumentFileFault("the instrument file is empty");
  if (book.size === 0) throw new InstrumentFileFault("the instrument file holds no instrument");
  return { lookup: book, rows: book.size, all: () => book.all(), skipped };
}

/** The column of each fact, by the names that the layouts give it. The trading symbol serves where the underlying has no column. */
const COLUMN_NAMES = {
  exchange: ["EXCH_ID", "SEM_EXM_EXCH_ID"],
  segment: ["SEGMENT", "SEM_SEGMENT"],
  id: ["SECURITY_ID", "SEM_SMST_SECURITY_ID"],
  instrument: ["INSTRUMENT", "SEM_INSTRUMENT_NAME"],
  underlying: ["UNDERLYING_SYMBOL", "SEM_TRADING_SYMBOL"],
  displayName: ["DISPLAY_NAME", "SEM_CUSTOM_SYMBOL"],
  lot: ["LOT_SIZE", "SEM_LOT_UNITS"],
  expiry: ["SM_EXPIRY_DATE", "SEM_EXPIRY_DATE"],
  tick: ["TICK_SIZE", "SEM_TICK_SIZE"],
} as const;

interface Columns extends Readonly<Record<keyof typeof COLUMN_NAMES, number>> {
  readonly width: number;
  readonly underlyingIsSymbol: boolean;
  readonly upper: number;
  readonly lower: number;
  readonly freeze: number;
}

function columnsOf(header: readonly string[]): Columns {
  const names = header.map((name) =>
    name
      .replace(/^\uFEFF/, "")
      .trim()
      .toUpperCase(),
  );
  const missing: string[] = [];
  const find = (fact: keyof typeof COLUMN_NAMES): number => {
    const at = COLUMN_NAMES[fact].map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (at === undefined) missing.push(COLUMN_NAMES[fact].join(" or "));
    return at ?? -1;
  };
  const columns: Columns = {
    exchange: find("exchange"),
    segment: find("segment"),
    id: find("id"),
    instrument: find("instrument"),
    underlying: find("underlying"),
    displayName: find("displayName"),
    lot: find("lot"),
    expiry: find("expiry"),
    tick: find("tick"),
    underlyingIsSymbol: !names.includes("UNDERLYING_SYMBOL"),
    upper: names.indexOf("SM_UPPER_LIMIT"),
    lower: names.indexOf("SM_LOWER_LIMIT"),
    freeze: names.indexOf("SM_FREEZE_QTY"),
    // A trailing comma makes an empty last column, which rows of other hands may not have.
    width: names.findLastIndex((name) => name !== "") + 1,
  };
  if (missing.length > 0) throw new InstrumentFileFault(`the instrument file has no column ${missing.join(", and none ")}`);
  return columns;
}

/** The instrument of a row, or why there is none. */
function instrumentOf(cells: readonly string[], columns: Columns): Instrument | string {
  if (cells.length < columns.width) return `it has ${cells.length} cells of ${columns.width}`;
  const cell = (at: number): string => cells[at]?.trim() ?? "";
  const segment = segmentOf(cell(columns.exchange), cell(columns.segment));
  if (segment === undefined) return `no segment is known for ${cell(columns.exchange)} and ${cell(columns.segment)}`;
  const id = cell(columns.id);
  if (!/^[A-Za-z0-9]+$/.test(id)) return `${JSON.stringify(id)} is no security id`;
  const instrumentName = cell(columns.instrument);
  const kind = kindOf(instrumentName);
  if (kind === undefined) return `${JSON.stringify(instrumentName)} is no kind of instrument`;
  const lot = lotOf(cell(columns.lot), kind);
  if (lot === undefined) return `${JSON.stringify(cell(columns.lot))} is no lot size`;
  const tick = tickOf(cell(columns.tick), kind);
  if (tick === undefined) return `${JSON.stringify(cell(columns.tick))} is no tick size`;
  const derivative = kind === "option" || kind === "future";
  const expiry = derivative ? expiryDate(cell(columns.expiry)) : undefined;
  if (derivative && expiry === undefined) return `${JSON.stringify(cell(columns.expiry))} is no expiry`;
  return {
    segment,
    securityId: securityId(id),
    expiry,
    kind,
    lot,
    tick,
    underlying: underlyingOf(cell(columns.underlying), derivative && columns.underlyingIsSymbol),
    displayName: cell(columns.displayName),
    instrumentName,
    band: bandOf(cell(columns.lower), cell(columns.upper)),
    freeze: freezeOf(cell(columns.freeze)),
  };
}

/** Written as `65.0`. Some index rows have `0.0`, which does no harm: an index is not traded. */
function lotOf(written: string, kind: InstrumentKind): LotSize | undefined {
  const units = Number(written === "" ? Number.NaN : written);
  if (kind === "index" && units === 0) return lotSize(1);
  return Number.isSafeInteger(units) && units >= 1 ? lotSize(units) : undefined;
}

/**
 * The file's ticks are in paise (reference 9.2): 5.0000 is 0.05 rupee, and a currency's 0.2500 is a quarter of a paisa. What index
 * rows have is meaningless, so there even a zero does no harm.
 */
function tickOf(written: string, kind: InstrumentKind): Price | undefined {
  const hundredfold = parsePrice(written);
  if (hundredfold === undefined) return undefined;
  const tick = Math.round(hundredfold / 100);
  if (kind === "index") return price(Math.max(1, tick));
  return tick > 0 ? price(tick) : undefined;
}

function underlyingOf(written: string, isContractSymbol: boolean): string | undefined {
  const name = written === "null" ? undefined : text(written);
  return name !== undefined && isContractSymbol ? underlyingOfSymbol(name) : name;
}

/** The day's price band is in rupees; zero, negative or absent limits are none. */
function bandOf(lower: string, upper: string): Instrument["band"] {
  const low = parsePrice(lower);
  const high = parsePrice(upper);
  return low !== undefined && high !== undefined && low > 0 && high >= low ? { lower: low, upper: high } : undefined;
}

/** Zero and negative figures are none. */
function freezeOf(written: string): Quantity | undefined {
  const units = Number(written);
  return Number.isSafeInteger(units) && units > 0 ? quantity(units) : undefined;
}

/** The contracts of a file by segment and id: a list, because the ids of expired contracts are used again (R24). */
class InstrumentBook implements InstrumentLookup {
  readonly #bySegment = new Map<Segment, Map<SecurityId, readonly Instrument[]>>();
  size = 0;

  /** Why the row is of no use; undefined when it has been taken. */
  add(row: Instrument): string | undefined {
    let segment = this.#bySegment.get(row.segment);
    if (segment === undefined) {
      segment = new Map();
      this.#bySegment.set(row.segment, segment);
    }
    const known = segment.get(row.securityId) ?? [];
    if (known.some(({ expiry }) => expiry === row.expiry)) return "an earlier row has the same segment, security id and expiry";
    segment.set(row.securityId, [...known, row]);
    this.size++;
    return undefined;
  }

  *all(): Generator<Instrument> {
    for (const segment of this.#bySegment.values()) for (const rows of segment.values()) yield* rows;
  }

  /** Without an expiry, the contract that expires last: ids are used again only when their contract has expired. */
  find(segment: Segment, id: SecurityId, expiry?: string): Instrument | undefined {
    const known = this.#bySegment.get(segment)?.get(id) ?? [];
    if (expiry !== undefined) return known.find((row) => row.expiry === expiry);
    return known.reduce<Instrument | undefined>((last, row) => ((last?.expiry ?? "") > (row.expiry ?? "") ? last : row), undefined);
  }
}

/** Undefined: its quotes don't match. Rows without a quote, which is all that were seen, are split at their commas. */
function cellsOf(row: string): readonly string[] | undefined {
  if (!row.includes('"')) return row.split(",");
  try {
    const rows: string[][] = parse(row, { relax_column_count: true, bom: true });
    return rows[0];
  } catch {
    return undefined;
  }
}

async function* linesOf(source: string | AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = "";
  for await (const piece of typeof source === "string" ? fileOf(source) : source) {
    const lines = (open + (typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }))).split(/\r?\n/);
    open = lines.pop() ?? "";
    yield* lines;
  }
  yield open + decoder.decode();
}

async function* fileOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield piece;
  } catch (cause) {
    const why = !(cause instanceof Error && "code" in cause) ? "can't be read" : cause.code === "ENOENT" ? "is not there" : `can't be read (${cause.code})`;
    throw new InstrumentFileFault(`the instrument file ${path} ${why}`, { cause });
  }
}
