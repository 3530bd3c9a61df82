import { expect, test } from "vitest";
import { LISTINGS } from "../test-world.ts";
import { Listings, readListings } from "./listing.ts";

const HEADER =
  "SEM_EXM_EXCH_ID,SEM_SEGMENT,SEM_SMST_SECURITY_ID,SEM_INSTRUMENT_NAME,SEM_TRADING_SYMBOL,SEM_LOT_UNITS,SEM_CUSTOM_SYMBOL,SEM_EXPIRY_DATE,SEM_STRIKE_PRICE,SEM_OPTION_TYPE,SEM_TICK_SIZE,SEM_SERIES";

test("the compact file's ticks are paise and its lots carry a point", () => {
  const listings = new Listings(LISTINGS);
  expect(listings.find("NSE_FNO", "37806")).toMatchObject({
    displayName: "NIFTY 29 DEC 23000 CALL",
    lot: 75,
    tick: 500,
    strike: 230_000_000,
    optionType: "CE",
    expiry: "2026-12-29 14:30:00",
  });
  expect(listings.find("NSE_EQ", "11630")).toMatchObject({ lot: 1, tick: 500, expiry: undefined, strike: 0, optionType: undefined, series: "EQ" });
  expect(listings.find("BSE_CURRENCY", "1026077")).toMatchObject({ tick: 25, strike: 0 });
});

test("an index and an equity of one number are told apart by segment, and an index cannot be ordered", () => {
  expect(new Listings(LISTINGS).find("IDX_I", "13")).toBeUndefined();
});

test("a row that cannot be used is left out, and takes no other with it", () => {
  const rows = readListings(
    `${HEADER}\nNSE,E,1,EQUITY,A,x,A,,,,5,EQ\nNSE,E,2,EQUITY,B,1,B,,,,0,EQ\nNSE,Q,3,EQUITY,C,1,C,,,,5,EQ\nNSE,E,4,EQUITY,D,1,D,,,,5,EQ\n`,
  );
  expect(rows.map((row) => row.securityId)).toEqual(["4"]);
});
