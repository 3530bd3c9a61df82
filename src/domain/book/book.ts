/**
 * Everything that is known, folded from the journal: the leaders' orders and positions, the followers' mirrors and ledgers.
 *
 * The maps are changed in place by `apply` and by nothing else; everything in them is immutable. Whoever holds a book
 * reads it, and hands records to `apply`.
 */

import type { CorrelationStem } from "../correlation.ts";
import { type Breaker, CLOSED } from "../guards/breaker.ts";
import type { HaltWord } from "../halt/halt.ts";
import { type ClientId, type CorrelationId, type OrderId, securityId } from "../identity.ts";
import { type Contract, type InstrumentKey, instrumentText, type Segment } from "../instrument.ts";
import type { MoneyReading } from "../margin/funds.ts";
import type { MarginQuote } from "../margin/quote.ts";
import { noReservations, type Reservations } from "../margin/reservations.ts";
import type { Mirror, MirrorKey } from "../mirror/mirror.ts";
import type { KnownOrder } from "../order/known.ts";
import type { ForeverOrder, StandingKey, StandingOrder } from "../order/standing.ts";
import { PRODUCTS, type Product, type Side } from "../order/terms.ts";
import { EMPTY_LEDGER, type Ledger, partsOf } from "../position/ledger.ts";
import type { Quantity } from "../quantity.ts";
import type { Millionths } from "../sizing/carry.ts";
import type { TradingDay, UnixMs } from "../time.ts";
import { type Glances, noGlances } from "./glances.ts";
import type { Packed } from "./packed.ts";
import type { Shelf } from "./shelf.ts";

/** One contract in one product, as text: positions are kept per product (reference 6.2). */
export type HoldingKey = string & { readonly holding: unique symbol };

export function holdingKey(instrument: InstrumentKey, product: Product): HoldingKey {
  const known = holdingKeys.get(instrument);
  const its = known ?? {};
  if (known === undefined) holdingKeys.set(instrument, its);
  its[product] ??= inProduct(instrumentText(instrument), product);
  return its[product];
}

/** As the texts of the instruments are kept, and for the same reason. */
const holdingKeys = new WeakMap<InstrumentKey, Partial<Record<Product, HoldingKey>>>();

/** The contract of a holding, as text, and the product. */
export function splitHolding(holding: HoldingKey): { readonly contract: string; readonly product: Product } {
  const at = holding.lastIndexOf(":");
  return { contract: holding.slice(0, at), product: holding.slice(at + 1) as Product };
}

export function instrumentIn(holding: HoldingKey): InstrumentKey {
  const [segment = "", id = "", expiry = "-"] = holding.split(":");
  return { segment: segment as Segment, securityId: securityId(id), expiry: expiry === "-" ? undefined : expiry };
}

export function inProduct(contract: string, product: Product): HoldingKey {
  return `${contract}:${product}` as HoldingKey;
}

/** Whether its contract expired before this day: the position has ended without a trade, and the id may be another contract's by now (R24). */
export function hasExpired(holding: HoldingKey, day: TradingDay): boolean {
  const [, , expiry = "-"] = holding.split(":");
  return expiry !== "-" && expiry < day;
}

export interface LeaderOrder {
  readonly known: KnownOrder;
  /** A fill of it brought the leader's position to zero, or through it. */
  readonly flattened: boolean;
  /** Units by which its fills had reduced the leader's position when they were told, whatever has filled since. Absent: by none. */
  readonly reduced?: number;
  /** When it was seen to have ended, on our clock. */
  readonly endedAt: UnixMs | undefined;
  /** An after-market order of which nobody has told anything since the day turned then: whether he has withdrawn it in the night is not known (R24). */
  readonly untoldSince?: UnixMs;
}

export interface LeaderBook {
  /** His positions were read: the account leads. */
  isRead: boolean;
  /** But for those that are put away: `leader-orders.ts` knows both. */
  readonly orders: Map<OrderId, LeaderOrder>;
  readonly away: OrdersPutAway;
  /** Signed units, in the products in which he holds them. */
  readonly positions: Map<HoldingKey, number>;
  /**
   * Contracts of which he has converted something to another product, and the product under which all that he does in them is kept since: what
   * he holds is one position, in whatever products (docs/conversions.md).
   */
  readonly converted: Map<string, Product>;
  /** The mirrors of each of these orders. */
  readonly mirrors: Map<OrderId, MirrorAddress[]>;
  /** What waits at his broker for a price or a condition, or has lately ended and is listed still. */
  readonly standing: Map<StandingKey, StandingOrder>;
  /** Orders that were sent for a forever order of his, and the number of that. */
  readonly fired: Map<OrderId, OrderId>;
}

/** Orders of his that are over, in few bytes (`leader-orders.ts`). */
export interface OrdersPutAway {
  readonly bundles: Bundles<PackedOrder>;
  /** What each of them had filled. */
  readonly orders: Glances;
}

export interface PackedOrder {
  readonly order: LeaderOrder;
  readonly mirrors: readonly MirrorAddress[];
}

export interface MirrorAddress {
  readonly follower: ClientId;
  readonly key: MirrorKey;
}

/** Mirrors that are over, in few bytes (`put-away.ts`). What must be known of them at a glance stands beside: the ways to them (`ways.ts`), and what their exits took. */
export interface PutAway {
  readonly bundles: Bundles<PackedMirror>;
  /** By what the keys of one leader's begin with. */
  readonly mirrors: Map<string, MirrorsOfLeader>;
  /** What each of their orders had filled: after its end nothing else of an order changes (R1). */
  readonly orders: Glances;
  /** What their exits have taken, by leader; of each when its last order was over (NaN: none was ever sent), and signed units. */
  readonly exits: Map<ClientId, Map<HoldingKey, number[]>>;
  /** By exits: the entries that it has withdrawn something from, where they are put away as well. They come back together (R14). */
  readonly entries: Map<MirrorKey, readonly MirrorKey[]>;
}

export interface MirrorsOfLeader {
  readonly leader: ClientId;
  /** By their causes. */
  readonly causes: Glances;
}

/** What was put away together, packed (`bundles.ts`). */
export interface Bundle<T> extends Packed<T> {
  readonly at: UnixMs;
  /** How many of it are put away still. */
  left: number;
}

export interface Bundles<T> {
  readonly byNumber: Map<number, Bundle<T>>;
  next: number;
}

export interface PackedMirror {
  readonly mirror: Mirror;
  /** It stood among the mirrors of its holding. */
  readonly isInHolding: boolean;
  /** What it has left over while it stands there (`rounding: carry`); while it is away that stands with the holding. */
  readonly left: Millionths;
}

export interface PastExit {
  readonly side: Side;
  /** When its last order was over; undefined when none was ever sent. */
  readonly endedAt: UnixMs | undefined;
  readonly units: Quantity;
}

/** Leader, holding, side, price and second, as text. */
export type SiblingKey = string & { readonly siblings: unique symbol };

/** What the leader may have sent as slices of one order, in the order in which they were sized. */
export interface Siblings {
  /** When he ordered them: a whole second of the broker's. */
  readonly second: UnixMs;
  readonly mirrors: readonly MirrorKey[];
}

export interface FollowerBook {
  /** But for those that are put away. */
  readonly mirrors: Map<MirrorKey, Mirror>;
  readonly away: PutAway;
  /** But for those that are put away: `ways.ts` knows both. */
  readonly byOrder: Map<OrderId, MirrorKey>;
  readonly byCorrelation: Map<CorrelationId, MirrorKey>;
  /** But for those that are put away. */
  readonly byStem: Map<CorrelationStem, MirrorKey>;
  /**
   * Per leader, because copies into one follower keep separate books. Not by the name of the copy, which a person can change:
   * what was copied stays copied (R9).
   */
  readonly ledgers: Map<ClientId, Map<HoldingKey, Ledger>>;
  /** Mirrors of each leader that concern a holding, in the order in which they were opened. */
  readonly byHolding: Map<ClientId, Map<HoldingKey, MirrorKey[]>>;
  /** Under `rounding: carry`, what the orders that are over have left over of what the copy should have (`mirror/carried.ts`). */
  readonly leftOver: Map<ClientId, Map<HoldingKey, Millionths>>;
  /** The mirrors of the last minute, by what makes the leader's orders slices of one (`mirror/siblings.ts`). */
  readonly siblings: Map<SiblingKey, Siblings>;
  /** What the owner holds by his own trades, signed units, in the products in which he holds them. */
  readonly owners: Map<HoldingKey, number>;
  /** Orders that were sent for a forever order of ours, and the number of that. */
  readonly fired: Map<OrderId, OrderId>;
  /** The forever orders that wait in the account and are not ours; undefined: not read since the start. */
  standing: readonly ForeverOrder[] | undefined;
  /** When they were read for the first time with this journal, or since its end was lost, and the leaders' before: of what came earlier what was lost may know more (R11). */
  standingSince: UnixMs | undefined;
  /** Orders that were sent for a forever order older than that, which is not known to be ours: what was lost may have placed it (R11). */
  readonly unclaimed: Set<OrderId>;
  /** Orders that are not ours, so that their fills are counted once. */
  readonly foreign: Map<OrderId, KnownOrder>;
  /** Those of them that are open and bear our mark: sent by a part of the journal that was lost, or by another copier (R11, R12). */
  readonly unexplained: Map<OrderId, KnownOrder>;
  /** Contracts of which an order of a copy may have filled with nobody to tell of it, since the account's positions were read last (`untold.ts`). */
  readonly untold: Set<string>;
  /** The facts of contracts that were copied, by what of them is held: enough to exit by when nobody tells them any more. */
  readonly contracts: Map<HoldingKey, Contract>;
  /** Exits whose last order was refused: entries of the account wait until they are through (R14). */
  readonly refusedExits: Set<MirrorKey>;
  /** Whether the account's entries are let go, by what its broker has lately answered (R22). */
  breaker: Breaker;
  /** The account's money as it was read last since the start, where anything is decided by it. */
  funds: MoneyReading | undefined;
  /** What of it is promised to orders that the reading does not know. */
  readonly reservations: Reservations;
  /** What the broker's calculator said today, by question. */
  readonly quotes: Map<string, MarginQuote>;
}

export interface Book {
  readonly leaders: Map<ClientId, LeaderBook>;
  readonly followers: Map<ClientId, FollowerBook>;
  startedAt: UnixMs | undefined;
  /** When the journal began. */
  begunAt: UnixMs | undefined;
  /** The trading day that the open orders belong to; undefined before the first start. */
  day: TradingDay | undefined;
  /** After-market orders that were made since then are for a session to come; undefined before the first turn of the day. */
  afterMarketFrom: UnixMs | undefined;
  /** How far back the leaders' books were taken when the journal began. */
  leadersSince: UnixMs | undefined;
  /** What is over is put away, and leaves at the turn of the day; or nothing ever does, for whoever wants to tell of earlier days. */
  readonly keeps: "what-lives" | "everything";
  /** What is put away is packed at once; or, while a journal is folded, when many wait for it, because the turn of their day may come first (`packing.ts`). */
  packs: "at-once" | "later";
  /** Where it lies; undefined: in memory. */
  shelf: Shelf | undefined;
  /** Which copies open nothing (R23). */
  halts: readonly HaltWord[];
}

export function emptyBook(keeps: Book["keeps"] = "what-lives"): Book {
  return { ...UNTOLD, leaders: new Map(), followers: new Map(), keeps, shelf: undefined };
}

/** What no record has told yet, beside the accounts. */
const UNTOLD = {
  startedAt: undefined,
  begunAt: undefined,
  day: undefined,
  afterMarketFrom: undefined,
  leadersSince: undefined,
  halts: [],
  packs: "at-once",
} as const;

/** As it was before the first record: for a fold that begins again. */
export function emptied(book: Book): void {
  Object.assign(book, UNTOLD);
  book.leaders.clear();
  book.followers.clear();
  book.shelf?.clear();
}

export function leaderBook(book: Book, leader: ClientId): LeaderBook {
  return getOrAdd(book.leaders, leader, emptyLeaderBook);
}

function emptyLeaderBook(): LeaderBook {
  return {
    isRead: false,
    orders: new Map(),
    away: { bundles: noBundles(), orders: noGlances() },
    positions: new Map(),
    converted: new Map(),
    mirrors: new Map(),
    standing: new Map(),
    fired: new Map(),
  };
}

export function followerBook(book: Book, follower: ClientId): FollowerBook {
  return getOrAdd(book.followers, follower, emptyFollowerBook);
}

function emptyFollowerBook(): FollowerBook {
  return {
    mirrors: new Map(),
    away: { bundles: noBundles(), mirrors: new Map(), orders: noGlances(), exits: new Map(), entries: new Map() },
    byOrder: new Map(),
    byCorrelation: new Map(),
    byStem: new Map(),
    ledgers: new Map(),
    byHolding: new Map(),
    leftOver: new Map(),
    siblings: new Map(),
    owners: new Map(),
    fired: new Map(),
    standing: undefined,
    standingSince: undefined,
    unclaimed: new Set(),
    foreign: new Map(),
    unexplained: new Map(),
    untold: new Set(),
    contracts: new Map(),
    refusedExits: new Set(),
    breaker: CLOSED,
    funds: undefined,
    reservations: noReservations(),
    quotes: new Map(),
  };
}

function noBundles<T>(): Bundles<T> {
  return { byNumber: new Map(), next: 0 };
}

/** The product under which an order of the leader's is kept: its own, but in a contract of which he has converted something. */
export function keptUnder({ converted }: LeaderBook, instrument: InstrumentKey, product: Product): Product {
  return converted.size === 0 ? product : (converted.get(instrumentText(instrument)) ?? product);
}

/** His signed units of a contract: in this product, or in all of them where he has converted something. */
export function positionOf(leader: LeaderBook, instrument: InstrumentKey, product: Product): number {
  return positionIn(leader, holdingKey(instrument, product));
}

export function positionIn({ converted, positions }: LeaderBook, holding: HoldingKey): number {
  if (converted.size === 0) return positions.get(holding) ?? 0;
  const { contract } = splitHolding(holding);
  if (!converted.has(contract)) return positions.get(holding) ?? 0;
  return PRODUCTS.reduce((sum, product) => sum + (positions.get(inProduct(contract, product)) ?? 0), 0);
}

/** What the copies hold in each product, in whose ledgers ever it stands. Signed units. */
export function copiesIn({ ledgers }: Pick<FollowerBook, "ledgers">): Map<HoldingKey, number> {
  const held = new Map<HoldingKey, number>();
  for (const its of ledgers.values()) {
    for (const [holding, ledger] of its) {
      const { contract, product: kept } = splitHolding(holding);
      for (const { product, units } of partsOf(ledger, kept)) {
        const key = inProduct(contract, product);
        if (units !== 0) held.set(key, (held.get(key) ?? 0) + units);
      }
    }
  }
  return held;
}

export function ledgerOf(follower: FollowerBook, leader: ClientId, holding: HoldingKey): Ledger {
  return follower.ledgers.get(leader)?.get(holding) ?? EMPTY_LEDGER;
}

export function mirrorsOfHolding(follower: FollowerBook, leader: ClientId, holding: HoldingKey): readonly MirrorKey[] {
  return follower.byHolding.get(leader)?.get(holding) ?? [];
}

export function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
