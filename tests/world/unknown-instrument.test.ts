/** A contract that neither the leader's frame nor the instrument file knows is looked up, and never guessed (R22). */
import { expect, test } from "vitest";
import { readInstruments } from "../../src/adapters/dhan/instruments.ts";
import type { InstrumentLookup, Segment } from "../../src/domain/instrument.ts";
import { CALL, type World, world } from "./world.ts";

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
