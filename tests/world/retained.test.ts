/**
 * What the whole engine holds on to, private or not: of an order that is over only what is named here, and of a day that is over nothing. Counted,
 * in every map, set and list that can be reached (docs/journal.md, "What leaves memory").
 */
import { expect, test } from "vitest";
import { nextMorning } from "./overnight.ts";
import { type Retained, retained } from "./retained.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

const OVER_NIGHTS = { timeout: 60_000 };
/** Long enough for all that is over to be put away, and for its trades to be read. */
const QUIET_MS = 300_000;
const NO_WINDOWS = { perMinute: 100_000, perHour: 100_000, perDay: 100_000 };
const BOOK = ".#options.engine.#book";
const AT_FOLLOWER = `${BOOK}.followers.*`;
/** 24 hours long, and so the one thing that goes over the night. */
const WINDOWS = ".#options.engine.#outboxes.*.budget.#settled";

/** What stays until its day is over of each order that is, and why. */
const KEPT_OF_AN_ORDER = {
  /** A further fill takes it back (R1). */
  [`${BOOK}.leaders.*.away.orders`]: "leader's orders",
  /** It must not be opened a second time (R9, R11), and an attempt may show up after all (R10). */
  [`${AT_FOLLOWER}.away.mirrors.*.causes`]: "leader's orders",
  /** Whose order a row of the book is, and what it had filled (R1, R11). */
  [`${AT_FOLLOWER}.away.orders`]: "copied orders",
  /** What it took of the position, and when: an orphan may have been of it (R18). */
  [`${AT_FOLLOWER}.away.exits.*.*`]: "exits, two numbers of each",
  /** What is packed of all these: a few together, on the shelf. */
  [`${BOOK}.leaders.*.away.bundles.byNumber`]: "bundles",
  [`${AT_FOLLOWER}.away.bundles.byNumber`]: "bundles",
  /** The window of the day counts its requests (R21). */
  [WINDOWS]: "requests",
} as const;

/** After a day, whatever was in it: beside the windows an entry for each account that had orders, with nothing in it. */
const NIGHTLY = [
  `${AT_FOLLOWER}.byHolding`,
  `${AT_FOLLOWER}.ledgers`,
  ".#options.engine.#intake.#proved",
  ".#options.engine.#acting.#options.quiet.#since",
  ".#options.engine.#tradeReads.#restingUntil",
  WINDOWS,
].toSorted();

type Of = (typeof KEPT_OF_AN_ORDER)[keyof typeof KEPT_OF_AN_ORDER];

/** The broker, the disk, the clock and the configuration, what the runtime keeps of a signal, and what was read within the last second. */
const OUTSIDE =
  /\.(#?(freeAt|clock|timers|signal|life|journal|calendar|instruments|observer|shelf)|openSocket|request|prototype)$|\((clock|timers|signal|life|send)\)$/;

function held(w: World): Retained {
  return retained(w.watch, (way) => OUTSIDE.test(way));
}

/** The ways at which more is held than before, and how much more. */
function grown(before: Retained, after: Retained): Record<string, number> {
  const all = Object.entries(after).map(([way, size]) => [way, size - (before[way] ?? 0)] as const);
  return Object.fromEntries(all.filter(([, more]) => more > 0));
}

/** Bought, sold by half at the market, and out; one that is changed and withdrawn; one that no copy takes. With a fault in each round. */
async function trade(w: World, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await fill(w, w.leader({ quantity: 300 }));
    await fill(w, w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 }));
    FAULTS[round % FAULTS.length]?.(w);
    await fill(w, w.leader({ transactionType: "SELL", quantity: 150, price: 110 }));
    const withdrawn = w.leader({ quantity: 150, price: 90 });
    await w.time.pass(1_000);
    w.admin("modify", { clientId: LEADER, orderId: withdrawn, price: 91, quantity: 300 });
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
    const equity = w.leader({ exchangeSegment: "NSE_EQ", securityId: "2885", quantity: 10, price: 1_000 });
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId: equity });
    await w.time.pass(20_000);
  }
  await w.time.pass(QUIET_MS);
}

const FAULTS: readonly ((w: World) => void)[] = [
  (w) => w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } }),
  (w) => w.admin("fault", { on: "request", call: "write", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } }),
  (w) => w.admin("cut", { clientId: FOLLOWER }),
  (w) => w.admin("cut", { clientId: LEADER }),
];

async function fill(w: World, order: string): Promise<void> {
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
  for (const row of w.orders(FOLLOWER)) if (row.orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
  await w.time.pass(2_000);
}

function counted(w: World): Record<Of, number> {
  const records = w.records();
  return {
    "leader's orders": w.orders(LEADER).length,
    "copied orders": w.orders(FOLLOWER).length,
    "exits, two numbers of each": 2 * records.filter((record) => record.type === "mirror-opened" && record.role.role === "exit").length,
    bundles: records.filter(({ type }) => type === "mirrors-put-away").length,
    requests: w.calls().length,
  };
}

test("R8 of an order that is over what is named stays for its day, each once, and nothing else", OVER_NIGHTS, async () => {
  const w = await world({ rates: NO_WINDOWS });
  await trade(w, 4);
  const [few, before] = [held(w), counted(w)];
  await trade(w, 12);
  const after = counted(w);
  const more = Object.fromEntries(Object.entries(KEPT_OF_AN_ORDER).map(([way, of]) => [way, after[of] - before[of]]));
  expect(grown(few, held(w))).toEqual(more);
});

test("R24 of a day that is over nothing stays, however busy it was", OVER_NIGHTS, async () => {
  const w = await world({ start: "2026-11-23 10:15:00", rates: NO_WINDOWS });
  const begun = held(w);
  const mornings: Retained[] = [];
  for (const rounds of [2, 8]) {
    await trade(w, rounds);
    await nextMorning(w);
    mornings.push(grown(begun, held(w)));
    await w.time.pass(3 * 3_600_000);
  }
  expect(mornings.map((morning) => Object.keys(morning).toSorted())).toEqual([NIGHTLY, NIGHTLY]);
  const [first = {}, second = {}] = mornings;
  expect(Object.keys(grown(first, second))).toEqual([WINDOWS]);
});
