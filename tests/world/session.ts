/** A session of random steps in the virtual world, and what must be true of it; judged from the simulator's books. */
import fc from "fast-check";
import { expect } from "vitest";
import { stemOf } from "../../src/domain/correlation.ts";
import { withTrades } from "../../src/domain/fills/trades.ts";
import { clientId, correlationId } from "../../src/domain/identity.ts";
import { priceToRupees } from "../../src/domain/money.ts";
import type { TradeReport } from "../../src/domain/order/report.ts";
import type { MirrorOpened } from "../../src/domain/records.ts";
import { expectFoldOf } from "./folded.ts";
import { type BookRow, FOLLOWER, LEADER, type World, type WorldOptions, world } from "./world.ts";

export type Step =
  | { readonly do: "enter"; readonly lots: number; readonly market: boolean; readonly price: number }
  | { readonly do: "exit"; readonly tenths: number; readonly kind: "MARKET" | "LIMIT" | "STOP_LOSS" }
  | { readonly do: "modify"; readonly which: number; readonly lots: number; readonly price: number }
  | { readonly do: "cancel"; readonly which: number }
  | { readonly do: "fill-leader" | "fill-follower"; readonly which: number; readonly tenths: number }
  | { readonly do: "reject-follower"; readonly which: number }
  | { readonly do: "lose-answer"; readonly call: "place" | "modify" | "cancel"; readonly when: "before" | "after" }
  | { readonly do: "over-limit"; readonly times: number }
  | { readonly do: "lose-frame"; readonly of: "leader" | "follower"; readonly kind: "drop" | "duplicate" | "reorder" | "delay" }
  | { readonly do: "halt" | "resume" }
  | { readonly do: "crash"; readonly forMs: number }
  | { readonly do: "fill-disk"; readonly forMs: number }
  | { readonly do: "cut-journal"; readonly records: number; readonly forMs: number };

const which = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("enter" as const),
      lots: fc.integer({ min: 1, max: 6 }),
      market: fc.boolean(),
      price: fc.integer({ min: 100, max: 140 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("exit" as const),
      tenths: fc.integer({ min: 1, max: 10 }),
      kind: fc.constantFrom("MARKET" as const, "LIMIT" as const, "STOP_LOSS" as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("modify" as const), which, lots: fc.integer({ min: 1, max: 6 }), price: fc.integer({ min: 100, max: 140 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel" as const), which }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom("fill-leader" as const, "fill-follower" as const), which, tenths: fc.integer({ min: 1, max: 10 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reject-follower" as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("lose-answer" as const),
      call: fc.constantFrom("place" as const, "modify" as const, "cancel" as const),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("over-limit" as const), times: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("lose-frame" as const),
      of: fc.constantFrom("leader" as const, "follower" as const),
      kind: fc.constantFrom("drop" as const, "duplicate" as const, "reorder" as const, "delay" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), forMs: fc.integer({ min: 0, max: 8_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fill-disk" as const), forMs: fc.integer({ min: 0, max: 8_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("cut-journal" as const), records: fc.integer({ min: 1, max: 12 }), forMs: fc.integer({ min: 0, max: 8_000 }) }),
  },
);
const sessionOf = (steps: fc.Arbitrary<Step>) =>
  fc.array(fc.tuple(steps, fc.constantFrom(0, 1, 2, 3, 5, 20, 300, 1_100, 4_000)), { minLength: 4, maxLength: 40 });
export const session = sessionOf(step);
/** A person halts entries and resumes them in between. */
export const sessionWithHalts = sessionOf(
  fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("halt" as const, "resume" as const) }) }),
);

const LOT = 75;
export const isOpen = (row: BookRow): boolean => ["TRANSIT", "PENDING", "PART_TRADED"].includes(row.orderStatus);
const half = (units: number): number => Math.floor(units / 2 / LOT) * LOT;
const toLot = (units: number): number => Math.max(LOT, Math.round(units / LOT) * LOT);

async function act(w: World, one: Step): Promise<void> {
  const leaders = w.orders(LEADER).filter(isOpen);
  const followers = w.orders(FOLLOWER).filter((row) => isOpen(row) && row.orderStatus !== "TRANSIT");
  const pick = <T>(rows: readonly T[], index: number): T | undefined => rows[index % Math.max(1, rows.length)];
  switch (one.do) {
    case "enter":
      w.leader({ quantity: one.lots * LOT, ...(one.market ? { orderType: "MARKET", price: 0 } : { price: one.price }) });
      return;
    case "exit": {
      const net = w.net(LEADER);
      if (net <= 0) return;
      const quantity = Math.min(net, toLot((net * one.tenths) / 10));
      const prices = { MARKET: { price: 0 }, LIMIT: { price: 150 }, STOP_LOSS: { price: 89, triggerPrice: 90 } }[one.kind];
      w.leader({ transactionType: "SELL", orderType: one.kind, quantity, ...prices });
      return;
    }
    case "modify": {
      const row = pick(
        leaders.filter((other) => other.orderStatus !== "TRANSIT" && other.orderType === "LIMIT" && other.transactionType === "BUY"),
        one.which,
      );
      if (row !== undefined && one.lots * LOT > row.filledQty)
        w.admin("modify", { clientId: LEADER, orderId: row.orderId, quantity: one.lots * LOT, price: one.price });
      return;
    }
    case "cancel": {
      const row = pick(leaders, one.which);
      if (row !== undefined) w.admin("cancel", { clientId: LEADER, orderId: row.orderId });
      return;
    }
    case "fill-leader":
    case "fill-follower": {
      const isLeader = one.do === "fill-leader";
      const row = pick(isLeader ? leaders : followers, one.which);
      if (row === undefined) return;
      const left = row.quantity - row.filledQty;
      // The leader never sells more than he holds: two of his exits may rest, and only one may fill (R16).
      if (isLeader && row.transactionType === "SELL" && w.net(LEADER) < left) return;
      w.admin("fill", { clientId: isLeader ? LEADER : FOLLOWER, orderId: row.orderId, quantity: Math.min(left, toLot((left * one.tenths) / 10)) });
      return;
    }
    case "reject-follower": {
      const row = pick(followers, one.which);
      if (row !== undefined && row.filledQty === 0) w.admin("reject", { clientId: FOLLOWER, orderId: row.orderId, reason: "RMS:1:not today" });
      return;
    }
    case "lose-answer":
      w.admin("fault", { on: "request", call: one.call, when: one.when, clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
      return;
    case "over-limit":
      w.admin("fault", { on: "request", call: "write", clientId: FOLLOWER, times: one.times, effect: { kind: "answer", status: 429 } });
      return;
    case "lose-frame":
      w.admin("fault", {
        on: "stream",
        clientId: one.of === "leader" ? LEADER : FOLLOWER,
        times: 1,
        effect: one.kind === "delay" ? { kind: "delay", ms: 800 } : { kind: one.kind },
      });
      return;
    case "halt":
    case "resume":
      w.command(one.do);
      return;
    case "crash":
      await w.crash();
      await w.time.pass(one.forMs);
      await w.startEngine();
      return;
    case "cut-journal":
      await w.crash();
      w.disk.limit();
      w.disk.cutAfter(Math.max(1, w.records().length - one.records), w.time.now());
      await w.time.pass(one.forMs);
      await w.startEngine();
      return;
    case "fill-disk":
      w.disk.limit(w.disk.used);
      // Freed later, with other steps between: whatever comes meanwhile finds no room.
      w.time.after(one.forMs, () => w.disk.limit());
      return;
  }
}

/** What must hold at every moment. */
function audit(w: World): void {
  const liveOf = new Map<string, number>();
  for (const row of w.orders(FOLLOWER)) {
    if (!isOpen(row)) continue;
    const stem = stemOf(correlationId(row.correlationId));
    liveOf.set(stem, (liveOf.get(stem) ?? 0) + 1);
  }
  for (const [stem, count] of liveOf) expect(count, `live orders of ${stem}`).toBe(1);
}

/** What the copy takes of an entry: half in whole lots, and of one of the leader's slices what rounding has left of those before as well (R14). */
export function shareOf({ scale: { residual } }: MirrorOpened, units: number): number {
  if (residual === undefined || units === 0) return half(units);
  return Math.max(0, half(residual.units + units) - Math.max(residual.given, half(residual.units)));
}

/** What must hold when nothing has happened for a while. */
function auditAtRest(w: World): void {
  const records = w.records();
  const stems = new Map(records.flatMap((record) => (record.type === "mirror-opened" ? [[record.stem, record] as const] : [])));
  const verdictsOf = (mirror: string): string[] =>
    records.flatMap((record) => (record.type === "verdict-given" && record.mirror === mirror ? [record.verdict.code] : []));
  const isCut = records.some(({ type }) => type === "journal-cut");
  const leaders = new Map(w.orders(LEADER).map((row) => [row.orderId, row]));
  for (const row of w.orders(FOLLOWER).filter(isOpen)) {
    const opened = stems.get(stemOf(correlationId(row.correlationId)));
    const leader = leaders.get(opened?.cause ?? "");
    if (opened === undefined || opened.role.role === "closing" || opened.role.role === "orphan") continue;
    expect(leader, `the leader's order of ${row.orderId}`).toBeDefined();
    if (leader === undefined) continue;
    // One that was first seen after its end counts as traded for what it had filled (R17).
    const share = shareOf(opened, leader.filledQty);
    const outByCancel = !isOpen(leader) && leader.orderStatus !== "TRADED" && opened.role.role === "entry" && row.quantity > share;
    expect(outByCancel, `${row.orderId} is open although the leader's ${leader.orderId} is ${leader.orderStatus}`).toBe(false);
    // A change that would trade with an order of the same account waits until that one is gone (docs/margin.md).
    const isHeld = verdictsOf(opened.mirror).some((code) => code === "CHANGE_REFUSED" || code === "SELF_TRADE");
    if (isOpen(leader) && opened.role.role === "entry" && leader.orderType === "LIMIT" && !isHeld)
      expect(row.price, `price of ${row.orderId}`).toBe(leader.price);
  }
  for (const opened of stems.values()) {
    const leader = leaders.get(opened.cause);
    const orders = w.orders(FOLLOWER).filter((row) => stemOf(correlationId(row.correlationId)) === opened.stem);
    if (leader === undefined || !isOpen(leader) || opened.role.role !== "entry" || leader.orderStatus === "TRANSIT") continue;
    const share = shareOf(opened, leader.quantity);
    const has = orders.reduce((sum, row) => sum + (isOpen(row) ? row.quantity : row.filledQty), 0);
    // What was said may have been in the part that a cut journal lost.
    if (has !== share && !isCut)
      expect(verdictsOf(opened.mirror).length, `${opened.mirror}: ${has} of ${share}, and nothing says why`).toBeGreaterThan(orders.length === 0 ? 0 : 1);
  }
  const resting = w.orders(FOLLOWER).filter((row) => isOpen(row) && row.transactionType === "SELL");
  const leaderSells = w
    .orders(LEADER)
    .filter((row) => isOpen(row) && row.transactionType === "SELL")
    .reduce((sum, row) => sum + row.quantity - row.filledQty, 0);
  // A leader who has more to sell than he holds means to go short, and so does his copy (R15).
  if (leaderSells <= w.net(LEADER))
    for (const row of resting)
      expect(row.quantity - row.filledQty, `${row.orderId} would sell more than is held`).toBeLessThanOrEqual(Math.max(0, w.net(FOLLOWER)));
}

/** The copied position is what the broker's books say, and nothing is left in the air (I9, I12). */
function auditBooks(w: World): void {
  const follower = w.book.followers.get(clientId(FOLLOWER));
  let net = 0;
  for (const ledgers of follower?.ledgers.values() ?? []) for (const ledger of ledgers.values()) net += ledger.net;
  expect(net, "the copied position").toBe(w.net(FOLLOWER));
  for (const mirror of follower?.mirrors.values() ?? []) {
    for (const attempt of mirror.attempts) expect(["accepted", "refused", "absent", "not-sent"], attempt.correlationId).toContain(attempt.placing.state);
  }
  // Several starts within a second read more than the broker allows an account in one, and read again.
  expect(w.ordersRefusedForRate(FOLLOWER), "order requests beyond the broker's windows").toBe(0);
}

/** Both sides' executions are those of the broker's trade books, each once, whatever was lost on the way. */
function auditFills(w: World): void {
  for (const id of [LEADER, FOLLOWER]) {
    for (const { orderId: order } of w.orders(id)) {
      const told = tradesTold(w, order).map(({ tradeId, quantity, price }) => [tradeId, quantity, priceToRupees(price)]);
      const trades = w.trades(id).flatMap((row) => (row.orderId === order ? [[row.exchangeTradeId, row.tradedQuantity, row.tradedPrice]] : []));
      // Of an order that is open the stream tells what comes after a reading of the trade book.
      const wanted = isOpen(w.orders(id).find((row) => row.orderId === order) ?? expect.fail(order)) ? trades.slice(0, told.length) : trades;
      expect(told, `the trades of ${order}`).toEqual(wanted);
    }
  }
}

/** By all readings of the order's trade book; those of an order that was put away are in the journal alone. */
function tradesTold(w: World, order: string): readonly TradeReport[] {
  return w.records().reduce<readonly TradeReport[]>((trades, record) => {
    const isIts = (record.type === "leader-trades-read" || record.type === "follower-trades-read") && record.order === order;
    return isIts ? withTrades(trades, record.trades) : trades;
  }, []);
}

/** Between a halt and its end no entry is sent, and none that rests is made larger (R23). A change that was refused has made it no smaller. */
function auditHalts(w: World): void {
  const entries = new Set<string>();
  const sizes = new Map<string, number>();
  const before = new Map<string, number>();
  let halted = false;
  for (const record of w.records()) {
    if (record.type === "operator-halted" || record.type === "operator-resumed") halted = record.type === "operator-halted";
    if (record.type === "mirror-opened" && record.role.role === "entry") entries.add(record.mirror);
    if (record.type === "order-adopted") sizes.set(record.mirror, record.report.terms.quantity);
    const isUnchanged = record.type === "request-answered" && record.request === "modification" && ["refused", "not-sent"].includes(record.result.outcome);
    if (isUnchanged) sizes.set(record.mirror, before.get(record.mirror) ?? 0);
    if ((record.type !== "placement-intended" && record.type !== "modification-intended") || !entries.has(record.mirror)) continue;
    const most = record.type === "placement-intended" ? 0 : (sizes.get(record.mirror) ?? 0);
    if (halted) expect(record.terms.quantity, `${record.type} of ${record.mirror} during a halt`).toBeLessThanOrEqual(most);
    before.set(record.mirror, sizes.get(record.mirror) ?? 0);
    sizes.set(record.mirror, record.terms.quantity);
  }
}

/** Once an exit has made the leader flat, nothing of what he had filled stays open (R14). */
function auditFlat(w: World): void {
  const leaders = w.orders(LEADER);
  if (w.net(LEADER) !== 0 || leaders.some((row) => isOpen(row) && row.filledQty > 0)) return;
  const mirrors = new Map(w.records().flatMap((record) => (record.type === "mirror-opened" ? [[record.cause as string, record] as const] : [])));
  const open = leaders
    .filter((row) => isOpen(row) && row.transactionType === "BUY")
    .reduce((sum, row) => {
      const opened = mirrors.get(row.orderId);
      return sum + (opened === undefined ? half(row.quantity) : shareOf(opened, row.quantity));
    }, 0);
  // An order that closes what two alternatives sold too much is no entry: nothing of his stays open by it (R16).
  const closing = new Set(w.records().flatMap((record) => (record.type === "mirror-opened" && record.role.role === "closing" ? [record.stem] : [])));
  const resting = w
    .orders(FOLLOWER)
    .filter((row) => isOpen(row) && row.transactionType === "BUY" && !closing.has(stemOf(correlationId(row.correlationId))))
    .reduce((sum, row) => sum + row.quantity - row.filledQty, 0);
  expect(resting, "buys that rest although the leader is out").toBeLessThanOrEqual(open);
}

export async function run(steps: readonly (readonly [Step, number])[], options: WorldOptions = {}): Promise<World> {
  const w = await world(options);
  for (const [one, ms] of steps) {
    await act(w, one);
    await w.time.pass(ms);
    audit(w);
  }
  w.admin("repair", {});
  for (let quiet = 0; quiet < 12; quiet += 1) {
    await w.time.pass(10_000);
    audit(w);
  }
  auditAtRest(w);
  auditBooks(w);
  auditFlat(w);
  auditHalts(w);
  auditFills(w);
  expectFoldOf(w);
  return w;
}

/** The leader withdraws what rests and sells what he holds; whatever the follower then has open is filled, and nothing may be left (R14). */
export async function leaderGoesFlat(w: World): Promise<void> {
  for (const row of w.orders(LEADER).filter(isOpen)) w.admin("cancel", { clientId: LEADER, orderId: row.orderId });
  await w.time.pass(20_000);
  const net = w.net(LEADER);
  if (net > 0) {
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: net, price: 0 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  }
  for (let round = 0; round < 6; round += 1) {
    await w.time.pass(5_000);
    for (const row of w.orders(FOLLOWER)) if (isOpen(row)) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
  }
  await w.time.pass(5_000);
  if (net > 0) expect(w.net(FOLLOWER)).toBe(0);
}
