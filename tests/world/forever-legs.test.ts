/** Forever orders that are copied, as legs of a basket (docs/legs.md, docs/forever.md). */
import { expect, test } from "vitest";
import { DERIVATIVES } from "./market-hours.ts";
import { nextMorning } from "./overnight.ts";
import { FOLLOWER, LEADER, policyOf, type World, worldWithLists } from "./world.ts";

/** NIFTY 29 DEC, beside the 23000 CALL. */
const PUT = { exchangeSegment: "NSE_FNO", securityId: "37810" } as const;
/** A reading of each list, and a moment. */
const A_READING_MS = 16_000;

const copied = (): Promise<World> => worldWithLists({ copies: [policyOf("copy", { forever: "copy" })] });

function legs(w: World): readonly string[] {
  return w
    .records()
    .flatMap((record) =>
      record.type === "verdict-given" && ["UNHEDGED", "HEDGED"].includes(record.verdict.code)
        ? [`${record.verdict.code} ${record.verdict.numbers["missing"] ?? record.verdict.numbers["because"]}`]
        : [],
    );
}

/** He leaves a bought put to wait, and sells the call. */
function spread(w: World): { readonly put: string; readonly call: string } {
  return { put: w.leaderForever({ ...PUT, price: 20, triggerPrice: 19 }), call: w.leader({ transactionType: "SELL", productType: "MARGIN" }) };
}

function foreverOf(w: World, id: string): string {
  const [one] = w.simulator.foreverOrders.of(id);
  if (one === undefined) throw new Error("there is none");
  return one.orderId;
}

const fire = (w: World, id: string): string => String(w.admin("forever-fire", { clientId: id, orderId: foreverOf(w, id) })["orderId"]);

/** The broker refuses the follower's newest order. */
async function refuse(w: World): Promise<void> {
  w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, reason: "Price out of range" });
  await w.time.pass(1_500);
}

test("one that waits does not stand yet: a leg that is missing beside it is told when it has fired, and is over when that is", async () => {
  const w = await copied();
  spread(w);
  await w.time.pass(500);
  await refuse(w);
  await w.time.pass(10 * A_READING_MS);
  expect(legs(w)).toEqual([]);
  const [his, its] = [fire(w, LEADER), fire(w, FOLLOWER)];
  await w.time.pass(A_READING_MS);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
  w.admin("fill", { clientId: LEADER, orderId: his });
  w.admin("fill", { clientId: FOLLOWER, orderId: its });
  await w.time.pass(4 * A_READING_MS);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
  w.leader({ ...PUT, productType: "MARGIN", transactionType: "SELL", orderType: "MARKET", price: 0 });
  await w.time.pass(500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: w.orders(id).at(-1)?.orderId });
  await w.time.pass(3_000);
  expect(legs(w)).toEqual(["UNHEDGED 75", "HEDGED gone"]);
});

test("one that was not taken here is no missing leg while the leader's waits: what that fires is copied", async () => {
  const w = await copied();
  w.admin("fault", {
    on: "request",
    call: "forever-place",
    clientId: FOLLOWER,
    effect: { kind: "answer", status: 400, body: '{"errorType":"Input_Exception","errorCode":"DH-905","errorMessage":"no"}' },
  });
  spread(w);
  await w.time.pass(500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: w.orders(id).at(-1)?.orderId });
  await w.time.pass(10 * A_READING_MS);
  expect(w.verdicts()).toContain("BROKER_REFUSED");
  expect(legs(w)).toEqual([]);
  fire(w, LEADER);
  await w.time.pass(A_READING_MS);
  expect(legs(w)).toEqual([]);
  await refuse(w);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
});

test("one that has fired at the leader alone is on its way here, and no missing leg", async () => {
  const w = await copied();
  spread(w);
  await w.time.pass(500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: w.orders(id).at(-1)?.orderId });
  await w.time.pass(A_READING_MS);
  const his = fire(w, LEADER);
  w.admin("fill", { clientId: LEADER, orderId: his });
  await w.time.pass(2 * A_READING_MS);
  expect(w.verdicts()).toContain("FOREVER_GONE");
  expect(w.orders(FOLLOWER).map(({ transactionType }) => transactionType)).toEqual(["SELL", "BUY"]);
  expect(legs(w)).toEqual([]);
});

test("a sale that was not left to wait here stands once it has fired: the bought leg that was refused is missing then", async () => {
  const w = await copied();
  w.leaderForever({ transactionType: "SELL" });
  w.leader({ ...PUT, price: 20, productType: "MARGIN" });
  await w.time.pass(500);
  await refuse(w);
  await w.time.pass(10 * A_READING_MS);
  expect(w.verdicts()).toContain("FOREVER_NOT_COPIED");
  expect(legs(w)).toEqual([]);
  fire(w, LEADER);
  // Whether that is what it fired a list tells that is asked for `lookupGrace` later.
  await w.time.pass(8_000);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
});

test("R8 what has fired is of the basket of its forever order, whatever the books tell of when it was sent", async () => {
  const w = await copied();
  spread(w);
  await w.time.pass(500);
  await refuse(w);
  await w.time.pass(4 * A_READING_MS);
  await w.crash();
  fire(w, LEADER);
  fire(w, FOLLOWER);
  await w.startEngine();
  await w.time.pass(4 * A_READING_MS);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
});

test("R24 a leg that is missing is looked for on the days after too, for as long as a forever order of its basket waits", { timeout: 60_000 }, async () => {
  const w = await worldWithLists({ copies: [policyOf("copy", { forever: "copy" })], calendar: DERIVATIVES, start: "2026-11-19 15:00:00" });
  spread(w);
  await w.time.pass(500);
  await refuse(w);
  w.admin("fill", { clientId: LEADER, orderId: w.orders(LEADER).at(-1)?.orderId });
  await nextMorning(w);
  await w.time.pass(30 * 60_000);
  await w.crash();
  await w.startEngine();
  await w.time.pass(A_READING_MS);
  expect(legs(w)).toEqual([]);
  fire(w, LEADER);
  fire(w, FOLLOWER);
  await w.time.pass(2 * A_READING_MS);
  expect(legs(w)).toEqual(["UNHEDGED 75"]);
});
