import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { securityId } from "../../domain/identity.ts";
import type { Instrument, Segment } from "../../domain/instrument.ts";
import { type InstrumentFile, InstrumentFileFault, readInstruments } from "./instruments.ts";

const layout = (name: string): Promise<InstrumentFile> =>
  readInstruments(join(import.meta.dirname, "../../../tests/fixtures/instruments", `layout-${name}.csv`));

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

const HEADER = "EXCH_ID,SEGMENT,SECURITY_ID,INSTRUMENT,UNDERLYING_SYMBOL,DISPLAY_NAME,LOT_SIZE,SM_EXPIRY_DATE,TICK_SIZE";
const NIFTY = "NSE,D,47317,OPTIDX,NIFTY,NIFTY 15 SEP 23950 CALL,65.0,2026-09-15,5.0000";
const found = (file: InstrumentFile, segment: Segment, id: string, expiry?: string): Instrument | undefined =>
  file.lookup.find(segment, securityId(id), expiry);

// biome-ignore format: a table is read by its columns
test.each([
  ["compact",     "NSE_FNO",      "39546",   "2025-09-02", "option", 75,    500,   "NIFTY",      "NIFTY 02 SEP 19100 CALL"],
  ["compact",     "BSE_FNO",      "864978",  "2025-10-01", "option", 20,    500,   "SENSEX",     "SENSEX 01 OCT 80900 PUT"],
  ["compact",     "NSE_FNO",      "52145",   "2025-10-28", "future", 35,    2000,  "BANKNIFTY",  "BANKNIFTY OCT FUT"],
  ["compact",     "NSE_FNO",      "53044",   "2025-09-30", "future", 75,    5000,  "BAJAJ-AUTO", "BAJAJ-AUTO SEP FUT"],
  ["compact",     "NSE_FNO",      "53379",   "2025-07-31", "future", 200,   1000,  "M&M",        "M&M JUL FUT"],
  ["compact",     "NSE_EQ",       "16669",   undefined,    "equity", 1,     10000, "BAJAJ-AUTO", "Bajaj Auto"],
  ["compact",     "BSE_EQ",       "532977",  undefined,    "equity", 1,     500,   "BAJAJ-AUTO", "Bajaj Auto"],
  ["compact",     "NSE_EQ",       "2031",    undefined,    "equity", 1,     1000,  "M&M",        "Mahindra & Mahindra"],
  ["compact",     "NSE_EQ",       "1",       undefined,    "equity", 11250, 500,   "GOLDSTAR",   "Goldstar Power"],
  ["compact",     "IDX_I",        "1",       undefined,    "index",  1,     5,     "NIFTY MIDCAP 150", "NIFTY Midcap 150"],
  ["compact",     "IDX_I",        "5024",    undefined,    "index",  1,     1,     "GIFTNIFTY",  "Gift Nifty"],
  ["compact",     "MCX_COMM",     "440939",  "2025-10-03", "future", 1,     10000, "GOLD",       "GOLD OCT FUT"],
  ["compact",     "BSE_CURRENCY", "1026077", "2024-08-28", "future", 1,     25,    "USDINR",     "USDINR AUG FUT"],
  ["compact",     "NSE_FNO",      "39647",   "2029-12-24", "option", 75,    500,   "NIFTY",      "NIFTY 24 DEC 9000 CALL"],
  ["detailed-39", "NSE_FNO",      "35008",   "2025-07-31", "option", 35,    500,   "BANKNIFTY",  "BANKNIFTY 31 JUL 80000 CALL"],
  ["detailed-39", "NSE_FNO",      "53044",   "2025-09-30", "future", 75,    5000,  "BAJAJ-AUTO", "BAJAJ-AUTO SEP FUT"],
  ["detailed-39", "NSE_CURRENCY", "13",      undefined,    "index",  1,     25,    "NIFTYFUTM2", ""],
  ["detailed-39", "IDX_I",        "447",     undefined,    "index",  1,     100,   "Nifty Healthcare", "Nifty Healthcare"],
  ["detailed-31", "NSE_EQ",       "100",     undefined,    "equity", 1,     500,   "ARE&M",      "Amara Raja Energy & Mobility"],
  ["detailed-32", "NSE_FNO",      "35084",   "2026-09-29", "option", 65,    500,   "NIFTY",      "NIFTY 29 SEP 29150 CALL"],
  ["detailed-18", "BSE_FNO",      "869699",  "2026-09-17", "option", 20,    500,   "SENSEX",     "SENSEX 17 SEP 74300 CALL"],
  ["detailed-18", "MCX_COMM",     "576398",  "2026-09-17", "option", 1,     1000,  "CRUDEOIL",   "CRUDEOIL 17 SEP 9500 CALL"],
  ["detailed-18", "BSE_CURRENCY", "2147318", "2024-12-27", "option", 1,     25,    "USDINR",     "USDINR 27 DEC 84.25 CALL"],
] as const)("%s: %s %s", async (name, segment, id, expiry, kind, lot, tick, underlying, displayName) => {
  expect(found(await layout(name), segment, id)).toMatchObject({ segment, securityId: id, expiry, kind, lot, tick, underlying, displayName });
});

test.each([
  ["compact", 24],
  ["detailed-39", 11],
  ["detailed-31", 6],
  ["detailed-32", 1],
  ["detailed-18", 9],
])("every row of the layout %s is read", async (name, rows) => {
  expect(await layout(name)).toMatchObject({ rows, skipped: [] });
});

test("the day's band is in rupees and the largest quantity in units, where the layout has them", async () => {
  expect(found(await layout("detailed-32"), "NSE_FNO", "35084")).toMatchObject({ band: { lower: 500, upper: 201_000 }, freeze: 1_756 });
  expect(found(await layout("detailed-31"), "NSE_EQ", "100")).toMatchObject({ band: { lower: 5_909_500, upper: 8_863_500 }, freeze: undefined });
  expect(found(await layout("detailed-31"), "IDX_I", "1")).toMatchObject({ band: undefined, freeze: undefined });
  expect(found(await layout("detailed-18"), "NSE_EQ", "2885")).toMatchObject({ band: undefined, freeze: undefined });
});

test("an expiry that the file does not have is another contract; ids are used again, so the last expiry is meant when none is named (R24)", async () => {
  const file = await readInstruments(
    pieces(`${HEADER}\n${NIFTY.replace("2026-09-15", "2024-09-12")}\n${NIFTY}\n${NIFTY.replace("2026-09-15", "2025-09-16")}\n`),
  );
  expect(file.rows).toBe(3);
  expect(found(file, "NSE_FNO", "47317", "2024-09-12")?.expiry).toBe("2024-09-12");
  expect(found(file, "NSE_FNO", "47317", "2027-09-12")).toBeUndefined();
  expect(found(file, "NSE_FNO", "47317")?.expiry).toBe("2026-09-15");
  expect(found(file, "BSE_FNO", "47317")).toBeUndefined();
});

// biome-ignore format: a table is read by its columns
test.each([
  ["cut off",             NIFTY.slice(0, 30),                           /has 6 cells of 9/],
  ["an unknown exchange", NIFTY.replace("NSE", "NCDEX"),                /no segment is known for NCDEX and D/],
  ["no id",               NIFTY.replace("47317", ""),                   /"" is no security id/],
  ["an unknown kind",     NIFTY.replace("OPTIDX", "SWAP"),              /"SWAP" is no kind/],
  ["no lot",              NIFTY.replace("65.0", ""),                    /"" is no lot size/],
  ["half a lot",          NIFTY.replace("65.0", "0.5"),                 /"0.5" is no lot size/],
  ["no tick",             NIFTY.replace("5.0000", "0.0000"),            /"0.0000" is no tick size/],
  ["an unreadable tick",  NIFTY.replace("5.0000", "five"),              /"five" is no tick size/],
  ["no expiry",           NIFTY.replace("2026-09-15", "0001-01-01"),    /is no expiry/],
  ["a mangled expiry",    NIFTY.replace("2026-09-15", "15/09/26"),      /is no expiry/],
  ["an open quote",       NIFTY.replace("NIFTY 15", '"NIFTY 15'),       /quotes/],
  ["said before",         NIFTY,                                        /earlier row/],
])("a row that is %s loses only itself, and is counted by its line", async (_what, row, why) => {
  const other = NIFTY.replace("47317", "2");
  const file = await readInstruments(pieces(`${HEADER}\n${NIFTY}\n${row}\n${other}`));
  expect(file.rows).toBe(2);
  expect(file.skipped).toEqual([{ line: 3, why: expect.stringMatching(why) }]);
});

test("quoted cells, commas in them, blank lines, a byte-order mark, other columns and any cut into pieces are all the same file", async () => {
  const quoted = 'NSE,D,47317,OPTIDX,"NIFTY","NIFTY, 15 SEP 23950 CALL",65.0,2026-09-15,5.0000';
  const whole = `\uFEFFNEW_COLUMN, ${HEADER},\r\nx,${quoted},\r\n\r\nx,${NIFTY.replace("47317", "2")},\r\n`;
  for (const at of [1, 40, whole.indexOf("\r\n") + 1, whole.length - 3]) {
    const file = await readInstruments(pieces(whole.slice(0, at), whole.slice(at)));
    expect(file).toMatchObject({ rows: 2, skipped: [] });
    expect(found(file, "NSE_FNO", "47317")?.displayName).toBe("NIFTY, 15 SEP 23950 CALL");
  }
});

test("a needed column that is missing is an error that names it, in both spellings", async () => {
  const read = readInstruments(pieces(`${HEADER.replace("LOT_SIZE", "LOTS").replace("TICK_SIZE", "TICK")}\n${NIFTY}\n`));
  await expect(read).rejects.toThrow("the instrument file has no column LOT_SIZE or SEM_LOT_UNITS, and none TICK_SIZE or SEM_TICK_SIZE");
});

test("an empty file and a missing one are errors with a sentence", async () => {
  await expect(readInstruments(pieces(""))).rejects.toThrow("the instrument file is empty");
  await expect(readInstruments(pieces(`${HEADER}\n`))).rejects.toThrow("the instrument file holds no instrument");
  await expect(readInstruments(tmpdir())).rejects.toThrow("can't be read (EISDIR)");
  await expect(readInstruments("/nowhere/scrip-master.csv")).rejects.toThrow(
    new InstrumentFileFault("the instrument file /nowhere/scrip-master.csv is not there"),
  );
});
