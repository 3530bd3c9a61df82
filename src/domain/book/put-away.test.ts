/** Put away or not, nobody but memory knows the difference: whatever is told afterwards, and whatever the orders are called (R8). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { correlationFor, correlationStem } from "../correlation.ts";
import { type ClientId, clientId, copyId, type OrderId, orderId } from "../identity.ts";
import { exitUnits } from "../mirror/exit.ts";
import { type MirrorKey, mirrorKey } from "../mirror/mirror.ts";
import { CONTRACT, frame, LIMIT, OPTION, second } from "../order/example.ts";
import type { OrderReport } from "../order/report.ts";
import { quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import type { BookRecord } from "../records.ts";
import { type TradingDay, tradingDay } from "../time.ts";
import { apply } from "./apply.ts";
import { type Book, type Bundle, emptyBook, type FollowerBook, followerBook, leaderBook } from "./book.ts";
import { allOrders, allOrdersBack, countOrdersPutAway, filledOfOrder, isKnownOrder } from "./leader-orders.ts";
import { isDoubled, mirrorByCorrelation, mirrorOfReport } from "./mirrors.ts";
import { isSettled } from "./over.ts";
import { unpack } from "./packed.ts";
import { packAll } from "./packing.ts";
import { allBack, countPutAway, exitsPutAway, keysPutAway, mirrorBack, outcomesPutAway } from "./put-away.ts";
import { MemoryShelf } from "./shelf.example.ts";
import { isOurOrder, isPutAway, keyOfOrder, keyOfStem, mirrorOfOrder, orderCount, tellsNoMore } from "./ways.ts";

const LEADERS = [clientId("1000000001"), clientId("1000000009")] as const;
const FOLLOWERS = [clientId("1000000002"), clientId("1000000003")] as const;
const UNITS = quantity(150);
const SHARE = quantity(75);
const TOMORROW = "2026-11-21" as TradingDay;

/** Dhan's numbers are decimal; nothing says that they stay so. `long`: beyond what a number tells apart. */
const NAMES = { number: (at: number) => `${112_611_200_100 + at}`, word: (at: number) => `X-${at}`, long: (at: number) => `9007199254740${900 + at}` } as const;
type Naming = keyof typeof NAMES;

interface Order {
  readonly leader: ClientId;
  readonly order: OrderId;
  readonly isExit: boolean;
  readonly ends: "filled" | "cancelled";
  readonly copies: readonly {
    readonly follower: ClientId;
    readonly order: OrderId | undefined;
    readonly filled: number;
    readonly key: MirrorKey;
    readonly stem: string;
  }[];
}

const naming = fc.constantFrom<Naming>("number", "number", "number", "word", "long");
const copying = fc.record({ named: naming, becomes: fc.constantFrom("filled", "filled", "half", "cancelled", "unsent", "resting", "resting") });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("order" as const),
      leader: fc.nat({ max: 1 }),
      named: naming,
      isExit: fc.boolean(),
      ends: fc.constantFrom("filled" as const, "cancelled" as const),
      copies: fc.tuple(copying, copying),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("put-away" as const), follower: fc.nat({ max: 1 }), most: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("again" as const), order: fc.nat(), copy: fc.option(fc.nat({ max: 1 })), more: fc.nat({ max: 75 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("cut" as const, "turn" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Two books of the same session: of the one everything that is over is put away. */
class Session {
  readonly plain = emptyBook();
  readonly away = emptyBook();
  readonly records: BookRecord[] = [];
  readonly orders: Order[] = [];
  #seconds = 0;
  #days = 0;

  constructor() {
    this.away.shelf = new MemoryShelf();
  }

  play(one: Step): void {
    this.#seconds += 5;
    switch (one.does) {
      case "order":
        return this.#order(one);
      case "put-away":
        return this.#putAway(FOLLOWERS[one.follower] ?? FOLLOWERS[0], one.most);
      case "again":
        return this.#again(one);
      case "cut":
        return this.#both({ type: "journal-cut", at: second(this.#seconds), after: 9, missing: 1, kept: "a file" });
      case "turn":
        return this.#turn();
    }
  }

  #both(record: BookRecord): void {
    apply(this.plain, record);
    apply(this.away, record);
    this.records.push(record);
  }

  #order({ leader: number, named, isExit, ends, copies }: Extract<Step, { does: "order" }>): void {
    const at = second(this.#seconds);
    const leader = LEADERS[number] ?? LEADERS[0];
    const count = this.orders.length;
    const order = orderId(NAMES[named](count));
    const told = {
      clientId: leader,
      orderId: order,
      orderTime: at,
      createdAt: at,
      contracted: { side: isExit ? "SELL" : "BUY", product: "MARGIN", afterMarket: false },
    } as const;
    const seen = (part: Partial<Omit<OrderReport, "source">>): void =>
      this.#both({ type: "leader-order-reported", at, leader, report: frame(this.#seconds, { ...told, ...part }) });
    seen({});
    const made = FOLLOWERS.map((follower, index): Order["copies"][number] => {
      const { named: called = "number", becomes = "unsent" } = copies[index] ?? {};
      const about = { follower, mirror: mirrorKey({ leader, follower, cause: order }) };
      const stem = correlationStem({ leader, cause: order, day: tradingDay(at), follower });
      const correlationId = correlationFor(stem, { slice: 0, attempt: 0 });
      const own = orderId(`${NAMES[called](count + 50 * (index + 1))}`);
      const filled = becomes === "filled" ? 75 : becomes === "half" ? 30 : 0;
      const exit = { leaderPosition: UNITS, held: SHARE };
      this.#both({
        type: "mirror-opened",
        at,
        ...about,
        copy: copyId(`copy-${index}`),
        leader,
        cause: order,
        stem,
        instrument: OPTION,
        contracted: told.contracted,
        contract: CONTRACT,
        contradiction: undefined,
        scale: { ratio: ratio(1, 2), rounding: "down", minLots: undefined, maxLots: undefined },
        role: isExit ? { role: "exit", exit } : { role: "entry" },
        late: false,
      });
      const terms = { ...LIMIT, quantity: SHARE };
      if (becomes === "unsent") return { follower, order: undefined, filled: 0, key: about.mirror, stem };
      this.#both({ type: "placement-intended", at, ...about, attempt: 0, correlationId, executing: false, afterMarket: false, terms, follows: LIMIT });
      const stages = { decidedMs: 0, journalledMs: 0, wireMs: 0, answeredMs: 0 };
      this.#both({ type: "request-answered", at, ...about, attempt: 0, request: "placement", result: { outcome: "accepted", orderId: own }, stages });
      const status = becomes === "filled" ? "TRADED" : becomes === "resting" ? "PENDING" : "CANCELLED";
      const report = frame(this.#seconds + 1, { ...told, clientId: follower, orderId: own, correlationId, terms, status, filled: quantity(filled) });
      this.#both({ type: "follower-order-reported", at: second(this.#seconds + 1), follower, report });
      return { follower, order: own, filled, key: about.mirror, stem };
    });
    this.#seconds += 2;
    const filled = ends === "filled" ? UNITS : quantity(0);
    const report = frame(this.#seconds, { ...told, status: ends === "filled" ? "TRADED" : "CANCELLED", filled });
    this.#both({ type: "leader-order-reported", at: second(this.#seconds), leader, report });
    this.orders.push({ leader, order, isExit, ends, copies: made });
  }

  #putAway(id: ClientId, most: number): void {
    const follower = followerBook(this.away, id);
    const mirrors = [...follower.mirrors.values()].filter((mirror) => isSettled(this.away, mirror)).slice(0, most);
    const record: BookRecord = { type: "mirrors-put-away", at: second(this.#seconds), follower: id, mirrors: mirrors.map(({ key }) => key), orders: [] };
    apply(this.away, record);
    this.records.push(record);
  }

  /** A report that tells no more than is known, a late fill, or the end of what rests. */
  #again({ order: number, copy, more }: Extract<Step, { does: "again" }>): void {
    const one = this.orders[number % Math.max(1, this.orders.length)];
    if (one === undefined) return;
    const told = {
      orderTime: second(this.#seconds),
      contracted: { side: one.isExit ? "SELL" : "BUY", product: "MARGIN", afterMarket: false },
      status: "CANCELLED",
    } as const;
    const its = copy === null ? undefined : one.copies[copy];
    if (its === undefined) {
      const known = filledOfOrder(leaderBook(this.away, one.leader), one.order);
      if (!isKnownOrder(leaderBook(this.away, one.leader), one.order)) return;
      const filled = quantity(Math.min(150, known + more));
      if (filled === known) return;
      const report = frame(this.#seconds, { ...told, clientId: one.leader, orderId: one.order, filled });
      return this.#both({ type: "leader-order-reported", at: second(this.#seconds), leader: one.leader, report });
    }
    const { follower, order, stem } = its;
    if (order === undefined || !isOurOrder(followerBook(this.away, follower), order)) return;
    const known = mirrorOfOrder(followerBook(this.plain, follower), order)?.attempts[0]?.order?.filled ?? 0;
    const report = frame(this.#seconds, {
      ...told,
      clientId: follower,
      orderId: order,
      correlationId: correlationFor(stem, { slice: 0, attempt: 0 }),
      terms: { ...LIMIT, quantity: SHARE },
      filled: quantity(Math.min(75, known + more)),
    });
    const record: BookRecord = { type: "follower-order-reported", at: second(this.#seconds), follower, report };
    expect(tellsNoMore(followerBook(this.away, follower), report)).toBe(isPutAway(followerBook(this.away, follower), its.key) && report.filled === known);
    if (!tellsNoMore(followerBook(this.away, follower), report)) return this.#both(record);
    expect(report.filled).toBe(known);
    // Of a book in which it is put away it changes nothing.
    const before = countPutAway(followerBook(this.away, follower));
    apply(this.away, record);
    this.records.push(record);
    expect(countPutAway(followerBook(this.away, follower))).toBe(before);
  }

  /** An exit that others have ended lacks what nothing is sent for any more: in full it would stay over the night, and put away it leaves. */
  #isOwed(): boolean {
    return FOLLOWERS.some((id) =>
      [...followerBook(this.plain, id).mirrors.values()].some((mirror) => {
        const order = leaderBook(this.plain, mirror.leader).orders.get(mirror.cause);
        return isPutAway(followerBook(this.away, id), mirror.key) && order !== undefined && exitUnits(this.plain, mirror, order) > mirror.exitFilled;
      }),
    );
  }

  #turn(): void {
    this.#days += 1;
    if (this.#days > 1 || this.#isOwed()) return;
    this.#seconds = 14 * 3_600 + this.#seconds;
    this.#both({ type: "day-turned", at: second(14 * 3_600), day: TOMORROW, afterMarketFrom: second(6 * 3_600), forgets: true });
  }
}

/** What is to be seen of both books without taking anything back is the same. */
function expectSameToBeSeen({ plain, away, orders }: Session): void {
  for (const id of FOLLOWERS) {
    const [one, other] = [followerBook(plain, id), followerBook(away, id)];
    expect(orderCount(other)).toBe(orderCount(one));
    expect(other.mirrors.size + countPutAway(other)).toBe(one.mirrors.size);
    const outcomes = LEADERS.flatMap((leader) => [...outcomesPutAway(other, leader)]);
    expect(outcomes.length).toBe(countPutAway(other));
    expect(LEADERS.flatMap((leader) => keysPutAway(other, leader, () => true)).toSorted()).toEqual(
      [...one.mirrors.keys()].filter((key) => isPutAway(other, key)).toSorted(),
    );
    // For a copy of the same leader order in another account it is not taken.
    for (const order of orders) for (const copy of order.copies) if (copy.follower !== id) expect(isPutAway(other, copy.key)).toBe(false);
    for (const order of orders)
      for (const copy of order.copies) {
        if (copy.follower !== id) continue;
        const correlationId = correlationFor(copy.stem, { slice: 3, attempt: 1 });
        const report = frame(0, { clientId: id, orderId: copy.order ?? orderId("777"), correlationId });
        const seen = (follower: typeof one): unknown => [
          follower.mirrors.has(copy.key) || isPutAway(follower, copy.key),
          copy.order === undefined || isOurOrder(follower, copy.order),
          copy.order === undefined || keyOfOrder(follower, copy.order),
          copy.order === undefined || JSON.parse(JSON.stringify(mirrorOfOrder(follower, copy.order) ?? null)),
          keyOfStem(follower, copy.stem),
          mirrorByCorrelation(follower, correlationId),
          mirrorOfReport(follower, report),
          isDoubled(follower, report),
        ];
        expect(seen(other)).toEqual(seen(one));
      }
    for (const name of ["112611299999", "closing-1-2", "0112611200100", "9007199254740993"]) expect(isOurOrder(other, orderId(name))).toBe(false);
  }
  for (const id of LEADERS) {
    const [one, other] = [leaderBook(plain, id), leaderBook(away, id)];
    expect(other.orders.size + countOrdersPutAway(other)).toBe(one.orders.size);
    expect([...allOrders(other)].map(({ known }) => known.orderId).toSorted()).toEqual([...one.orders.keys()].toSorted());
    for (const { order, leader } of orders) {
      expect(isKnownOrder(other, order)).toBe(isKnownOrder(one, order));
      if (leader === id) expect(filledOfOrder(other, order)).toBe(filledOfOrder(one, order));
    }
  }
}

/** A book with what is packed laid open, wherever it lies. In which order the members of an object stand there makes no difference. */
function laidOpen(book: Book): unknown {
  const opened = (bundles: ReadonlyMap<number, Bundle<unknown>>): unknown =>
    [...bundles].map(([number, { at, left, ...packed }]) => [number, at, left, JSON.parse(JSON.stringify(unpack(packed)))]);
  return {
    ...book,
    shelf: undefined,
    leaders: new Map([...book.leaders].map(([id, its]) => [id, { ...its, away: { ...its.away, bundles: opened(its.away.bundles.byNumber) } }])),
    followers: new Map([...book.followers].map(([id, its]) => [id, { ...its, away: { ...its.away, bundles: opened(its.away.bundles.byNumber) } }])),
  };
}

function exitsOf(book: Book): readonly string[] {
  return FOLLOWERS.flatMap((id) => {
    const follower = followerBook(book, id);
    return LEADERS.flatMap((leader) =>
      [...(follower.away.exits.get(leader)?.keys() ?? [])].flatMap((holding) => exitsPutAway(follower, leader, holding).map((exit) => JSON.stringify(exit))),
    ).toSorted();
  });
}

const LONG = { timeout: 60_000 };
const sessions = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });

test("what is put away, and taken back in whatever order, is what it would be if it had never been", LONG, () => {
  fc.assert(
    fc.property(sessions, (steps) => {
      const session = new Session();
      for (const one of steps) {
        session.play(one);
        expectSameToBeSeen(session);
      }
      expectPlain(session);
    }),
    { numRuns: 60 },
  );
});

test("I8 the fold that packs at its end, with no shelf, has what was in memory", LONG, () => {
  fc.assert(
    fc.property(sessions, (steps) => {
      const session = new Session();
      for (const one of steps) session.play(one);
      const folded = emptyBook();
      folded.packs = "later";
      for (const record of session.records) apply(folded, record);
      packAll(folded);
      folded.packs = "at-once";
      expect(laidOpen(session.away)).toEqual(laidOpen(folded));
    }),
    { numRuns: 40 },
  );
});

type Becomes = Extract<Step, { does: "order" }>["copies"][number]["becomes"];

/** What the leader buys rests here until he is out again, which withdraws it; in the other account it becomes what is said. All that is over is put away. */
function withdrawn(beside: { readonly entry: Becomes; readonly exit: Becomes } = { entry: "filled", exit: "filled" }): {
  readonly session: Session;
  readonly follower: FollowerBook;
  readonly entry: MirrorKey;
  readonly exit: MirrorKey;
} {
  const session = new Session();
  const order = (isExit: boolean, becomes: readonly [Becomes, Becomes]): void =>
    session.play({
      does: "order",
      leader: 0,
      named: isExit ? "word" : "number",
      isExit,
      ends: "filled",
      copies: [
        { named: "number", becomes: becomes[0] },
        { named: "number", becomes: becomes[1] },
      ],
    });
  order(false, ["resting", beside.entry]);
  order(true, ["unsent", beside.exit]);
  session.play({ does: "again", order: 0, copy: 0, more: 0 });
  for (const follower of [0, 1, 0]) session.play({ does: "put-away", follower, most: 2 });
  const [entry, exit] = session.orders.map(({ copies }) => copies[0]?.key);
  if (entry === undefined || exit === undefined) throw new Error("there are two orders");
  const follower = followerBook(session.away, FOLLOWERS[0]);
  expect(
    followerBook(session.plain, FOLLOWERS[0])
      .mirrors.get(entry)
      ?.withdrawals.map(({ by }) => by),
  ).toEqual([exit]);
  expect([...follower.away.entries]).toEqual([[exit, [entry]]]);
  return { session, follower, entry, exit };
}

function expectPlain({ away, plain }: Session): void {
  for (const follower of away.followers.values()) allBack(follower);
  for (const leader of away.leaders.values()) allOrdersBack(leader);
  away.shelf = undefined;
  expect(away).toEqual(plain);
}

test("R14 an exit and the entries that it took something back from are taken back together, whichever is told of", () => {
  const toldOfEntry = withdrawn();
  toldOfEntry.session.play({ does: "again", order: 0, copy: 0, more: 75 });
  expect([toldOfEntry.entry, toldOfEntry.exit].map((key) => isPutAway(toldOfEntry.follower, key))).toEqual([false, false]);
  expectPlain(toldOfEntry.session);
  const { session, follower, entry, exit } = withdrawn();
  mirrorBack(follower, exit);
  expect([isPutAway(follower, entry), follower.away.entries.size]).toEqual([false, 0]);
  expectPlain(session);
  const other = withdrawn();
  mirrorBack(other.follower, other.entry);
  expect(isPutAway(other.follower, other.exit)).toBe(false);
});

test("R24 of the two the one that stays over the night stays without the other", () => {
  for (const [beside, stays] of [
    [{ entry: "filled", exit: "filled" }, []],
    [{ entry: "resting", exit: "filled" }, ["entry"]],
    [{ entry: "filled", exit: "resting" }, ["exit"]],
  ] as const) {
    const { session, follower, entry, exit } = withdrawn(beside);
    session.play({ does: "turn" });
    expect([isPutAway(follower, entry) ? ["entry"] : [], isPutAway(follower, exit) ? ["exit"] : []].flat()).toEqual(stays);
    expect(follower.away.entries.size).toBe(0);
    if (stays.length === 0) expect(follower.away).toEqual(followerBook(emptyBook(), FOLLOWERS[0]).away);
    mirrorBack(follower, exit);
  }
});

test("R18 R24 what an exit took is known for as long as it is put away, also over the night", () => {
  const session = new Session();
  const copies = (becomes: Becomes): Extract<Step, { does: "order" }>["copies"] => [
    { named: "number", becomes: "filled" },
    { named: "number", becomes },
  ];
  session.play({ does: "order", leader: 0, named: "number", isExit: false, ends: "filled", copies: copies("filled") });
  session.play({ does: "order", leader: 0, named: "number", isExit: true, ends: "filled", copies: copies("resting") });
  session.play({ does: "put-away", follower: 0, most: 2 });
  session.play({ does: "turn" });
  const taken = exitsOf(session.away);
  expect(taken).toEqual([JSON.stringify({ side: "SELL", endedAt: second(13), units: 75 })]);
  expect(countPutAway(followerBook(session.away, FOLLOWERS[0]))).toBe(1);
  expectPlain(session);
  expect(exitsOf(session.away)).toEqual([]);
});
