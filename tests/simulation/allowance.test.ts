/** What of a copied position the auditor takes for certain that an exit of the leader's is of: what it demands of the copier rests on that (I10). */
import { expect, test } from "vitest";
import { leaderOpposed, surelyCopiedAgainst } from "./auditor/allowance.ts";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000001", "1000000002", "NSE_FNO:37806:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER, denominator: 2 };

function order(account: string, orderId: string, is: Partial<OrderVersion>): OrderVersion {
  return { ...PLAIN_ORDER, account, orderId, holding: HOLDING, quantity: 150, createdAt: CREATED, orderedAt: CREATED, ...is };
}

/** The copy has filled 75 units of a leader's order that is `leader`, and the copier was told all. */
function copied(leader: Partial<OrderVersion>): Evidence {
  const evidence = new Evidence([COPY]);
  const his = order(LEADER, "1", leader);
  const ours = order(FOLLOWER, "2", { correlationId: `${stemFor(LEADER, "1", CREATED, FOLLOWER)}000000`, quantity: 75, filled: 75, status: "TRADED" });
  for (const version of [his, ours]) told(evidence, version, 1_000);
  return evidence;
}

function told(evidence: Evidence, version: OrderVersion, at: number): void {
  evidence.change(version, at);
  const { orderId, correlationId, quantity, price, trigger, filled } = version;
  evidence.tell(version.account, { orderId, correlationId, quantity, price, trigger, filled, withdrawn: false, inTransit: false, atExchange: true }, at);
}

const ofSale = (evidence: Evidence): number => surelyCopiedAgainst(evidence, COPY, { side: "SELL", holding: HOLDING }, 2_000, 3_000);

test("what the copy has filled of an order that the leader has filled is his exit's", () => {
  expect(ofSale(copied({ filled: 150, status: "TRADED" }))).toBe(75);
});

test("R15 what the owner has sold of it by hand, at any moment of the time that is looked at, is not (seed 60070)", () => {
  const evidence = copied({ filled: 150, status: "TRADED" });
  told(evidence, order(FOLLOWER, "3", { side: "SELL", quantity: 75, filled: 75, status: "TRADED" }), 2_500);
  expect(ofSale(evidence)).toBe(0);
});

test("R14 nor is what the copy has filled ahead of him", () => {
  expect(ofSale(copied({}))).toBe(0);
});

test("R11 R24 nor is what an earlier day had filled, with the journal lost (seed 62867)", () => {
  const evidence = copied({ filled: 150, status: "TRADED" });
  evidence.dayFrom = 1_500;
  expect(ofSale(evidence)).toBe(75);
  evidence.journalLost(1_600);
  expect(ofSale(evidence)).toBe(0);
});

/** The leader has bought and sold again, which was told, and orders a sale, of which the copier hears so much after the start. */
function soldAgain(lost: "lost" | "kept", after: number): number {
  const evidence = new Evidence([COPY]);
  told(evidence, order(LEADER, "1", { filled: 150, status: "TRADED" }), 1_000);
  told(evidence, order(LEADER, "2", { side: "SELL", filled: 150, status: "TRADED" }), 12_000);
  if (lost === "lost") evidence.journalLost(13_000);
  evidence.change(order(LEADER, "3", { side: "SELL" }), 13_500);
  evidence.journal([{ type: "engine-started", at: CREATED }], 14_000);
  told(evidence, order(LEADER, "3", { side: "SELL" }), 14_000 + after);
  const third = evidence.order(LEADER, "3");
  if (third === undefined) throw new Error("it was placed");
  return Math.max(...leaderOpposed(evidence, third, { side: "SELL", holding: HOLDING }));
}

test("R11 R14 with the journal lost, an order may exit what a book that lags showed at the start (seed 150043)", () => {
  expect(soldAgain("lost", 1_500)).toBe(150);
});

test("not once the book has been read again, nor where the journal knows what he has sold", () => {
  expect(soldAgain("lost", 17_000)).toBe(0);
  expect(soldAgain("kept", 1_500)).toBe(0);
});

/** An older purchase has filled after the sale was ordered, and a younger sale before; at the start the book tells of all. */
function soldBetween(isLeft: boolean): number {
  const evidence = new Evidence([COPY]);
  const opened = { type: "mirror-opened", at: CREATED, leader: LEADER, cause: "3", stem: stemFor(LEADER, "3", CREATED, FOLLOWER), mirror: "3", copy: "copy" };
  const lines = [{ ...opened, contract: {}, role: { role: "exit" } }];
  const resting = order(LEADER, "1", { side: "SELL" });
  const purchase = order(LEADER, "2", {});
  for (const version of [resting, purchase, order(LEADER, "3", { side: "SELL" })]) evidence.change(version, 2_000);
  evidence.change(order(LEADER, "4", { side: "SELL", filled: 150, status: "TRADED" }), 2_500);
  evidence.change({ ...purchase, filled: 150, status: "TRADED" }, 3_000);
  for (const id of ["4", "2", "3"]) {
    const known = evidence.order(LEADER, id)?.versions.at(-1)?.version;
    if (known !== undefined) evidence.tell(LEADER, { ...known, withdrawn: false, inTransit: false, atExchange: true }, 4_000);
  }
  evidence.journal(lines, 4_000);
  told(evidence, { ...resting, filled: 150, status: "TRADED" }, 8_000);
  evidence.isJournalCut = true;
  evidence.journalLost(60_000);
  evidence.journal(lines, 60_000, isLeft);
  const sale = evidence.order(LEADER, "3");
  if (sale === undefined) throw new Error("it was placed");
  return Math.max(...leaderOpposed(evidence, sale, { side: "SELL", holding: HOLDING }));
}

test("R14 what an order is was decided when its mirror was opened, also where the journal has lost its end since (seed 152251)", () => {
  expect(soldBetween(true)).toBe(150);
  expect(soldBetween(false)).toBe(0);
});

/**
 * The leader holds 150. A process that dies of it is told of a sale of 225, of three purchases, and of what the last of these and then the sale have filled. The first purchase
 * fills so late that the start's reading tells of it, or does not any more. Of the one that rests: he has at no moment stood against it.
 */
function restsBeside(first: "shown" | "not shown"): number {
  const evidence = new Evidence([COPY]);
  told(evidence, order(LEADER, "1", { filled: 150, status: "TRADED" }), 1_000);
  evidence.journal([], 1_500);
  const sale = order(LEADER, "2", { side: "SELL", quantity: 225 });
  const purchase = order(LEADER, "3", { quantity: 375 });
  const last = order(LEADER, "5", { quantity: 525 });
  for (const version of [sale, purchase, order(LEADER, "4", {}), last]) told(evidence, version, 2_000);
  told(evidence, { ...last, filled: 525, status: "TRADED" }, 2_500);
  told(evidence, { ...sale, filled: 225, status: "TRADED" }, 3_000);
  const filled = { ...purchase, filled: 375, status: "TRADED" } as const;
  if (first === "shown") told(evidence, filled, 4_000);
  else evidence.change(filled, 4_000);
  const opened = { type: "mirror-opened", at: CREATED, leader: LEADER, cause: "4", stem: stemFor(LEADER, "4", CREATED, FOLLOWER), mirror: "4", copy: "copy" };
  evidence.journal(
    [
      { type: "engine-started", at: CREATED },
      { ...opened, contract: {}, role: { role: "exit" } },
    ],
    4_000,
  );
  if (first === "not shown") told(evidence, filled, 4_001);
  const rests = evidence.order(LEADER, "4");
  if (rests === undefined) throw new Error("it was placed");
  return Math.max(...leaderOpposed(evidence, rests, { side: "BUY", holding: HOLDING }));
}

test("R14 what fills as a reading is answered, and is not shown, is in no position that the reading tells of (seed 161092)", () => {
  expect(restsBeside("not shown")).toBe(75);
  expect(restsBeside("shown")).toBe(0);
});

/** Of the contract of which positions are converted: the leader has bought in one product, and, while nobody heard, again. The start tells that he has converted, or that he has not. */
function boughtUnheard(conversion: "converted" | "kept"): number {
  const evidence = new Evidence([COPY]);
  const bought = { holding: "NSE_FNO:39651:2030-06-25:ANY", product: "MARGIN", filled: 150, status: "TRADED" } as const;
  told(evidence, order(LEADER, "1", bought), 1_000);
  evidence.journal([], 2_000);
  evidence.change(order(LEADER, "2", bought), 10_000);
  const reading = { type: "leader-positions-read", at: CREATED, leader: LEADER, positions: [] };
  const converted = [{ from: "MARGIN", to: "INTRADAY", units: 150 }];
  evidence.journal(
    [
      { type: "engine-started", at: CREATED },
      { ...reading, ...(conversion === "converted" ? { converted } : {}) },
    ],
    20_000,
  );
  told(evidence, order(LEADER, "2", bought), 20_000);
  const second = evidence.order(LEADER, "2");
  if (second === undefined) throw new Error("it was placed");
  return Math.max(...leaderOpposed(evidence, second, { side: "BUY", holding: bought.holding }));
}

test("R11 what a start tells to be converted may have been so before each order that is told with it (seed 141047, 500 orders)", () => {
  expect(boughtUnheard("converted")).toBe(Number.POSITIVE_INFINITY);
  expect(boughtUnheard("kept")).toBe(0);
});

/** What was copied into the account of a leader is sold so long before his own sale, of which the copier hears at a start, or at once. */
function soldBeside(aheadMs: number, heard: "at the start" | "at once"): number {
  const into = { ...COPY, id: "into", leader: "1000000009", follower: LEADER };
  const evidence = new Evidence([COPY, into]);
  const copied = { correlationId: `${stemFor(into.leader, "1", CREATED, LEADER)}000000`, filled: 150, status: "TRADED" } as const;
  told(evidence, order(into.leader, "1", { filled: 150, status: "TRADED" }), 1_000);
  told(evidence, order(LEADER, "2", copied), 1_000);
  told(evidence, order(LEADER, "3", { ...copied, side: "SELL" }), 13_000 - aheadMs);
  evidence.change(order(LEADER, "4", { side: "SELL" }), 13_000);
  if (heard === "at the start") evidence.journal([{ type: "engine-started", at: CREATED }], 20_000);
  told(evidence, order(LEADER, "4", { side: "SELL" }), heard === "at once" ? 13_100 : 20_000);
  const sale = evidence.order(LEADER, "4");
  if (sale === undefined) throw new Error("it was placed");
  return Math.max(...leaderOpposed(evidence, sale, { side: "SELL", holding: HOLDING }));
}

test("R7 R11 of one second a start does not tell whether his order came before what took from the copies in his account (seed 111097)", () => {
  expect(soldBeside(500, "at the start")).toBe(150);
  expect(soldBeside(1_500, "at the start")).toBe(0);
  expect(soldBeside(500, "at once")).toBe(0);
});

/** What the leader has bought was told to a process that died before it was stored, or not; the book of the next start lags, and shows none of it. Then he orders so much later. */
function boughtBefore(stored: "stored" | "told in vain", side: OrderVersion["side"], after: number): readonly number[] {
  const evidence = new Evidence([COPY]);
  const reported = (orderId: string, filled: number) => ({ type: "leader-order-reported", at: CREATED, leader: LEADER, report: { orderId, filled } });
  told(evidence, order(LEADER, "1", { side: "SELL", filled: 150, status: "TRADED" }), 1_000);
  evidence.journal([reported("1", 150)], 1_000);
  told(evidence, order(LEADER, "2", { quantity: 300, filled: 300, status: "TRADED" }), 1_500);
  if (stored === "stored") evidence.journal([reported("2", 300)], 1_500);
  evidence.journal([{ type: "engine-started", at: CREATED }], 4_000);
  told(evidence, order(LEADER, "3", { side }), 4_000 + after);
  const third = evidence.order(LEADER, "3");
  if (third === undefined) throw new Error("it was placed");
  return [...new Set(leaderOpposed(evidence, third, { side, holding: HOLDING }))].sort((a, b) => a - b);
}

test("R11 R14 what a process was told in vain tells the next one nothing: until the book is read again, an order may exit what is stored (seed 160276)", () => {
  expect(boughtBefore("told in vain", "BUY", 500)).toEqual([0, 150]);
  expect(boughtBefore("stored", "BUY", 500)).toEqual([0]);
  expect(boughtBefore("told in vain", "BUY", 17_000)).toEqual([0]);
});

test("but an exit that looks like an entry by that is proved before it is copied", () => {
  expect(boughtBefore("told in vain", "SELL", 500)).toEqual([150]);
});
