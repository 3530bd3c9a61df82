/** Each reason to refuse an entry, with its code and its sentence (R20, R22). */
import { describe, expect, test } from "vitest";
import { accountId, copyId } from "../identity.ts";
import type { Contract, Instrument, InstrumentLookup } from "../instrument.ts";
import { price } from "../money.ts";
import { CONTRACT, frame, LIMIT, MARKET, OPTION, second } from "../order/example.ts";
import { firstKnown, type KnownOrder, merge } from "../order/known.ts";
import type { OrderReport } from "../order/report.ts";
import type { CopyPolicy, Filter } from "../policy.ts";
import { lotSize, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { type UnixMs, unixMs } from "../time.ts";
import type { Verdict } from "../verdict.ts";
import { contractOf, entryRefusal } from "./guard.ts";

const EVERYTHING: Filter = { kinds: [], segments: [], products: [], sides: [], underlyings: [] };
const POLICY: CopyPolicy = {
  id: copyId("meera-arjun"),
  leader: accountId("meera"),
  follower: accountId("arjun"),
  sizing: { mode: "ratio", ratio: ratio(1, 2), rounding: "down" },
  filter: EVERYTHING,
  maxAgeMs: 5_000,
  stopMarket: { as: "limit", buffer: { options: 1_000, others: 100 }, afterMs: 2_000 },
  maxSlippage: { percent: 200 },
  exitSlippage: { percent: 1_000 },
  onLeaderFilled: { action: "leave" },
  slippage: { percent: 200, afterMs: 5_000 },
  amoTime: "OPEN",
  margin: "trust",
  lateJoin: "orders",
  orphan: "report",
  squareOff: "report",
  basketWindowMs: 2_000,
  modificationCap: "replace",
  marketClosed: "warn",
  forever: "report",
};
const FUTURE: Contract = { ...CONTRACT, kind: "future", displayName: "NIFTY NOV FUT" };
const EQUITY: Contract = { ...CONTRACT, kind: "equity", underlying: undefined, displayName: "RELIANCE" };

function refusal(asked: { readonly filter?: Partial<Filter>; readonly contract?: Contract; readonly now?: UnixMs }): Verdict | undefined {
  const policy = { ...POLICY, filter: { ...EVERYTHING, ...asked.filter } };
  return entryRefusal({ leader: firstKnown(frame(0)), contract: asked.contract ?? CONTRACT, policy, now: asked.now ?? second(0) });
}

test("empty lists let everything through", () => {
  expect(refusal({})).toBeUndefined();
  expect(refusal({ contract: EQUITY })).toBeUndefined();
});

test("an instrument that nobody knows is refused", () => {
  const verdict = entryRefusal({ leader: firstKnown(frame(0)), contract: undefined, policy: POLICY, now: second(0) });
  expect(verdict).toMatchObject({ code: "INSTRUMENT_UNKNOWN", sentence: "neither the leader's stream nor the instrument file knows NSE_FNO 43210" });
});

describe("filters (R22, S8)", () => {
  test("S8 an equity and a future are no options", () => {
    expect(refusal({ filter: { kinds: ["option"] }, contract: EQUITY })).toEqual({
      code: "NOT_AN_OPTION",
      sentence: "RELIANCE is an equity, not an option",
      numbers: { kind: "equity" },
    });
    expect(refusal({ filter: { kinds: ["option"] }, contract: FUTURE })).toMatchObject({ sentence: "NIFTY NOV FUT is a future, not an option" });
    expect(refusal({ filter: { kinds: ["option"] } })).toBeUndefined();
  });

  test("other kinds are named as the file has them", () => {
    expect(refusal({ filter: { kinds: ["future", "equity"] } })).toMatchObject({
      code: "NOT_AN_OPTION",
      sentence: "NIFTY 24 NOV 26000 CALL is an option, not among future, equity",
    });
    expect(refusal({ filter: { kinds: ["future", "equity"] }, contract: FUTURE })).toBeUndefined();
  });

  test.each([
    [{ segments: ["BSE_FNO", "MCX_COMM"] }, "SEGMENT_FILTERED", "NSE_FNO is not among BSE_FNO, MCX_COMM"],
    [{ products: ["INTRADAY"] }, "PRODUCT_FILTERED", "MARGIN is not among INTRADAY"],
    [{ sides: ["SELL"] }, "SIDE_FILTERED", "BUY is not among SELL"],
    [{ underlyings: ["BANKNIFTY"] }, "UNDERLYING_FILTERED", "NIFTY is not among BANKNIFTY"],
  ] as const)("%j refuses with %s", (filter, code, sentence) => {
    expect(refusal({ filter })).toMatchObject({ code, sentence });
  });

  test.each<Partial<Filter>>([{ segments: ["BSE_FNO", "NSE_FNO"] }, { products: ["MARGIN"] }, { sides: ["BUY"] }, { underlyings: ["SENSEX", "NIFTY"] }])(
    "%j lets it through",
    (filter) => {
      expect(refusal({ filter })).toBeUndefined();
    },
  );

  test("where nobody named the underlying, a list of underlyings refuses", () => {
    expect(refusal({ filter: { underlyings: ["RELIANCE"] }, contract: EQUITY })).toMatchObject({
      code: "UNDERLYING_FILTERED",
      sentence: "RELIANCE is not among RELIANCE",
    });
  });

  test.each([
    ["09:59:59.999", true],
    ["10:00:00.000", false],
    ["15:39:59.999", false],
    ["15:40:00.000", true],
  ])("the window 10:00-15:40 at %s: refused %s", (time, isRefused) => {
    const now = unixMs(Date.parse(`2026-11-20T${time}+05:30`));
    expect(refusal({ filter: { window: { from: "10:00", to: "15:40" } }, now })?.code).toBe(isRefused ? "OUTSIDE_WINDOW" : undefined);
  });

  test("the first that refuses is the one that is told", () => {
    expect(refusal({ filter: { sides: ["SELL"], products: ["CNC"] } })?.code).toBe("PRODUCT_FILTERED");
  });
});

describe("freshness (R20)", () => {
  const known = (first: OrderReport, ...rest: readonly OrderReport[]): KnownOrder => rest.reduce(merge, firstKnown(first));
  const codeAt = (leader: KnownOrder, seconds: number) => entryRefusal({ leader, contract: CONTRACT, policy: POLICY, now: second(seconds) })?.code;
  const full = { filled: quantity(150), averagePrice: price(1_204_500) };

  test("an order that rests at the leader has no age, filled in part or not", () => {
    expect(codeAt(known(frame(0)), 20_000)).toBeUndefined();
    expect(codeAt(known(frame(0), frame(1, { status: "PART_TRADED", filled: quantity(75) })), 20_000)).toBeUndefined();
  });

  test("one that is executed is stale after maxAge, counted from the end of its second", () => {
    const executed = known(frame(0), frame(10, { status: "TRADED", ...full }));
    expect(codeAt(executed, 15.999)).toBeUndefined();
    expect(codeAt(executed, 16)).toBe("STALE");
  });

  test("the sentence has the age and the limit in it", () => {
    const executed = known(frame(0), frame(10, { status: "TRADED", ...full }));
    expect(entryRefusal({ leader: executed, contract: CONTRACT, policy: POLICY, now: second(30.499) })).toEqual({
      code: "STALE",
      sentence: "the leader's order is 19.5 s old, more than maxAge 5.0 s",
      numbers: { ageMs: 19_500, maxAgeMs: 5_000 },
    });
  });

  test("one that ended with a part filled counts from its end", () => {
    const cancelled = known(frame(0), frame(10, { status: "CANCELLED", filled: quantity(75) }));
    expect(codeAt(cancelled, 15.999)).toBeUndefined();
    expect(codeAt(cancelled, 16)).toBe("STALE");
  });

  test.each([
    ["MARKET", MARKET],
    ["IOC", { ...LIMIT, validity: "IOC" as const }],
  ])("%s that is not filled yet is as old as the order, however lately it was reported", (_, terms) => {
    const resting = known(frame(0, { terms }), frame(20, { terms, status: "PART_TRADED", filled: quantity(75) }));
    expect(codeAt(resting, 5.999)).toBeUndefined();
    expect(codeAt(resting, 6)).toBe("STALE");
  });

  test("where no frame told the order's time, its last change counts", () => {
    const resting = firstKnown(frame(20, { terms: MARKET, orderTime: undefined }));
    expect(codeAt(resting, 25.999)).toBeUndefined();
    expect(codeAt(resting, 26)).toBe("STALE");
  });

  test("a broker's clock that is ahead of ours makes nothing stale", () => {
    expect(codeAt(known(frame(100, { terms: MARKET, orderTime: second(100) })), 0)).toBeUndefined();
  });
});

describe("the facts of a contract (R22)", () => {
  const instrument: Instrument = { ...OPTION, ...CONTRACT, instrumentName: "OPTIDX", band: undefined, freeze: undefined };
  const file = (row: Instrument | undefined): InstrumentLookup => ({ find: () => row });
  const known = firstKnown(frame(0));
  const unknown = firstKnown(frame(0, { contract: undefined }));

  test("the leader's frame is a sufficient source", () => {
    expect(contractOf(known, file(undefined))).toEqual({ contract: CONTRACT, contradiction: undefined });
  });

  test("the instrument file serves where no frame came, and is asked for the very contract", () => {
    const asked: unknown[] = [];
    const lookup: InstrumentLookup = {
      find: (...key) => {
        asked.push(...key);
        return instrument;
      },
    };
    expect(contractOf(unknown, lookup)).toEqual({ contract: instrument, contradiction: undefined });
    expect(asked).toEqual(["NSE_FNO", "43210", "2026-11-24"]);
  });

  test("nobody knows it: there are no facts, and no contradiction", () => {
    expect(contractOf(unknown, file(undefined))).toEqual({ contract: undefined, contradiction: undefined });
  });

  test("the underlying comes from the file, because a frame does not name it for sure", () => {
    const nameless = firstKnown(frame(0, { contract: { ...CONTRACT, underlying: undefined } }));
    expect(contractOf(nameless, file(instrument)).contract?.underlying).toBe("NIFTY");
    expect(contractOf(known, file({ ...instrument, underlying: undefined })).contract?.underlying).toBe("NIFTY");
  });

  test.each<Partial<Instrument>>([{ lot: lotSize(65) }, { tick: price(100) }, { kind: "future" }])(
    "a file that says %j contradicts the frame, and the frame stands",
    (part) => {
      const { contract, contradiction } = contractOf(known, file({ ...instrument, ...part }));
      expect(contract).toEqual(CONTRACT);
      expect(contradiction).toContain("the leader's stream says option, lot 75, tick 500; the instrument file says");
    },
  );

  test("names that differ are no contradiction", () => {
    expect(contractOf(known, file({ ...instrument, displayName: "other words" })).contradiction).toBeUndefined();
  });
});
