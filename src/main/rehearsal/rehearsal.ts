/**
 * The way of an order, walked some hundreds of times before the first one comes: orders that nobody gave, in memory, at a broker that is none
 * (decision 27). What Node has seldom run it runs slowly, and a leader gives few orders a day, so that each of them would be among the first.
 * It is the product's own code from the leader's frame to the follower's request, with an engine, a book and a journal of its own: nothing of it is written, sent, told or counted.
 */
import { createDhanAccount } from "../../adapters/dhan/account.ts";
import { MemoryDisk } from "../../adapters/journal/memory.ts";
import { Secret } from "../../adapters/system/secret.ts";
import { emptyBook } from "../../domain/book/book.ts";
import { ALWAYS_OPEN } from "../../domain/calendar/calendar.ts";
import { accountId, type ClientId, clientId } from "../../domain/identity.ts";
import type { CopyPolicy } from "../../domain/policy.ts";
import { ratio } from "../../domain/ratio.ts";
import type { Clock } from "../../domain/time.ts";
import { BookReader } from "../../engine/book-reader.ts";
import { Engine } from "../../engine/engine.ts";
import type { EngineAccount, Observer } from "../../engine/parties.ts";
import type { StreamListener } from "../../engine/ports/broker.ts";
import { fold } from "../../engine/recorder.ts";
import { start } from "../../engine/start.ts";
import { LOT, type MadeUp, madeUpFrame } from "./made-up-frame.ts";
import { Stage, type Taken } from "./stage.ts";

const LEADER = clientId("1");
const FOLLOWER = clientId("2");
/** Of three orders each: half a second of work. */
const ROUNDS = 150;
const UNITS = 4 * LOT;
/** What is ordered in the second of the start may be older than it, and waits (R11). */
const AFTER_START_MS = 10_000;
const NOBODY: Observer = { recorded: () => {}, noted: () => {} };
const BOUNDLESS = { perSecond: 1_000_000, perMinute: 1_000_000, perHour: 1_000_000, perDay: 1_000_000 };

/**
 * `policy`: of a copy of the user's, so that it is his way that is walked. `ended`: nothing is rehearsed any more. Answers what its broker was asked
 * for. Half a second of work, in small parts.
 */
export async function rehearse(policy: CopyPolicy, clock: Clock, ended: AbortSignal): Promise<Taken> {
  const stage = new Stage(clock);
  const life = new AbortController();
  const accounts = [LEADER, FOLLOWER].map((id) => accountOn(stage, id, life.signal));
  const engine = engineOn(stage, accounts, policy);
  try {
    const started = start({
      engine,
      clock: stage,
      accounts,
      version: "rehearsal",
      lookbackMs: 0,
      signal: life.signal,
      reader: ({ name }) => new BookReader({ name, clock: stage, timers: stage, observer: NOBODY }),
      admitted: () => {},
    });
    for (const { clientId: id, broker } of accounts) void broker.stream(listenerOf(id, engine, stage), life.signal);
    await stage.settle();
    await started;
    stage.pass(AFTER_START_MS);
    for (let round = 0; round < ROUNDS && !ended.aborted; round += 1) await play(stage, round);
  } finally {
    engine.close();
    life.abort();
  }
  return stage.taken;
}

/** An entry that is changed and fills, an exit that is withdrawn, and one that fills; each step first at the leader, then at the follower. */
async function play(stage: Stage, round: number): Promise<void> {
  const securityId = String(1_000 + round);
  const tell = async (order: Pick<MadeUp, "orderNo" | "side" | "status" | "price">): Promise<void> => {
    stage.sockets.get(LEADER)?.text(madeUpFrame({ ...order, clientId: LEADER, securityId, quantity: UNITS }, stage.now()));
    await stage.settle();
    if (stage.placed === undefined) return;
    stage.sockets.get(FOLLOWER)?.text(madeUpFrame({ ...order, ...stage.placed, clientId: FOLLOWER, securityId, quantity: UNITS / 2 }, stage.now()));
    await stage.settle();
  };
  const entry = { orderNo: `1${round}`, side: "B", status: "Pending", price: 100 } as const;
  await tell(entry);
  await tell({ ...entry, price: 101 });
  await tell({ ...entry, price: 101, status: "Traded" });
  const withdrawn = { ...entry, orderNo: `2${round}`, side: "S" } as const;
  await tell(withdrawn);
  await tell({ ...withdrawn, status: "Cancelled" });
  const exit = { ...withdrawn, orderNo: `3${round}` } as const;
  await tell(exit);
  await tell({ ...exit, status: "Traded" });
}

function engineOn(stage: Stage, accounts: readonly EngineAccount[], policy: CopyPolicy): Engine {
  const book = emptyBook();
  const journal = new MemoryDisk().open();
  return new Engine({
    ...fold(book, journal),
    book,
    journal,
    clock: stage,
    timers: stage,
    accounts,
    copies: [{ leader: LEADER, follower: FOLLOWER, policy: { ...policy, filter: EVERYTHING, sizing: { ...HALF, rounding: policy.sizing.rounding } } }],
    instruments: { find: () => undefined },
    calendar: ALWAYS_OPEN,
    observer: NOBODY,
  });
}

/** Whatever the user's copies leave out, or take too little of: every order of a rehearsal is copied. */
const EVERYTHING: CopyPolicy["filter"] = { kinds: ["option"], segments: [], products: [], sides: [], underlyings: [] };
const HALF = { mode: "ratio", ratio: ratio(1, 2) } as const;

function accountOn(stage: Stage, id: ClientId, life: AbortSignal): EngineAccount {
  const limits = { modificationsPerOrder: 25, requestTimeoutMs: 5_000, lookupGraceMs: 2_000 };
  const token = new Secret("rehearsal");
  const broker = createDhanAccount({
    rest: "https://rehearsal.invalid/v2",
    orderUpdates: "wss://rehearsal.invalid",
    clientId: id,
    leads: id === LEADER,
    clock: stage,
    timers: stage,
    random: () => 0,
    requestTimeoutMs: limits.requestTimeoutMs,
    token: () => token,
    request: stage.request,
    openSocket: stage.openSocketOf(id),
    unreadableRow: () => {},
    earlyRows: () => {},
    life,
    knownRowsMax: 0,
  });
  return { name: accountId(id), clientId: id, broker, rates: BOUNDLESS, limits };
}

function listenerOf(account: ClientId, engine: Engine, clock: Clock): StreamListener {
  return {
    opened: () => {},
    report: (report) => engine.post({ type: "reported", account, report, arrived: clock.elapsed() }),
    unreadable: () => {},
    closed: () => {},
    token: () => {},
  };
}
