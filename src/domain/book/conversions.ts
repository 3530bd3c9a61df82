/**
 * Positions that are converted to another product, INTRADAY to MARGIN for instance: without an order and without a trade (reference 6.3), so that
 * no stream tells of it. What tells is a reading of the positions in which a contract has less of one product than is known, and more of another,
 * beside orders that explain neither (docs/conversions.md).
 *
 * Of a follower it is recorded which units of which copy are where: an exit goes out in the product that holds them (R15). Of a leader it is
 * recorded that he has converted something of a contract: from then on what he holds of it is one position.
 */
import type { ClientId } from "../identity.ts";
import { type InstrumentKey, instrumentText } from "../instrument.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { isNettedApart, neverEnters } from "../order/family.ts";
import { firstKnown, type KnownOrder } from "../order/known.ts";
import type { OrderReport, PositionReport } from "../order/report.ts";
import { type Contracted, direction, opposite, PRODUCTS, type Product } from "../order/terms.ts";
import type { Conversion, CopyConversion } from "../position/conversion.ts";
import { afterFill, flippedTo, heldAgainst, heldElsewhere, type Ledger, partsOf } from "../position/ledger.ts";
import { type Quantity, quantity } from "../quantity.ts";
import { unixMs } from "../time.ts";
import {
  type Book,
  copiesIn,
  type FollowerBook,
  followerBook,
  getOrAdd,
  type HoldingKey,
  holdingKey,
  inProduct,
  instrumentIn,
  type LeaderBook,
  leaderBook,
  splitHolding,
} from "./book.ts";
import { filledOfOrder, isKnownOrder } from "./leader-orders.ts";
import { keysPutAway, mirrorBack } from "./put-away.ts";

/** What the leader has converted, by a reading of his positions that has all the fills that are known. */
export function leaderConversions(book: Book, id: ClientId, read: readonly PositionReport[]): readonly Conversion[] {
  const { positions } = leaderBook(book, id);
  return movesIn(positions, read).map(({ contract, less, more, units }) => {
    const instrument = instrumentIn(inProduct(contract, less));
    const wasLong = (positions.get(inProduct(contract, less)) ?? 0) > 0 || (positions.get(inProduct(contract, more)) ?? 0) >= 0;
    return wasLong ? { instrument, from: less, to: more, units } : { instrument, from: more, to: less, units: -units };
  });
}

/**
 * What was converted before anybody knew of the position, by an order that was made meanwhile and rests: it is for more than he can have held in its
 * product, and another product holds what is lacking. Where nothing known explains that, no reading will ever tell whether it was converted; and if it was,
 * his way out would be copied as an entry. `read`: his positions as they were before what these orders tell for the first time.
 */
export function conversionsBehind(book: Book, id: ClientId, read: readonly PositionReport[], orders: readonly OrderReport[]): readonly Conversion[] {
  const leader = leaderBook(book, id);
  const held = new Map(read.map(({ instrument, product, net }) => [holdingKey(instrument, product), net]));
  const found: Conversion[] = [];
  const all = orders.map(firstKnown);
  for (const order of all) {
    const { orderId, instrument, terms, end } = order;
    const { side, product } = order.contracted;
    if (end !== undefined || isKnownOrder(leader, orderId) || isNettedApart(order.family) || neverEnters(order)) continue;
    if (leader.converted.has(instrumentText(instrument))) continue;
    const own = holdingKey(instrument, product);
    // With all that was traded the other way, whenever it was, and without what was over as he placed it: he can have held no more of it.
    const added = all.reduce((sum, other) => sum + sideOf(other, order) * (other.filled - filledOfOrder(leader, other.orderId)), 0);
    for (const another of PRODUCTS) {
      const elsewhere = holdingKey(instrument, another);
      const net = held.get(elsewhere) ?? 0;
      const unexplained = Math.min(heldAgainst(net, side), heldAgainst(net - (leader.positions.get(elsewhere) ?? 0), side));
      const units = Math.min(terms.quantity - Math.max(0, heldAgainst(held.get(own) ?? 0, side) + added), unexplained);
      if (another === product || units <= 0) continue;
      const signed = -direction(side) * units;
      held.set(own, (held.get(own) ?? 0) + signed);
      held.set(elsewhere, net - signed);
      found.push({ instrument, from: product, to: another, units: signed, toldBy: orderId });
    }
  }
  return found;
}

/**
 * What of all that he has converted came before this order: it has traded away more than was known to be held in its product, and that is what had been
 * brought there. Taken to have come later, that would leave him short there, and what he enters next in that product would seem to take it back. What came before
 * none yet is left: he would be short of it where it was.
 */
export function convertedBefore(
  leader: LeaderBook,
  conversions: readonly Conversion[],
  { orderId, instrument, family, contracted, filled }: OrderReport,
): { readonly came: readonly Conversion[]; readonly left: readonly Conversion[] } {
  const { side, product } = contracted;
  const own = holdingKey(instrument, product);
  const traded = isNettedApart(family) ? 0 : filled - filledOfOrder(leader, orderId);
  let beyond = Math.max(0, traded - heldAgainst(leader.positions.get(own) ?? 0, side));
  const came: Conversion[] = [];
  const left: Conversion[] = [];
  for (const one of conversions) {
    const units = holdingKey(one.instrument, one.to) === own ? Math.min(beyond, heldAgainst(one.units, side)) : 0;
    const signed = -direction(side) * units;
    beyond -= units;
    if (signed !== 0) came.push({ ...one, units: signed });
    if (signed !== one.units) left.push({ ...one, units: one.units - signed });
  }
  return { came, left };
}

/** What its fills did to the most that the leader can have held in the product of an order of his, as he placed that: they added to it, took from it, or neither. */
function sideOf(other: KnownOrder, { instrument, contracted: { side, product }, createdAt }: KnownOrder): 1 | 0 | -1 {
  if (isNettedApart(other.family) || holdingKey(other.instrument, other.contracted.product) !== holdingKey(instrument, product)) return 0;
  if (other.contracted.side !== side) return 1;
  return other.end !== undefined && other.updatedAt < createdAt ? -1 : 0;
}

/**
 * What of the copies at a follower has been converted. Of what the owner holds beside them his own units come first: it makes no difference to
 * the broker, and the copies' stay where their leaders' are. What neither holds any more, an exit of ours took out of the product in which it
 * was known to be, before this was read: it is the copies' as well (`crossed`). Undefined: nothing of a copied contract has been converted.
 */
export function followerConversions(book: Book, id: ClientId, read: readonly PositionReport[]): readonly CopyConversion[] | undefined {
  const follower = followerBook(book, id);
  const known = copiesIn(follower);
  for (const [holding, units] of follower.owners) known.set(holding, (known.get(holding) ?? 0) + units);
  const found: CopyConversion[] = [];
  // What is found is booked before the next is looked at: a trial, on books that nobody else sees.
  const ledgers = new Map([...follower.ledgers].map(([leader, its]) => [leader, new Map(its)]));
  const owners = new Map(follower.owners);
  let isAny = false;
  for (const { contract, less, more, units } of movesIn(known, read)) {
    isAny ||= [...ledgers.values()].some((its) => PRODUCTS.some((product) => its.has(inProduct(contract, product))));
    let left = units - takeOwners(owners, { contract, less, more, units });
    for (const share of [held, anything]) {
      for (const [leader, its] of ledgers) {
        for (const kept of PRODUCTS) {
          const ledger = its.get(inProduct(contract, kept));
          if (ledger === undefined || left === 0) continue;
          const part = Math.min(left, share(ledger, kept, { less, more }));
          if (part === 0) continue;
          left -= part;
          const instrument = instrumentIn(inProduct(contract, kept));
          const isLong = unitsIn(ledger, kept, less) > 0 || unitsIn(ledger, kept, more) >= 0;
          const conversion = isLong
            ? { leader, instrument, kept, from: less, to: more, units: part }
            : { leader, instrument, kept, from: more, to: less, units: -part };
          its.set(inProduct(contract, kept), converted(ledger, conversion));
          found.push(conversion);
        }
      }
    }
  }
  return isAny ? found : undefined;
}

/** What a ledger has of the units that are in `less` no more, or of the short ones that were in `more`. */
function held(ledger: Ledger, kept: Product, { less, more }: Pick<Move, "less" | "more">): number {
  return Math.max(0, unitsIn(ledger, kept, less), -unitsIn(ledger, kept, more));
}

function anything(): number {
  return Number.MAX_SAFE_INTEGER;
}

/**
 * What an account that copies into holds beside its copies, by a reading of its positions that has all the fills that are known: its copies are where that
 * reading says they are. Of an account that leads as well that is a leader's position: what it has copied is no order of his (R7).
 */
export function withoutCopies(book: Book, id: ClientId, read: readonly PositionReport[]): readonly PositionReport[] {
  const copies = copiesIn(followerBook(book, id));
  for (const { instrument, from, to, units } of followerConversions(book, id, read) ?? []) {
    const [left, gained] = [holdingKey(instrument, from), holdingKey(instrument, to)];
    copies.set(left, (copies.get(left) ?? 0) - units);
    copies.set(gained, (copies.get(gained) ?? 0) + units);
  }
  const own = new Map(read.map((position) => [holdingKey(position.instrument, position.product), position]));
  for (const [holding, units] of copies) {
    const position = own.get(holding) ?? { instrument: instrumentIn(holding), product: splitHolding(holding).product, net: 0 };
    own.set(holding, { ...position, net: position.net - units });
  }
  return [...own.values()];
}

/** How much of it is the owner's own, which is moved. */
function takeOwners(owners: Map<HoldingKey, number>, { contract, less, more, units }: Move): number {
  const [from, to] = [inProduct(contract, less), inProduct(contract, more)];
  const [long, short] = [owners.get(from) ?? 0, -(owners.get(to) ?? 0)];
  const own = Math.min(units, Math.max(0, long, short));
  owners.set(from, long - own);
  owners.set(to, own - short);
  return own;
}

function unitsIn(ledger: Ledger, kept: Product, product: Product): number {
  return partsOf(ledger, kept).find((part) => part.product === product)?.units ?? 0;
}

/** So many units fewer in one product of a contract, and more in another, than is known. */
interface Move {
  readonly contract: string;
  readonly less: Product;
  readonly more: Product;
  readonly units: number;
}

function movesIn(known: ReadonlyMap<HoldingKey, number>, read: readonly PositionReport[]): readonly Move[] {
  const differences = new Map<HoldingKey, number>();
  for (const { instrument, product, net } of read) differences.set(holdingKey(instrument, product), net);
  for (const [holding, units] of known) differences.set(holding, (differences.get(holding) ?? 0) - units);
  const moves: Move[] = [];
  for (const contract of new Set([...differences.keys()].map((holding) => splitHolding(holding).contract))) {
    const left = new Map(PRODUCTS.map((product) => [product, differences.get(inProduct(contract, product)) ?? 0]));
    for (const less of PRODUCTS) {
      for (const more of PRODUCTS) {
        const units = Math.min(-(left.get(less) ?? 0), left.get(more) ?? 0);
        if (units <= 0) continue;
        left.set(less, (left.get(less) ?? 0) + units);
        left.set(more, (left.get(more) ?? 0) - units);
        moves.push({ contract, less, more, units });
      }
    }
  }
  return moves;
}

function converted(ledger: Ledger, { kept, from, to, units }: Pick<CopyConversion, "kept" | "from" | "to" | "units">): Ledger {
  const without = from === kept ? ledger : heldElsewhere(ledger, from, -units);
  return to === kept ? without : heldElsewhere(without, to, units);
}

/** Part of the fold: these units of copies are in another product now. */
export function convertCopies(follower: FollowerBook, conversions: readonly CopyConversion[]): void {
  for (const conversion of conversions) {
    const its = getOrAdd(follower.ledgers, conversion.leader, () => new Map<HoldingKey, Ledger>());
    const holding = holdingKey(conversion.instrument, conversion.kept);
    its.set(holding, converted(its.get(holding) ?? { net: 0, flipped: 0 }, conversion));
  }
  // After all of them, because each was found beside the others.
  for (const { instrument } of conversions) exchangeCrossed(follower, instrument);
}

/** What a copy holds in two products on opposite sides: an exit was sent in the product that it had left. */
export function crossed(ledger: Ledger, kept: Product): { readonly short: Product; readonly long: Product; readonly units: number } | undefined {
  if (ledger.elsewhere === undefined) return undefined;
  const parts = partsOf(ledger, kept);
  const [short, long] = [parts.find(({ units }) => units < 0), parts.find(({ units }) => units > 0)];
  return short === undefined || long === undefined ? undefined : { short: short.product, long: long.product, units: Math.min(-short.units, long.units) };
}

/**
 * Part of the fold: what one ledger holds crosswise is exchanged for what another holds in the product that is short, or has short in the one that is
 * long. The broker knows one position of a product, in whose ledger ever it stands, and an exit by that other would open one. Neither becomes larger
 * or smaller by it. With the journal lost, an exit of a time when the leader's products were one is taken on for the product of his order, and may
 * have sold what is taken on for another (R11, R15).
 */
export function exchangeCrossed({ ledgers }: FollowerBook, instrument: InstrumentKey): void {
  const contract = instrumentText(instrument);
  const all = [...ledgers.values()].flatMap((its) =>
    PRODUCTS.flatMap((kept) => {
      const holding = inProduct(contract, kept);
      return its.has(holding) ? [{ its, kept, holding }] : [];
    }),
  );
  for (const one of all) {
    for (const other of all) {
      const [ledger, beside] = [one.its.get(one.holding), other.its.get(other.holding)];
      const cross = ledger === undefined ? undefined : crossed(ledger, one.kept);
      if (ledger === undefined || beside === undefined || cross === undefined) break;
      const { short, long } = cross;
      // Of itself nothing, because what it has there stands the other way about.
      const units = Math.min(cross.units, held(beside, other.kept, { less: short, more: long }));
      if (units === 0) continue;
      one.its.set(one.holding, converted(ledger, { kept: one.kept, from: long, to: short, units }));
      other.its.set(other.holding, converted(beside, { kept: other.kept, from: short, to: long, units }));
    }
  }
}

/**
 * Part of the fold, of an order that an earlier journal had sent in another product than the one that its leader order is kept under. What enters goes out
 * in the leader's: so this is an exit of a time when his products were one, which nobody knows any more (R11, R15). What it sold beyond all that its own
 * ledger holds it sold of what the same copy holds in that product: left there, it would be exited a second time.
 */
export function takeOfAnother(
  follower: FollowerBook,
  { leader, instrument, contracted }: Pick<Mirror, "leader" | "instrument"> & { readonly contracted: Pick<Contracted, "side" | "product"> },
  { units, product }: { readonly units: Quantity; readonly product: Product },
): void {
  const { side, product: kept } = contracted;
  const [own, another] = [holdingKey(instrument, kept), holdingKey(instrument, product)];
  const its = follower.ledgers.get(leader);
  const [ledger, beside] = [its?.get(own), its?.get(another)];
  if (its === undefined || ledger === undefined || beside === undefined || own === another) return;
  const beyond = heldAgainst(unitsIn(ledger, kept, product), opposite(side));
  const taken = quantity(Math.min(units, beyond, heldAgainst(unitsIn(beside, product, product), side), heldAgainst(beside.net, side)));
  if (taken === 0) return;
  const signed = direction(side) * taken;
  const flipped = ledger.flipped - direction(side) * Math.min(taken, heldAgainst(ledger.flipped, opposite(side)));
  its.set(own, heldElsewhere(flippedTo({ ...ledger, net: ledger.net - signed }, flipped), product, -signed));
  its.set(another, afterFill(beside, { side, units: taken, exitUnits: taken }));
}

/**
 * Part of the fold: the leader has converted something of a contract. All that he holds of it is kept under one product from now on, and so are
 * the mirrors of his orders and what the copies hold. Which product that is says nothing about where an order goes.
 */
export function joinProducts(book: Book, id: ClientId, { instrument, from }: Conversion): void {
  const leader = leaderBook(book, id);
  const contract = instrumentText(instrument);
  if (leader.converted.has(contract)) return;
  leader.converted.set(contract, from);
  for (const follower of book.followers.values()) join(follower, id, contract, from);
}

function join(follower: FollowerBook, leader: ClientId, contract: string, kept: Product): void {
  const isElsewhere = (mirror: Mirror): boolean =>
    mirror.leader === leader && mirror.contracted.product !== kept && instrumentText(mirror.instrument) === contract;
  // What is packed stands under its old name.
  for (const key of keysPutAway(follower, leader, isElsewhere)) mirrorBack(follower, key);
  for (const mirror of [...follower.mirrors.values()])
    if (isElsewhere(mirror)) follower.mirrors.set(mirror.key, { ...mirror, contracted: { ...mirror.contracted, product: kept } });
  const [under, others] = [inProduct(contract, kept), PRODUCTS.filter((product) => product !== kept)];
  const [keys, ledgers, left] = [follower.byHolding.get(leader), follower.ledgers.get(leader), follower.leftOver.get(leader)];
  for (const product of others) {
    const holding = inProduct(contract, product);
    const its = keys?.get(holding);
    if (keys !== undefined && its !== undefined) {
      const openedAt = (key: (typeof its)[number]): number => follower.mirrors.get(key)?.openedAt ?? 0;
      keys.set(
        under,
        [...(keys.get(under) ?? []), ...its].sort((a, b) => openedAt(a) - openedAt(b)),
      );
      keys.delete(holding);
    }
    const ledger = ledgers?.get(holding);
    if (ledgers !== undefined && ledger !== undefined) {
      ledgers.set(under, together(ledgers.get(under) ?? { net: 0, flipped: 0 }, { kept, ledger, product }));
      ledgers.delete(holding);
    }
    const over = left?.get(holding);
    if (left !== undefined && over !== undefined) {
      left.set(under, (left.get(under) ?? 0) + over);
      left.delete(holding);
    }
    const facts = follower.contracts.get(holding);
    if (facts !== undefined && !follower.contracts.has(under)) follower.contracts.set(under, facts);
  }
}

function together(into: Ledger, { kept, ledger, product }: { readonly kept: Product; readonly ledger: Ledger; readonly product: Product }): Ledger {
  const takenOn = (into.takenOn ?? 0) + (ledger.takenOn ?? 0);
  let sum = flippedTo({ ...into, net: into.net + ledger.net, takenOn }, into.flipped + ledger.flipped);
  for (const part of partsOf(ledger, product)) if (part.product !== kept) sum = heldElsewhere(sum, part.product, part.units);
  const [one, other] = [into.writtenOff, ledger.writtenOff];
  if (one === undefined || other === undefined) return other === undefined ? sum : { ...sum, writtenOff: other };
  return { ...sum, writtenOff: { units: one.units + other.units, at: unixMs(Math.max(one.at, other.at)) } };
}

/** Part of the fold, at the turn of the day: nothing is left of a contract that he had converted something of, so his products are told apart again. */
export function forgetConversions(book: Book, id: ClientId, leader: LeaderBook): void {
  for (const [contract, kept] of leader.converted) {
    const isHeld = PRODUCTS.some((product) => leader.positions.has(inProduct(contract, product)));
    const under = inProduct(contract, kept);
    const isCopied = [...book.followers.values()].some(
      ({ byHolding, ledgers }) => byHolding.get(id)?.has(under) === true || ledgers.get(id)?.has(under) === true,
    );
    if (!isHeld && !isCopied) leader.converted.delete(contract);
  }
}
