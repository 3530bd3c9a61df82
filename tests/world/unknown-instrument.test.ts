/** A contract that neither the leader's frame nor the instrument file knows is looked up, and never guessed (R22). */
import { describe, expect, test } from "vitest";
import { readInstruments } from "../../src/adapters/dhan/instruments.ts";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import type { InstrumentLookup, Segment } from "../../src/domain/instrument.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

const FILE = new URL("../fixtures/instruments/scrip-master-compact.csv", import.meta.url).pathname;

/** A file that lacks the contract until somebody looks elsewhere. The leader orders while nobody listens, so no frame tells of it. */
async function unknown(order: Record<string, unknown>): Promise<{ readonly w: World; readonly sought: Segment[]; readonly learn: () => void }> {
  const { lookup } = await readInstruments(FILE);
  const sought: Segment[] = [];
  let isKnown = false;
  const instruments: InstrumentLookup = {
    find: (segment, id, expiry) => (id === CALL.securityId && !isKnown ? undefined : lookup.find(segment, id, expiry)),
    seek: (segment) => void sought.push(segment),
  };
  const w = await world({ instruments });
  await w.crash();
  w.leader(order);
  await w.time.pass(2_000);
  await w.startEngine();
  await w.time.pass(8_000);
  return {
    w,
    sought,
    learn: () => {
      isKnown = true;
      w.instrumentsFound("NSE_FNO");
    },
  };
}

test("it is refused and looked up; when it is found, an entry that still rests at the leader is sent", async () => {
  const { w, sought, learn } = await unknown({});
  expect(w.calls()).toEqual([]);
  expect(w.verdicts()).toEqual(["INSTRUMENT_UNKNOWN"]);
  expect(sought).toEqual(["NSE_FNO"]);
  learn();
  await w.time.pass(1_000);
  expect(w.calls().map(({ body }) => body["quantity"])).toEqual([75]);
});

test("R20 one that the leader has executed meanwhile is too late by then", async () => {
  const { w, learn } = await unknown({ orderType: "MARKET", price: 0 });
  learn();
  await w.time.pass(1_000);
  expect(w.calls()).toEqual([]);
  expect(w.verdicts()).toEqual(["INSTRUMENT_UNKNOWN", "STALE"]);
});

describe("with the journal lost, in a contract whose lot only frames of then have told (R11)", () => {
  /** A file that lacks the contract. The leader holds 300 and the copy 150; then he orders, and the journal is lost. What happens `meanwhile` only books tell. */
  async function lost(
    order: Record<string, unknown>,
    meanwhile: (w: World, leaders: string) => void = () => {},
  ): Promise<{ readonly w: World; readonly leaders: string; readonly learn: () => void }> {
    const { lookup } = await readInstruments(FILE);
    let isKnown = false;
    const instruments: InstrumentLookup = {
      find: (segment, id, expiry) => (id === CALL.securityId && !isKnown ? undefined : lookup.find(segment, id, expiry)),
    };
    const w = await world({ instruments });
    const entry = w.leader({ quantity: 300 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(1_000);
    const leaders = w.leader(order);
    await w.time.pass(1_000);
    await w.crash();
    w.disk = new MemoryDisk();
    meanwhile(w, leaders);
    await w.startEngine();
    await w.time.pass(20_000);
    return {
      w,
      leaders,
      learn: () => {
        isKnown = true;
        w.instrumentsFound("NSE_FNO");
      },
    };
  }
  const rests = (w: World) => w.orders(FOLLOWER).at(-1);

  test("an entry that rests stays as it is and says so; the leader's cancel ends it", async () => {
    const { w, leaders } = await lost({ quantity: 300, price: 110 });
    expect(w.methods()).toBe("POST POST");
    expect(rests(w)).toMatchObject({ orderStatus: "PENDING", quantity: 150 });
    expect(w.verdicts()).toContain("INSTRUMENT_UNKNOWN");
    w.admin("cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST DELETE");
  });

  test("it is sized again with the leader's next change, whose frame tells the lot", async () => {
    const { w, leaders } = await lost({ quantity: 300, price: 110 });
    w.admin("modify", { clientId: LEADER, orderId: leaders, quantity: 600 });
    await w.time.pass(1_000);
    expect(w.calls().at(-1)).toMatchObject({ method: "PUT", body: { quantity: 300, price: 110 } });
  });

  test("an exit of a part keeps its stop, and follows the leader to another size when the contract is found", async () => {
    const { w, leaders, learn } = await lost({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    expect(rests(w)).toMatchObject({ orderType: "STOP_LOSS", orderStatus: "PENDING", quantity: 75 });
    await w.crash();
    w.admin("modify", { clientId: LEADER, orderId: leaders, quantity: 300 });
    await w.startEngine();
    await w.time.pass(10_000);
    learn();
    await w.time.pass(1_000);
    expect(rests(w)).toMatchObject({ orderType: "STOP_LOSS", orderStatus: "PENDING", quantity: 150 });
    expect(w.methods()).toBe("POST POST PUT");
  });

  test("R14 an exit that the leader has filled meanwhile keeps what rests of it", async () => {
    const { w } = await lost({ transactionType: "SELL", quantity: 150, price: 130 }, (world, leaders) =>
      world.admin("fill", { clientId: LEADER, orderId: leaders }),
    );
    expect(w.methods()).toBe("POST POST");
    expect(rests(w)).toMatchObject({ orderStatus: "PENDING", quantity: 75 });
  });

  test("R14 when the leader has filled his entry and is out again, it rests no longer, and all that the copy holds goes", async () => {
    const { w } = await lost({ quantity: 300, price: 110 }, (world, leaders) => {
      world.admin("fill", { clientId: LEADER, orderId: leaders });
      const exit = world.leader({ transactionType: "SELL", quantity: 600, orderType: "MARKET", price: 0 });
      world.admin("fill", { clientId: LEADER, orderId: exit });
    });
    expect(w.orders(FOLLOWER)[1]).toMatchObject({ orderStatus: "CANCELLED", filledQty: 0 });
    expect(rests(w)).toMatchObject({ transactionType: "SELL", quantity: 150 });
  });
});
