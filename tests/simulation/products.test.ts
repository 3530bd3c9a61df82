/** What the auditor says of an order that opens a position in one product beside what its account holds of the contract in another (I17). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_ORDER } from "./auditor/example.ts";
import type { OrderVersion } from "./auditor/observed.ts";
import { ProductsAudit } from "./auditor/products.ts";

const HOLDING = "NSE_FNO:39651:2030-06-25";

function filled(orderId: string, side: "BUY" | "SELL", units: number, product: string): OrderVersion {
  const terms = { side, type: "MARKET", quantity: units, price: 0, filled: units, average: 1_200_000, status: "TRADED" } as const;
  const mark = `lksbktsddw4htjxi370${orderId.padStart(6, "0")}`;
  return { ...PLAIN_ORDER, ...terms, account: "1000000011", orderId, correlationId: mark, holding: HOLDING, product, createdAt: 0, orderedAt: 0 };
}

/** 1650 are held in INTRADAY and 450 in MARGIN, and 750 are sold in MARGIN: after that `copied` is what each copy in the account has. */
function said(copied: readonly number[]): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([]);
  const audit = new ProductsAudit((invariant) => broken.push(invariant), HOLDING);
  const orders = [filled("1", "BUY", 1650, "INTRADAY"), filled("2", "BUY", 450, "MARGIN"), filled("3", "SELL", 750, "MARGIN")];
  for (const order of orders) audit.changed(evidence.change(order, 0).kept, undefined, 0, copied);
  return broken;
}

test("what two leaders hold on opposite sides may lie in two products, of each no more than its copy has (seed 95190)", () => {
  expect(said([-600, 1950])).toEqual([]);
  expect(said([-225, 1575])).toEqual(["I17"]);
  expect(said([1350, 0])).toEqual(["I17"]);
});

/** The leader sells his 600 in INTRADAY at 0, of which the copy has 150, and 300 in MARGIN at `placedAt`, which fills at the copy at `filledAt`. */
function saidOfLeaving({ placedAt, filledAt }: { placedAt: number; filledAt: number }): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([]);
  const audit = new ProductsAudit((invariant) => broken.push(invariant), HOLDING);
  const leader = { account: "1000000001", correlationId: undefined };
  const his = { ...filled("13", "SELL", 300, "MARGIN"), ...leader, filled: 0, status: "PENDING" };
  const ours = filled("3", "SELL", 150, "MARGIN");
  const changes: [number, OrderVersion][] = [
    [-60_000, { ...filled("11", "BUY", 600, "INTRADAY"), ...leader }],
    [-60_000, filled("1", "BUY", 150, "INTRADAY")],
    [0, { ...filled("12", "SELL", 600, "INTRADAY"), ...leader }],
    [placedAt, his],
    [placedAt, { ...ours, filled: 0, status: "PENDING" }],
    [filledAt, ours],
  ];
  let leaderOrder: ReturnType<Evidence["change"]>["kept"] | undefined;
  for (const [at, version] of changes.sort(([one], [other]) => one - other)) {
    const { kept, before } = evidence.change(version, at);
    if (version === his) leaderOrder = kept;
    audit.changed(kept, before, at, [], version.orderId === ours.orderId ? leaderOrder : undefined);
  }
  return [...broken, ...audit.crossed.keys()];
}

test("what a leader opens right after he has got out, in another product, may open at the copy beside what its exit is still to take, which is to be told (seed 159030)", () => {
  expect(saidOfLeaving({ placedAt: 1, filledAt: 60 })).toEqual(["1000000011"]);
  // Before he was out he held crosswise, and long after that so does the copy.
  expect(saidOfLeaving({ placedAt: -100, filledAt: -40 })).toEqual(["I17"]);
  expect(saidOfLeaving({ placedAt: 1, filledAt: 20_000 })).toEqual(["I17"]);
});

/** 375 are held in INTRADAY and 75 in MARGIN; a target for 375 fills at 0, and a stop in INTRADAY, that was placed at `placedAt`, at `filledAt`. */
function saidOfTwo({ placedAt, filledAt, units = 375 }: { placedAt: number; filledAt: number; units?: number }): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([]);
  const audit = new ProductsAudit((invariant) => broken.push(invariant), HOLDING);
  const stop = filled("4", "SELL", units, "INTRADAY");
  const changes: [number, OrderVersion][] = [
    [-5_000, filled("1", "BUY", 375, "INTRADAY")],
    [-5_000, filled("2", "BUY", 75, "MARGIN")],
    [placedAt, { ...stop, filled: 0, status: "PENDING" }],
    [0, filled("3", "SELL", 375, "INTRADAY")],
    [filledAt, stop],
  ];
  for (const [at, version] of changes.sort(([one], [other]) => one - other)) {
    const { kept, before } = evidence.change(version, at);
    audit.changed(kept, before, at, []);
  }
  return [...broken, ...audit.crossed.keys()];
}

test("the second of two alternatives that fill together opens what the first had got out of, which is to be told (R16, seed 12504)", () => {
  expect(saidOfTwo({ placedAt: -1_000, filledAt: 544 })).toEqual(["1000000011"]);
  // More than the first has filled is more than any of them was for.
  expect(saidOfTwo({ placedAt: -1_000, filledAt: 544, units: 450 })).toEqual(["I17"]);
  // Placed after the first had filled, or left to rest for long.
  expect(saidOfTwo({ placedAt: 100, filledAt: 544 })).toEqual(["I17"]);
  expect(saidOfTwo({ placedAt: -1_000, filledAt: 10_000 })).toEqual(["I17"]);
});

/**
 * 150 are sold in MARGIN at 0, of which the copier is told at `toldAt`; beside that 900 are bought in INTRADAY, placed at `placedAt` and filled at `filledAt`.
 * `leaders`: what the leader of whom they are copied holds in both, before he has bought. `soldSince`: what he has sold in INTRADAY since he ordered it, and
 * his order, that rests on, has bought back. `convertedSince`: of what he was short of in INTRADAY, to MARGIN.
 */
function saidBesideSale(given: {
  toldAt: number;
  placedAt: number;
  filledAt: number;
  shortBefore?: number;
  leaders?: readonly [number, number];
  soldSince?: number;
  convertedSince?: number;
}): readonly string[] {
  const { toldAt, placedAt, filledAt, shortBefore = 0, leaders = [-75, 0], soldSince = 0, convertedSince = 0 } = given;
  const broken: string[] = [];
  const evidence = new Evidence([]);
  const audit = new ProductsAudit((invariant) => broken.push(invariant), HOLDING);
  const leader = { account: "1000000001", correlationId: undefined };
  const [inMargin, inIntraday] = leaders.map((net): OrderVersion => ({ ...filled(`5${net}`, net < 0 ? "SELL" : "BUY", Math.abs(net), "MARGIN"), ...leader }));
  const followed = { ...filled("4", "BUY", 450, "INTRADAY"), ...leader, filled: 0, status: "PENDING" } as const;
  const [sale, entry] = [filled("2", "SELL", 150, "MARGIN"), filled("3", "BUY", 900, "INTRADAY")];
  const sold: OrderVersion = { ...filled("6", "SELL", soldSince, "INTRADAY"), ...leader };
  const changes: [number, OrderVersion | undefined][] = [
    [-60_000, filled("1", "SELL", shortBefore, "MARGIN")],
    [-60_000, inMargin],
    [-60_000, inIntraday && { ...inIntraday, product: "INTRADAY" }],
    [-50, { ...sale, filled: 0, status: "PENDING" }],
    [-5, sold],
    [-2, { ...followed, filled: soldSince }],
    [0, sale],
    [placedAt, { ...entry, filled: 0, status: "PENDING" }],
    [filledAt, entry],
  ];
  const leaderOrder = evidence.change(followed, -10).kept;
  for (const [at, version] of changes) {
    if (version === undefined) continue;
    const { kept, before } = evidence.change(version, at);
    if (version === sale) kept.told.set(toldAt, kept.versions.length - 1);
    if (version === sold) audit.converted({ account: leader.account, from: "INTRADAY", to: "MARGIN", units: -convertedSince, at });
    audit.changed(kept, before, at, [], version === entry ? leaderOrder : undefined);
  }
  return [...broken, ...audit.crossed.keys()];
}

test("what an order of ours has sold in another product stands beside what is sent before it is told, which is to be told (R14, seed 156414)", () => {
  expect(saidBesideSale({ toldAt: 350, placedAt: 110, filledAt: 370 })).toEqual(["1000000011"]);
  // The request may have been slow; this one was sent when that was known for sure.
  expect(saidBesideSale({ toldAt: 350, placedAt: 5_000, filledAt: 5_100 })).toEqual(["1000000011"]);
  expect(saidBesideSale({ toldAt: 350, placedAt: 8_000, filledAt: 8_100 })).toEqual(["I17"]);
  // Left to rest for long, or beside more than that.
  expect(saidBesideSale({ toldAt: 350, placedAt: 110, filledAt: 10_500 })).toEqual(["I17"]);
  expect(saidBesideSale({ toldAt: 350, placedAt: 110, filledAt: 370, shortBefore: 225 })).toEqual(["I17"]);
  // The leader is short in no other product, or gets out in this one.
  expect(saidBesideSale({ toldAt: 350, placedAt: 110, filledAt: 370, leaders: [0, 0] })).toEqual(["I17"]);
  expect(saidBesideSale({ toldAt: 350, placedAt: 110, filledAt: 370, leaders: [-75, -450] })).toEqual(["I17"]);
});

test("what the leader has entered since he ordered makes no exit of an order that opens, nor a conversion an entry of his way out (R14, seed 160204)", () => {
  const times = { toldAt: 350, placedAt: 110, filledAt: 370 };
  expect(saidBesideSale({ ...times, soldSince: 150 })).toEqual(["1000000011"]);
  expect(saidBesideSale({ ...times, soldSince: 150, leaders: [-75, -150] })).toEqual(["I17"]);
  expect(saidBesideSale({ ...times, leaders: [-75, -450], convertedSince: 450 })).toEqual(["I17"]);
});
