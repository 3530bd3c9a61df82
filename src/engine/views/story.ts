/**
 * The story of one leader order, as the journal tells it: what was seen of it, and for each copy what was decided, sent,
 * answered and reported. Read only, and beside a running copier; nothing here judges anything again.
 */
import { unreachable } from "../../domain/assert.ts";
import { type Book, emptyBook, type FollowerBook } from "../../domain/book/book.ts";
import { compareFills, type FillComparison } from "../../domain/fills/comparison.ts";
import { type Fills, fillsOf } from "../../domain/fills/execution.ts";
import { withTrades } from "../../domain/fills/trades.ts";
import { type ClientId, type CopyId, correlationId, type OrderId, orderId } from "../../domain/identity.ts";
import type { Attempt } from "../../domain/mirror/attempt.ts";
import type { Mirror, MirrorKey } from "../../domain/mirror/mirror.ts";
import { causingOrder } from "../../domain/mirror/own-cause.ts";
import type { KnownOrder } from "../../domain/order/known.ts";
import { legOfOrderId } from "../../domain/order/plan.ts";
import type { TradeReport } from "../../domain/order/report.ts";
import type {
  BookRecord,
  CancelIntended,
  FollowerRecord,
  LeaderRecord,
  ModificationIntended,
  PlacementIntended,
  RequestAnswered,
} from "../../domain/records.ts";
import type { Journal } from "../ports/journal.ts";
import { fold } from "../recorder.ts";
import { type StandingStory, standingStoryOf } from "./standing-story.ts";

export interface Story {
  /** The leader's order. */
  readonly order: OrderId;
  readonly leader: ClientId;
  /** What is known of it in the end; undefined when nothing of it was ever understood. */
  readonly known: KnownOrder | undefined;
  /** Its reports, and the frames about it that could not be understood, as they came. */
  readonly seen: readonly LeaderRecord[];
  /** The executions of the leader's order. */
  readonly fills: Fills;
  readonly copies: readonly CopyStory[];
}

export interface CopyStory {
  readonly copy: CopyId;
  readonly follower: ClientId;
  /** Everything that was recorded of the copy, and of what closed an excess of it (R16) or exited an orphan (R18), in order. */
  readonly records: readonly FollowerRecord[];
  readonly requests: readonly StoryRequest[];
  /** Each order that was placed or adopted for it, as it stands in the end. */
  readonly orders: readonly StoryOrder[];
  /** What the follower's copies of the order were filled at against the leader's; undefined while one of the two has no fill. */
  readonly comparison: FillComparison | undefined;
}

/** A request, and what became of it. No answer: it is in flight, or the process ended before one was recorded. */
export interface StoryRequest {
  readonly intent: PlacementIntended | ModificationIntended | CancelIntended;
  readonly answer: RequestAnswered | undefined;
}

export interface StoryOrder {
  readonly attempt: Attempt;
  /** It bore our mark and was not sent by this journal (R11). */
  readonly adopted: boolean;
  readonly fills: Fills;
}

export type StoryResult =
  | { readonly found: "story"; readonly story: Story }
  /** A forever or conditional order of a leader's. */
  | { readonly found: "standing"; readonly story: StandingStory }
  /** It stands in a follower's book, and was placed by somebody else. */
  | { readonly found: "owners-order"; readonly account: ClientId }
  | { readonly found: "nothing" };

/** `wanted` is a leader's order number; or the order number or correlation id of a copy, which leads to the same story. */
export function storyOf(journal: Pick<Journal, "read">, wanted: string): StoryResult {
  const book = emptyBook("everything"); // of whatever day the order is
  fold(book, journal);
  const order = leaderOrderBehind(book, wanted) ?? foreverBehind(book, wanted) ?? orderId(wanted);
  const mirrors = mirrorsOf(book, order);
  const told = new Map<string, FollowerRecord[]>(mirrors.map((mirror) => [addressOf(mirror), []]));
  const seen: LeaderRecord[] = [];
  for (const { record } of journal.read()) {
    const known = record as unknown as BookRecord; // the journal holds what the recorder wrote, and the fold above has read it
    if (isAbout(known, order)) seen.push(known);
    else tell(known, book, told);
  }
  const [first] = seen;
  if (first === undefined) {
    const standing = standingStoryOf(
      book,
      [...journal.read()].map(({ record }) => record as unknown as BookRecord),
      wanted,
    );
    return standing === undefined ? ownersOrNothing(book, orderId(wanted)) : { found: "standing", story: standing };
  }
  const known = book.leaders.get(first.leader)?.orders.get(order)?.known;
  const fills = fillsOf(known, tradesIn(seen, order));
  return { found: "story", story: { order, leader: first.leader, known, seen, fills, copies: copyStories(mirrors, told, { order, fills }) } };
}

/** The leader's forever order that has fired this order of his. */
function foreverBehind(book: Book, text: string): OrderId | undefined {
  for (const { fired } of book.leaders.values()) {
    const order = fired.get(orderId(text));
    if (order !== undefined) return order;
  }
  return undefined;
}

/** The leader order that a copy was made of; undefined when the text names no copy. */
function leaderOrderBehind(book: Book, text: string): OrderId | undefined {
  for (const follower of book.followers.values()) {
    const key = follower.byOrder.get(orderId(text)) ?? follower.byCorrelation.get(correlationId(text));
    const cause = key === undefined ? undefined : follower.mirrors.get(key)?.cause;
    if (cause === undefined) continue;
    const order = causingOrder(cause);
    return order === undefined ? cause : leaderOrderBehind(book, order);
  }
  return undefined;
}

/** The mirrors of a leader order and of its legs, and those that close an excess of them or exit an orphan. */
function mirrorsOf(book: Book, order: OrderId): readonly Mirror[] {
  const all = [...book.followers.values()].flatMap(({ mirrors }) => [...mirrors.values()]);
  const copies = all.filter(({ cause }) => cause === order || legOfOrderId(cause)?.of === order);
  const orders = new Set(copies.flatMap(({ attempts }) => attempts.map((attempt) => attempt.orderId)));
  const isTheirs = (mirror: Mirror): boolean => {
    const order = causingOrder(mirror.cause);
    return order !== undefined && orders.has(order);
  };
  return [...copies, ...all.filter(isTheirs)];
}

function isAbout(record: BookRecord, order: OrderId): record is LeaderRecord {
  if (record.type === "leader-order-reported") return record.report.orderId === order || record.report.leg?.of === order;
  if (record.type === "leader-forever-fired") return record.order === order;
  return (record.type === "leader-frame-refused" || record.type === "leader-trades-read" || record.type === "leader-order-lacked") && record.order === order;
}

/** Adds the record to the mirror that it belongs to, if that is one of these. */
function tell(record: BookRecord, book: Book, told: ReadonlyMap<string, FollowerRecord[]>): void {
  switch (record.type) {
    case "leader-order-reported":
    case "leader-positions-read":
    case "leader-frame-refused":
    case "leader-trades-read":
    case "leader-order-lacked":
    case "leader-standing-reported":
    case "leader-standing-gone":
    case "leader-forever-fired":
    case "follower-standing-read":
    case "engine-started":
    case "day-turned":
    case "journal-cut":
    case "operator-halted":
    case "operator-resumed":
    case "entries-halted":
    case "follower-positions-read":
    case "follower-funds-read":
    case "margin-quoted":
    case "mirrors-put-away":
      return;
    case "follower-order-reported": {
      const key = mirrorOfReport(book.followers.get(record.follower), record.report);
      if (key !== undefined) told.get(addressOf({ follower: record.follower, key }))?.push(record);
      return;
    }
    case "follower-order-lacked":
    case "follower-trades-read": {
      const key = book.followers.get(record.follower)?.byOrder.get(record.order);
      if (key !== undefined) told.get(addressOf({ follower: record.follower, key }))?.push(record);
      return;
    }
    case "order-adopted":
    case "follower-forever-fired":
    case "verdict-given":
    case "mirror-opened":
    case "placement-intended":
    case "modification-intended":
    case "cancel-intended":
    case "request-answered":
    case "look-answered":
      told.get(addressOf({ follower: record.follower, key: record.mirror }))?.push(record);
      return;
    default:
      return unreachable(record);
  }
}

function mirrorOfReport(
  follower: FollowerBook | undefined,
  report: Extract<FollowerRecord, { type: "follower-order-reported" }>["report"],
): MirrorKey | undefined {
  const byCorrelation = report.correlationId === undefined ? undefined : follower?.byCorrelation.get(report.correlationId);
  return follower?.byOrder.get(report.leg?.of ?? report.orderId) ?? byCorrelation;
}

function addressOf({ follower, key }: Pick<Mirror, "follower" | "key">): string {
  return `${follower} ${key}`;
}

/** One for each copy; an order of our own is part of the story of its copy, and no copy of the leader's to compare with. */
function copyStories(
  mirrors: readonly Mirror[],
  told: ReadonlyMap<string, readonly FollowerRecord[]>,
  leader: { readonly order: OrderId; readonly fills: Fills },
): readonly CopyStory[] {
  const stories = new Map<string, CopyStory>();
  for (const mirror of mirrors) {
    const { copy, follower } = mirror;
    const records = told.get(addressOf(mirror)) ?? [];
    const adopted = new Set(records.flatMap((record) => (record.type === "order-adopted" ? [record.report.orderId] : [])));
    const orders = mirror.attempts.map((attempt) => ({
      attempt,
      adopted: attempt.orderId !== undefined && adopted.has(attempt.orderId),
      fills: fillsOf(attempt.order, attempt.orderId === undefined ? [] : tradesIn(records, attempt.orderId)),
    }));
    const executions = orders.flatMap((order) => order.fills.executions);
    const comparison = mirror.cause === leader.order ? compareFills(leader.fills.executions, executions, mirror.contracted.side) : undefined;
    const earlier = stories.get(`${follower} ${copy}`) ?? { copy, follower, records: [], requests: [], orders: [], comparison: undefined };
    stories.set(`${follower} ${copy}`, {
      copy,
      follower,
      records: [...earlier.records, ...records].sort((a, b) => a.at - b.at),
      requests: [...earlier.requests, ...requestsIn(records)],
      orders: [...earlier.orders, ...orders],
      comparison: earlier.comparison ?? comparison,
    });
  }
  return [...stories.values()];
}

/** The trades of one order, over all readings of its trade book. */
function tradesIn(records: readonly BookRecord[], order: OrderId): readonly TradeReport[] {
  return records.reduce<readonly TradeReport[]>((trades, record) => {
    const isIts = (record.type === "leader-trades-read" || record.type === "follower-trades-read") && record.order === order;
    return isIts ? withTrades(trades, record.trades) : trades;
  }, []);
}

/** Each intent with its answer: of one order, or one leg of it, requests of one kind are answered in the order in which they were sent (R3). */
function requestsIn(records: readonly FollowerRecord[]): readonly StoryRequest[] {
  const answers = new Map<string, RequestAnswered[]>();
  for (const record of records) {
    if (record.type !== "request-answered") continue;
    const name = `${record.request} ${record.attempt} ${record.leg ?? ""}`;
    answers.set(name, [...(answers.get(name) ?? []), record]);
  }
  return records.flatMap((record) => {
    const kind = requestOf(record);
    return kind === undefined ? [] : [{ intent: kind.intent, answer: answers.get(`${kind.request} ${kind.intent.attempt} ${legIn(kind.intent)}`)?.shift() }];
  });
}

/** As `RequestAnswered` has it. */
function legIn(intent: StoryRequest["intent"]): string {
  return intent.type === "cancel-intended" && intent.leg !== undefined && intent.leg !== "entry" ? intent.leg : "";
}

function requestOf(record: FollowerRecord): { readonly request: RequestAnswered["request"]; readonly intent: StoryRequest["intent"] } | undefined {
  switch (record.type) {
    case "placement-intended":
      return { request: "placement", intent: record };
    case "modification-intended":
      return { request: "modification", intent: record };
    case "cancel-intended":
      return { request: "cancel", intent: record };
    default:
      return undefined;
  }
}

function ownersOrNothing(book: Book, order: OrderId): StoryResult {
  for (const [account, { foreign }] of book.followers) if (foreign.has(order)) return { found: "owners-order", account };
  return { found: "nothing" };
}
