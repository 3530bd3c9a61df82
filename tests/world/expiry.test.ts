/** The day on which a contract expires, and the days after, on which its number may be another contract's (R24). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { clientId } from "../../src/domain/identity.ts";
import { readListings } from "../../src/simulator/exchange/listing.ts";
import { DERIVATIVES } from "./market-hours.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

/** `CALL` expires on this Tuesday. */
const EXPIRY_DAY = "2026-12-29 15:20:00";
const OVER_A_NIGHT = { timeout: 60_000 };

/** The file of the day after: the number of the expired contract is a call of the next month. */
const REISSUED = readListings(
  readFileSync(new URL("../fixtures/instruments/scrip-master-compact.csv", import.meta.url), "utf8").replace(
    /37806,OPTIDX,0,NIFTY-Dec2026-23000-CE,75.0,NIFTY 29 DEC 23000 CALL,2026-12-29/,
    "37806,OPTIDX,0,NIFTY-Jan2027-25000-CE,75.0,NIFTY 26 JAN 25000 CALL,2027-01-26",
  ),
);

const expiryDay = () => world({ calendar: DERIVATIVES, start: EXPIRY_DAY });

/** Both hold, carried: the leader 150, the copy 75. */
async function holding(w: World): Promise<void> {
  const entry = w.leader({ quantity: 150, productType: "MARGIN" });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(2_000);
}

/** What the copies into the follower hold, all contracts together, and what counts as the owner's own. */
function held(w: World): readonly [copied: number, owners: number] {
  const follower = w.book.followers.get(clientId(FOLLOWER));
  const copied = [...(follower?.ledgers.values() ?? [])].flatMap((ledgers) => [...ledgers.values()]).reduce((sum, { net }) => sum + net, 0);
  return [copied, [...(follower?.owners.values() ?? [])].reduce((sum, net) => sum + net, 0)];
}

test("on its last day a contract is copied and exited as on any other", async () => {
  const w = await expiryDay();
  await holding(w);
  w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
  await w.time.pass(1_000);
  expect(w.orders(FOLLOWER)).toMatchObject([{ filledQty: 75 }, { transactionType: "SELL", quantity: 75 }]);
});

describe("R24 a carried position ends by the expiry of its contract: no trade, no order, nothing to be said", () => {
  test("while Lockstep runs", OVER_A_NIGHT, async () => {
    const w = await expiryDay();
    await holding(w);
    const said = w.verdicts();
    await nextMorning(w);
    expect(held(w)).toEqual([0, 0]);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toEqual(said);
  });

  test("while it is down", OVER_A_NIGHT, async () => {
    const w = await expiryDay();
    await holding(w);
    await w.crash();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(held(w)).toEqual([0, 0]);
    expect(w.methods()).toBe("POST");
  });

  test("a contract that expires later is carried", OVER_A_NIGHT, async () => {
    const w = await world({ calendar: DERIVATIVES, start: "2026-12-28 15:20:00" });
    await holding(w);
    await nextMorning(w);
    expect(held(w)).toEqual([75, 0]);
  });
});

test(
  "R24 an exit that the closing market refused is not sent the next morning: the contract is gone, and its number may be another's",
  OVER_A_NIGHT,
  async () => {
    const w = await expiryDay();
    await holding(w);
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, reason: "Market is Closed. Place an After Market Order" });
    // Before the minute after which the broker is asked again.
    await w.time.pass(20_000);
    const sent = w.calls().length;
    await w.crash();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(10 * 60_000);
    expect(w.calls()).toHaveLength(sent);
  },
);

describe("R24 the number of an expired contract is given to another", () => {
  /** The morning after, with the same journal, at a broker whose file has the number anew. */
  async function morningAfter(): Promise<World> {
    const w = await expiryDay();
    await holding(w);
    await w.crash();
    return world({ calendar: DERIVATIVES, start: "2026-12-30 10:00:00", disk: w.disk, simulator: { listings: REISSUED } });
  }

  test("a purchase and its sale are an entry and its exit, by the new contract's own position", async () => {
    const w = await morningAfter();
    const entry = w.leader({ quantity: 300, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(1_000);
    expect(held(w)).toEqual([150, 0]);
    w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER)).toMatchObject([
      { transactionType: "BUY", quantity: 150 },
      { transactionType: "SELL", quantity: 75 },
    ]);
  });

  test("R22 a purchase that is first seen in the book, which tells no lot, is refused aloud, and copied when a frame tells it", async () => {
    const w = await morningAfter();
    await w.crash();
    const order = w.leader({ quantity: 300, productType: "MARGIN" });
    await w.time.pass(1_000);
    await w.startEngine();
    await w.time.pass(2_000);
    expect(w.verdicts()).toEqual(expect.arrayContaining(["INSTRUMENT_UNKNOWN"]));
    expect(w.orders(FOLLOWER)).toEqual([]);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ quantity: 150, price: 119 }]);
  });

  test("a sale is an entry: of the old position nothing is left that it could exit", async () => {
    const w = await morningAfter();
    w.leader({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
    await w.time.pass(3_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 150 }]);
    expect(w.net(FOLLOWER, CALL)).toBe(0);
    const opened = w.records().findLast(({ type }) => type === "mirror-opened");
    expect(opened).toMatchObject({ role: { role: "entry" }, instrument: { expiry: "2027-01-26" } });
  });
});
