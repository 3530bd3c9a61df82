/**
 * The start, and the start again after a crash (R10, R11): fold the journal, mark what was in flight as in doubt, read the
 * books of every account, take on what bears our mark, and only then act. Nothing is decided before all books are read.
 */
import { type Book, followerBook, holdingKey, leaderBook } from "../domain/book/book.ts";
import { isOurs, stemOf } from "../domain/correlation.ts";
import type { ClientId } from "../domain/identity.ts";
import type { OrderReport, PositionReport } from "../domain/order/report.ts";
import { direction } from "../domain/order/terms.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import type { Engine } from "./engine.ts";
import type { EngineAccount } from "./parties.ts";
import type { Read } from "./ports/broker.ts";

export interface Books {
  readonly orders: readonly OrderReport[];
  readonly positions: readonly PositionReport[];
}

export interface StartOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly accounts: readonly EngineAccount[];
  readonly version: string;
  /** The journal held nothing: how far back the leaders' books are taken. Undefined: it held something. */
  readonly lookbackMs: number | undefined;
  readonly signal: AbortSignal;
  readonly noted: (account: EngineAccount, problem: string) => void;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;
const STEADY_TRIES = 3;

/** Reads all books, records what they tell, and lets the engine go. Answers when it acts; false when the signal came first. */
export async function start(options: StartOptions): Promise<boolean> {
  const { engine, clock, accounts, signal } = options;
  engine.recordOne({ type: "engine-started", at: clock.now(), version: options.version });
  const books = new Map<ClientId, Books>();
  await Promise.all(
    accounts.map(async (account) => {
      const read = await readUntilSteady(account, options);
      if (read !== undefined) books.set(account.clientId, read);
    }),
  );
  if (signal.aborted || books.size < accounts.length) return false;
  const unclaimed = new Map<ClientId, OrderReport[]>();
  for (const [id, { orders }] of books) if (engine.isFollower(id)) unclaimed.set(id, takeFollowerBook(engine, id, orders, clock.now()));
  for (const [id, read] of books) if (engine.isLeader(id)) takeLeaderBook(options, id, read, unclaimed);
  for (const [id, { positions }] of books) {
    if (!engine.isFollower(id)) continue;
    for (const report of unclaimed.get(id) ?? []) engine.recordOne({ type: "follower-order-reported", at: clock.now(), follower: id, report });
    engine.recordOne({ type: "follower-positions-read", at: clock.now(), follower: id, positions });
  }
  if (!engine.recordAtStart([])) return false;
  engine.release();
  return true;
}

/** Records the follower's orders that the journal knows, and the owner's own; answers those that bear our mark and are unknown. */
function takeFollowerBook(engine: Engine, id: ClientId, orders: readonly OrderReport[], now: UnixMs): OrderReport[] {
  const follower = followerBook(engine.book, id);
  const unclaimed: OrderReport[] = [];
  for (const report of orders) {
    const known = follower.byOrder.has(report.orderId) || (report.correlationId !== undefined && follower.byCorrelation.has(report.correlationId));
    if (!known && isOurs(report.correlationId)) unclaimed.push(report);
    else engine.recordOne({ type: "follower-order-reported", at: now, follower: id, report });
  }
  return unclaimed;
}

/**
 * The leader's orders, oldest first, on top of the positions as they were before what is new in them; so that each order
 * that was missed is seen against the position of its time.
 */
function takeLeaderBook(options: StartOptions, id: ClientId, read: Books, unclaimed: Map<ClientId, OrderReport[]>): void {
  const { engine, clock } = options;
  const now = clock.now();
  const since = options.lookbackMs === undefined ? undefined : now - options.lookbackMs;
  const rows = read.orders.filter((report) => !isOurs(report.correlationId) && (since === undefined || report.updatedAt >= since));
  engine.recordOne({ type: "leader-positions-read", at: now, leader: id, positions: positionsBefore(engine.book, id, rows, read.positions) });
  for (const report of rows) {
    engine.recordOne({ type: "leader-order-reported", at: now, leader: id, report });
    engine.openMirrors(id, report.orderId, now);
    adoptFor(engine, id, report, unclaimed, now);
  }
}

/** The book's net positions less the fills that the rows tell for the first time. */
function positionsBefore(book: Book, id: ClientId, rows: readonly OrderReport[], positions: readonly PositionReport[]): PositionReport[] {
  const leader = leaderBook(book, id);
  const before = new Map<string, PositionReport>();
  for (const position of positions) before.set(holdingKey(position.instrument, position.product), position);
  for (const report of rows) {
    const units = report.filled - (leader.orders.get(report.orderId)?.known.filled ?? 0);
    if (units <= 0) continue;
    const { product, side } = report.contracted;
    const key = holdingKey(report.instrument, product);
    const position = before.get(key) ?? { instrument: report.instrument, product, net: 0 };
    before.set(key, { ...position, net: position.net - direction(side) * units });
  }
  return [...before.values()];
}

/** Takes on the orders at the followers whose mark says that this leader order caused them. */
function adoptFor(engine: Engine, leader: ClientId, report: OrderReport, unclaimed: Map<ClientId, OrderReport[]>, now: UnixMs): void {
  for (const { follower: id, key } of leaderBook(engine.book, leader).mirrors.get(report.orderId) ?? []) {
    const stem = followerBook(engine.book, id).mirrors.get(key)?.stem;
    const left: OrderReport[] = [];
    const ours = (unclaimed.get(id) ?? []).filter((row) => {
      const isOne = row.correlationId !== undefined && stemOf(row.correlationId) === stem;
      if (!isOne) left.push(row);
      return isOne;
    });
    unclaimed.set(id, left);
    for (const row of ours.sort((a, b) => ((a.correlationId ?? "") < (b.correlationId ?? "") ? -1 : 1)))
      engine.recordOne({ type: "order-adopted", at: now, follower: id, mirror: key, report: row });
  }
}

/** Orders and positions that belong together: nothing was filled between the two readings of the orders. */
async function readUntilSteady(account: EngineAccount, options: StartOptions): Promise<Books | undefined> {
  for (let tries = 1; ; tries += 1) {
    const before = await untilRead(() => account.broker.orders(), account, options);
    const positions = await untilRead(() => account.broker.positions(), account, options);
    const after = await untilRead(() => account.broker.orders(), account, options);
    if (before === undefined || positions === undefined || after === undefined) return undefined;
    if (tries >= STEADY_TRIES || filledIn(before) === filledIn(after)) return { orders: after, positions };
  }
}

function filledIn(orders: readonly OrderReport[]): string {
  return orders
    .map((report) => `${report.orderId}:${report.filled}`)
    .sort()
    .join(" ");
}

/** Tries until it is read, with growing pauses; undefined when the signal came first. */
async function untilRead<T>(read: () => Promise<Read<T>>, account: EngineAccount, options: StartOptions): Promise<T | undefined> {
  for (let pauseMs = RETRY_FIRST_MS; !options.signal.aborted; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
    const answer = await read();
    if (answer.ok) return answer.value;
    options.noted(account, answer.detail);
    await pause(options.timers, pauseMs, options.signal);
  }
  return undefined;
}

export function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = timers.after(ms, done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
