/**
 * A journal as a busy week leaves it: one leader, some followers, entries and exits that are copied and filled and then put away, and the turns
 * of the days.
 */
import { openJournal } from "../src/adapters/journal/sqlite.ts";
import { type Book, emptyBook, type FollowerBook, followerBook, leaderBook } from "../src/domain/book/book.ts";
import { orderOf } from "../src/domain/book/leader-orders.ts";
import { correlationFor, correlationStem } from "../src/domain/correlation.ts";
import { type ClientId, clientId, copyId, type OrderId, orderId } from "../src/domain/identity.ts";
import { type MirrorKey, mirrorKey } from "../src/domain/mirror/mirror.ts";
import { NO_PRICE, price } from "../src/domain/money.ts";
import { CONTRACT, frame, LIMIT, OPTION } from "../src/domain/order/example.ts";
import type { OrderReport } from "../src/domain/order/report.ts";
import { quantity } from "../src/domain/quantity.ts";
import { ratio } from "../src/domain/ratio.ts";
import type { BookRecord } from "../src/domain/records.ts";
import { startOfDay, tradingDay, type UnixMs, unixMs } from "../src/domain/time.ts";
import { verdict } from "../src/domain/verdict.ts";
import { Recorder } from "../src/engine/recorder.ts";
import type { Person } from "./cast.ts";

const DAY_MS = 86_400_000;
const NINE_MS = 9 * 3_600_000;
const SESSION_MS = 6 * 3_600_000;
/** As many mirrors as the engine puts away together. */
const BUNDLE = 16;
const UNITS = quantity(150);
const SHARE = quantity(75);

export interface Week {
  readonly path: string;
  readonly leader: Person;
  readonly followers: readonly Person[];
  readonly records: number;
  readonly days: number;
  /** The last of these days is that before this moment's. */
  readonly now: UnixMs;
}

/** Writes it; answers how many records it came to. */
export function writeWeek({ path, leader, followers, records, days, now }: Week): number {
  const book = emptyBook();
  const journal = openJournal(path, { openedAt: now });
  const recorder = new Recorder(book, journal, () => {});
  const ids = followers.map((person) => clientId(person.clientId));
  const perDay = Math.ceil(records / days / (4 + 8 * followers.length));
  let written = 0;
  const record = (one: BookRecord): void => {
    recorder.record(one);
    written += 1;
  };
  const first = unixMs(startOfDay(tradingDay(now)) - days * DAY_MS);
  record({ type: "engine-started", at: unixMs(first + NINE_MS), version: "0.1.0", leadersSince: undefined });
  for (let day = 0; day < days; day += 1) {
    const midnight = unixMs(first + day * DAY_MS);
    if (day > 0) record({ type: "day-turned", at: midnight, day: tradingDay(midnight), afterMarketFrom: unixMs(midnight - DAY_MS + NINE_MS), forgets: true });
    for (let index = 0; index < perDay; index += 1) {
      const at = unixMs(midnight + NINE_MS + Math.round((index * SESSION_MS) / perDay));
      copied(book, record, {
        leader: clientId(leader.clientId),
        followers: ids,
        order: orderId(`${10_000_000 + day * 100_000 + index}`),
        isExit: index % 2 === 1,
        at,
      });
      if (index % BUNDLE === BUNDLE - 1)
        for (const id of ids) record(putAway(followerBook(book, id), id, unixMs(midnight + NINE_MS + Math.round((index * SESSION_MS) / perDay))));
      recorder.commit();
    }
  }
  recorder.commit();
  journal.close();
  return written;
}

/** All but the newest, which are not over for long. */
function putAway({ mirrors }: FollowerBook, follower: ClientId, at: UnixMs): BookRecord {
  const keys: readonly MirrorKey[] = [...mirrors.keys()].slice(0, -BUNDLE);
  const orders = keys.flatMap((key) => mirrors.get(key)?.attempts.flatMap(({ orderId: order }) => order ?? []) ?? []);
  return { type: "mirrors-put-away", at, follower, mirrors: keys, orders };
}

interface Copied {
  readonly leader: ClientId;
  readonly followers: readonly ClientId[];
  readonly order: OrderId;
  readonly isExit: boolean;
  readonly at: UnixMs;
}

/** One order of the leader's from its first frame to the last follower's fill. */
function copied(book: Book, record: (one: BookRecord) => void, { leader, followers, order, isExit, at }: Copied): void {
  const later = (ms: number): UnixMs => unixMs(at + ms);
  const of = (client: ClientId, id: OrderId, ms: number, part: Partial<Omit<OrderReport, "source">>): OrderReport => ({
    ...frame(0, { contracted: { side: isExit ? "SELL" : "BUY", product: "MARGIN", afterMarket: false }, ...part }),
    clientId: client,
    orderId: id,
    orderTime: at,
    updatedAt: later(ms),
  });
  const leads = (ms: number, part: Partial<Omit<OrderReport, "source">>): void =>
    record({ type: "leader-order-reported", at: later(ms), leader, report: of(leader, order, ms, { terms: { ...LIMIT, quantity: UNITS }, ...part }) });
  leads(0, {});
  for (const follower of followers) {
    const about = { follower, mirror: mirrorKey({ leader, follower, cause: order }) };
    const stem = correlationStem({ leader, cause: order, day: tradingDay(at), follower });
    const correlationId = correlationFor(stem, { slice: 0, attempt: 0 });
    const exit = { leaderPosition: UNITS, held: SHARE };
    const terms = { ...LIMIT, quantity: SHARE };
    record({
      type: "mirror-opened",
      at,
      ...about,
      copy: copyId(`leader-${follower}`),
      leader,
      cause: order,
      stem,
      instrument: OPTION,
      contracted: { side: isExit ? "SELL" : "BUY", product: "MARGIN", afterMarket: false },
      contract: CONTRACT,
      contradiction: undefined,
      scale: { ratio: ratio(1, 2), rounding: "down", minLots: undefined, maxLots: undefined },
      role: isExit ? { role: "exit", exit } : { role: "entry" },
      late: false,
    });
    record({ type: "placement-intended", at, ...about, attempt: 0, correlationId, executing: false, afterMarket: false, terms, follows: LIMIT });
    record({ type: "verdict-given", at, ...about, verdict: verdict("COPIED", "2 lots x 0.5 = 1, down: 1 lot, 75 units", { units: 75 }), refuses: undefined });
  }
  leads(400, { status: "PART_TRADED", filled: quantity(75), averagePrice: price(1_205_000) });
  leads(900, { status: "TRADED", filled: UNITS, averagePrice: price(1_205_000) });
  for (const follower of followers) {
    const about = { follower, mirror: mirrorKey({ leader, follower, cause: order }) };
    const own = orderId(`${order}${follower.slice(-3)}`);
    const mark = correlationFor(correlationStem({ leader, cause: order, day: tradingDay(at), follower }), { slice: 0, attempt: 0 });
    const shown = (ms: number, part: Partial<Omit<OrderReport, "source">>): void =>
      record({
        type: "follower-order-reported",
        at: later(ms),
        follower,
        report: of(follower, own, ms, { correlationId: mark, terms: { ...LIMIT, quantity: SHARE }, averagePrice: NO_PRICE, ...part }),
      });
    const stages = { decidedMs: 0.2, journalledMs: 0.4, wireMs: 0.2, answeredMs: 41.3 };
    record({ type: "request-answered", at: later(50), ...about, attempt: 0, request: "placement", result: { outcome: "accepted", orderId: own }, stages });
    shown(60, { status: "TRANSIT" });
    shown(120, {});
    shown(1_500, { status: "TRADED", filled: SHARE, averagePrice: price(1_205_500) });
    record({
      type: "verdict-given",
      at: later(1_500),
      ...about,
      verdict: verdict("FILLED", "leader 150 at 120.50, follower 75 at 120.55; lag 600 ms, slippage 0.04 %", { lagMs: 600 }),
      refuses: undefined,
    });
  }
  const known = orderOf(leaderBook(book, leader), order)?.known;
  const filled = followers.every((follower) => followerBook(book, follower).byOrder.size > 0);
  if (known?.end !== "filled" || !filled) throw new Error(`order ${order} of the made-up week did not end as it should`);
}
