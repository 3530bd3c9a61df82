/**
 * The laws of the merge, over lives of orders as a broker would report them: frames and rows of an order that is received,
 * reaches the exchange, is changed, converted, triggered, filled in parts and ended, each a second or more after the other.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { price } from "../money.ts";
import { quantity } from "../quantity.ts";
import { frame, LIMIT, MARKET, row, STOP } from "./example.ts";
import { firstKnown, type KnownOrder, merge } from "./known.ts";
import type { OrderReport, ReportedStatus } from "./report.ts";
import type { OrderEnd } from "./status.ts";
import { isStop, type Terms } from "./terms.ts";

const LOT = 75;
const ENDS = { CANCELLED: "cancelled", EXPIRED: "expired" } as const;

type Step =
  | { readonly step: "modify"; readonly type: "LIMIT" | "MARKET"; readonly lots: number; readonly price: number }
  | { readonly step: "fill"; readonly lots: number; readonly word: "PART_TRADED" | "TRADED" | "PENDING" }
  | { readonly step: "convert" }
  | { readonly step: "change-refused" };

interface Plan {
  readonly terms: Terms;
  readonly steps: readonly Step[];
  readonly gaps: readonly number[];
  readonly end: "REJECTED-AT-ONCE" | "CANCELLED" | "EXPIRED" | "open";
  readonly lateFill: boolean;
  readonly reads: readonly { readonly after: number; readonly lag: number }[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  terms: fc.constantFrom(LIMIT, MARKET, STOP),
  steps: fc.array(
    fc.oneof(
      fc.record({
        step: fc.constant("modify" as const),
        type: fc.constantFrom("LIMIT" as const, "MARKET" as const),
        lots: fc.integer({ min: 1, max: 4 }),
        price: fc.integer({ min: 1, max: 40 }),
      }),
      fc.record({
        step: fc.constant("fill" as const),
        lots: fc.integer({ min: 1, max: 3 }),
        word: fc.constantFrom("PART_TRADED" as const, "TRADED" as const, "PENDING" as const),
      }),
      fc.record({ step: fc.constant("convert" as const) }),
      fc.record({ step: fc.constant("change-refused" as const) }),
    ),
    { maxLength: 7 },
  ),
  gaps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
  end: fc.constantFrom("REJECTED-AT-ONCE", "CANCELLED", "EXPIRED", "open"),
  lateFill: fc.boolean(),
  reads: fc.array(fc.record({ after: fc.integer({ min: 0, max: 40_000 }), lag: fc.constantFrom(0, 0, 1, 4) }), { maxLength: 5 }),
});

interface Life {
  readonly frames: readonly OrderReport[];
  readonly rows: readonly OrderReport[];
  /** What the owner asked for in the end, what was filled, and how it ended. */
  readonly truth: { readonly terms: Terms; readonly filled: number; readonly end: OrderEnd | undefined };
}

/** An order's life by that plan, at a broker who shows conversions of his own and counts what is filled. */
class Broker {
  readonly frames: OrderReport[] = [];
  readonly #gaps: readonly number[];
  #second = 0;
  #changedAt = 0;
  owners: Terms;
  #shown: Terms;
  filled = 0;
  end: OrderEnd | undefined;
  #reached = false;

  constructor({ terms, gaps }: Plan) {
    this.owners = terms;
    this.#shown = terms;
    this.#gaps = gaps;
  }

  tell(status: ReportedStatus, reason = ""): void {
    this.#second += this.#gaps[this.frames.length] ?? 1;
    this.#reached ||= status !== "TRANSIT" && this.end !== "rejected";
    this.frames.push(
      frame(this.#second, {
        status,
        reason,
        terms: this.#shown,
        filled: quantity(this.filled),
        averagePrice: price(this.filled === 0 ? 0 : 1_000_000 + this.filled),
        orderTime: frame(this.#changedAt).updatedAt,
        exchangeOrderId: this.#reached ? "1300000001234567" : undefined,
      }),
    );
  }

  take(step: Step): void {
    switch (step.step) {
      case "modify":
        this.owners = {
          ...(step.type === "LIMIT" ? LIMIT : MARKET),
          quantity: quantity(this.filled + step.lots * LOT),
          price: price(step.type === "LIMIT" ? step.price * 50_000 : 0),
        };
        this.#shown = this.owners;
        this.#changedAt = this.#second + (this.#gaps[this.frames.length] ?? 1);
        return this.tell("MODIFIED");
      case "fill":
        this.filled = Math.min(this.owners.quantity, this.filled + step.lots * LOT);
        if (this.filled === this.owners.quantity) this.end = "filled";
        return this.tell(this.end === undefined ? step.word : "TRADED");
      case "convert":
        if (this.#shown.type === "MARKET") this.#shown = { ...this.#shown, type: "LIMIT", price: price(1_300_000) };
        if (isStop(this.#shown.type)) this.#shown = { ...this.#shown, type: "LIMIT" };
        return this.tell("PENDING");
      case "change-refused":
        return this.tell("REJECTED", "a change of it was refused");
    }
  }
}

function lifeBy(plan: Plan): Life {
  const broker = new Broker(plan);
  broker.tell("TRANSIT");
  if (plan.end === "REJECTED-AT-ONCE") {
    broker.end = "rejected";
    broker.tell("REJECTED");
  } else {
    broker.tell("PENDING");
    for (const step of plan.steps) if (broker.end === undefined) broker.take(step);
    if (broker.end === undefined && plan.end !== "open") {
      broker.end = ENDS[plan.end];
      broker.tell(plan.end);
      // The trade that overtook its own cancel.
      if (plan.lateFill && broker.owners.quantity - broker.filled > LOT) {
        broker.filled += LOT;
        broker.tell("TRADED");
      }
    }
  }
  const { frames, owners, filled, end } = broker;
  return { frames, rows: plan.reads.flatMap((read) => rowAt(frames, read)), truth: { terms: owners, filled, end } };
}

/** The row that a read would show: the newest state of `lag` seconds before; the book does not know the word Modified, and keeps an order whose change was refused. */
function rowAt(frames: readonly OrderReport[], read: { readonly after: number; readonly lag: number }): OrderReport[] {
  const asked = read.after / 1_000;
  const shown = frames.findLast(({ updatedAt }) => updatedAt <= frame(asked - read.lag).updatedAt);
  if (shown === undefined) return [];
  const refused = shown.status === "REJECTED" && shown.exchangeOrderId !== undefined;
  const { source: _, ...part } = { ...shown, status: shown.status === "MODIFIED" || refused ? ("PENDING" as const) : shown.status };
  return [row(0, asked, part)];
}

/** Everything of an order but what depends on arrival by its meaning: whether it had ended when it was first seen. */
function whatIsKnown(reports: readonly OrderReport[]): Omit<KnownOrder, "firstSeenEnded"> {
  const { firstSeenEnded: _, ...rest } = knownFrom(reports);
  return rest;
}

function knownFrom([first, ...rest]: readonly OrderReport[]): KnownOrder {
  return rest.reduce(merge, firstKnown(first ?? frame(1)));
}

/** Some or all of a life's reports, doubled here and there, in any order. */
const arrivals = plans.map(lifeBy).chain((life) => {
  const all = [...life.frames, ...life.rows];
  return fc.subarray(all, { minLength: 1 }).chain((told) =>
    fc.tuple(
      fc.constant(life),
      fc.constant(told),
      fc.subarray(told).chain((twice) => fc.shuffledSubarray([...told, ...twice], { minLength: told.length + twice.length })),
    ),
  );
});

test("R1 what is known does not depend on the order in which reports arrive, nor on their doubling", () => {
  fc.assert(
    fc.property(arrivals, ([, told, arrived]) => {
      expect(whatIsKnown(arrived)).toEqual(whatIsKnown(told));
    }),
    { numRuns: 2_000 },
  );
});

test("R1 the filled quantity never falls on the way, and ends at the most that was told", () => {
  fc.assert(
    fc.property(arrivals, ([, told, arrived]) => {
      let filled = 0;
      for (const end of arrived.keys()) {
        const known = knownFrom(arrived.slice(0, end + 1));
        expect(known.filled).toBeGreaterThanOrEqual(filled);
        filled = known.filled;
      }
      expect(filled).toBe(Math.max(...told.map((report) => report.filled)));
    }),
  );
});

test("R1 R2 whoever has seen every frame, in whatever order, knows the owner's wish, the fills and the end", () => {
  const complete = plans
    .map(lifeBy)
    .chain((life) =>
      fc.tuple(fc.constant(life.truth), fc.shuffledSubarray([...life.frames, ...life.rows], { minLength: life.frames.length + life.rows.length })),
    );
  fc.assert(
    fc.property(complete, ([truth, arrived]) => {
      const known = knownFrom(arrived);
      expect({ terms: known.terms, filled: known.filled, end: known.end }).toEqual(truth);
    }),
    { numRuns: 2_000 },
  );
});

test("R1 a report of after the end changes nothing but fills", () => {
  const news = fc.record({
    status: fc.constantFrom<ReportedStatus>("TRANSIT", "PENDING", "MODIFIED", "PART_TRADED", "TRADED", "CANCELLED", "REJECTED", "EXPIRED"),
    terms: fc.constantFrom(LIMIT, MARKET, STOP),
    filled: fc.integer({ min: 0, max: 2 }).map((lots) => quantity(lots * LOT)),
    reason: fc.constantFrom("", "other words"),
  });
  fc.assert(
    fc.property(plans, news, fc.boolean(), (plan, part, isRow) => {
      const ended = knownFrom(lifeBy(plan).frames);
      fc.pre(ended.end !== undefined);
      const late = isRow ? row(100, 102, part) : frame(100, part);
      const known = merge(ended, late);
      const filled = Math.max(ended.filled, part.filled);
      const end = filled > 0 && filled >= ended.terms.quantity ? "filled" : ended.end;
      expect({ ...known, averagePrice: 0, updatedAt: 0, newest: 0, told: 0 }).toEqual({
        ...ended,
        confirmed: known.confirmed,
        reached: true,
        filled,
        end,
        averagePrice: 0,
        updatedAt: 0,
        newest: 0,
        told: 0,
      });
    }),
  );
});

test("R1 a report that was told before leaves the very same object", () => {
  fc.assert(
    fc.property(arrivals, ([, told, arrived]) => {
      const known = knownFrom(arrived);
      for (const report of told) expect(merge(known, report)).toBe(known);
    }),
  );
});

test("R5 a frame that calls a resting order rejected never ends it by itself", () => {
  fc.assert(
    fc.property(arrivals, ([life, , arrived]) => {
      const seen = arrived.filter(({ source, exchangeOrderId }) => source.kind === "frame" && exchangeOrderId !== undefined);
      fc.pre(seen.length > 0);
      const known = knownFrom(seen);
      expect(known.end).not.toBe("rejected");
      if (life.truth.end === undefined) expect(known.doubt !== undefined).toBe(seen.some(({ status }) => status === "REJECTED"));
    }),
  );
});
