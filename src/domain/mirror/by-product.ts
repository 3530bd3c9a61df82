/**
 * In which product an order of a mirror goes out (R15). An entry: in the leader's. An exit: in the product in which the follower holds what it
 * exits, which is another where he has converted some of it, and no more of it than is held there; so an exit of what lies in two products is
 * two orders, each a slice of its own. One that rests in a product that holds it no more would open a position when it fills: it is cancelled,
 * or made smaller, and what takes its place, a new order or the growth of another, waits until that is confirmed. So does what enters for what the
 * copy still holds the other way in another product: filled first it would stand beside it (docs/conversions.md).
 */
import type { Book, LeaderOrder } from "../book/book.ts";
import type { Product } from "../order/terms.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { type Attempt, isOpen, mayFillUnits } from "./attempt.ts";
import { copiedAgainst, copiedIn, type InProduct } from "./copied.ts";
import { currentAttempts, isExit, type Mirror } from "./mirror.ts";
import { filledIn, isEntryUnsent, largest, SLICES_MAX } from "./slice-count.ts";

/** Where the parts of a mirror belong. */
export interface Places {
  /** Of what it enters. */
  readonly entry: Product;
  /** Of what it exits, and how much of that is held in each; of one that rests, as far as those that execute leave it. */
  readonly exits: readonly InProduct[];
  /** What of that the other exits beside it leave; of one that rests, all: it is an alternative of theirs. */
  readonly free: readonly InProduct[];
}

/** Undefined: all its orders are in the product under which it is kept, and were, as nearly always. One that has been divided by product stays so: each order keeps its slice. */
export function placesOf(
  book: Book,
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  left: (exits: readonly InProduct[]) => Pick<Places, "exits" | "free">,
): Places | undefined {
  if (!isExit(mirror)) return undefined;
  const kept = mirror.contracted.product;
  const entry = leader?.known.contracted.product ?? kept;
  const exits = copiedIn(book, mirror);
  const wasElsewhere = mirror.attempts.some((attempt) => attempt.product !== kept);
  if (exits.length === 1 && !wasElsewhere && (mirror.role.role !== "reverse" || entry === kept)) return undefined;
  return { entry, ...left(exits) };
}

/**
 * Another product than this, in which the copy still holds what an order of this side reduces: what enters in this one would stand beside it. What
 * stands crosswise already and is nothing in all is not exited by any order, and holds up none.
 */
export function heldBeside(book: Book, mirror: Mirror, product: Product): Product | undefined {
  if (copiedAgainst(book, mirror) === 0) return undefined;
  return copiedIn(book, mirror).find((part) => part.product !== product && part.units > 0)?.product;
}

export function whyBeside(beside: Product, product: Product): string {
  return `what is held in ${beside} is not out yet, and this would open a position in ${product} beside it`;
}

/** What one slice is to become beyond what it has filled. */
export interface Division {
  readonly slice: number;
  readonly product: Product;
  readonly exit: Quantity;
  readonly entry: Quantity;
}

/** What a mirror lacks, divided over the orders that stand and those that are to come. */
export function divideByProduct(mirror: Mirror, missing: { readonly exit: Quantity; readonly entry: Quantity }, places: Places): readonly Division[] {
  const kept = mirror.contracted.product;
  const had = mirror.attempts.reduce((most, { slice }) => Math.max(most, slice + 1), 0);
  const open = new Map(currentAttempts(mirror).flatMap((attempt) => (isOpen(attempt) ? [[attempt.slice, attempt] as const] : [])));
  const rooms = new Map(places.exits.map(({ product, units }): [Product, number] => [product, units]));
  const free = new Map(places.free.map(({ product, units }): [Product, number] => [product, units]));
  const left = { exit: missing.exit as number, entry: missing.entry as number };
  // What waited for an exit enters by an order of its own, because none follows one that has filled (R17).
  const isUnsent = isEntryUnsent(mirror, places.entry);
  const through = new Map(currentAttempts(mirror).flatMap((attempt) => (attempt.order?.end === "filled" ? [[attempt.slice, attempt] as const] : [])));
  const isBeside = places.exits.some(({ product, units }) => product !== places.entry && units > 0);
  const divisions = new Map<number, Division>();
  const give = (slice: number, product: Product, most: number, has = 0): Division => {
    const fits = less(largest(mirror), filledIn(mirror, slice) + has);
    const exit = quantity(Math.min(left.exit, most, fits));
    // One order both gets out and enters, as the leader's does, where nothing else is left to get out of; otherwise another enters.
    const mayEnter = product === places.entry && ((left.exit === exit && (exit === 0 || !isBeside)) || open.has(slice));
    const entry = quantity(mayEnter ? Math.min(left.entry, fits - exit) : 0);
    rooms.set(product, (rooms.get(product) ?? 0) - exit);
    free.set(product, Math.max(0, (free.get(product) ?? 0) - exit));
    left.exit -= exit;
    left.entry -= entry;
    return { slice, product, exit, entry };
  };
  const standing = [...open].sort(([a], [b]) => a - b);
  const room = (product: Product): number => rooms.get(product) ?? 0;
  let over = 0;
  for (const [slice, attempt] of standing) {
    // It keeps what it has of what is held there.
    const division = give(slice, attempt.product, Math.min(mayFillUnits(attempt), room(attempt.product)));
    divisions.set(slice, division);
    over += overhang(attempt, division);
  }
  // Until that is gone it may still fill, and then nothing is to be sent in its place, nor made larger.
  left.exit = Math.max(0, left.exit - over);
  for (const [slice, { product }] of standing) {
    const { exit, entry } = divisions.get(slice) ?? NOTHING;
    // It grows by no more than the others leave.
    const more = give(slice, product, Math.min(free.get(product) ?? 0, room(product)), exit + entry);
    divisions.set(slice, { slice, product, exit: quantity(exit + more.exit), entry: quantity(entry + more.entry) });
  }
  for (let slice = 0; slice < SLICES_MAX && (slice < Math.max(1, had) || left.exit > 0 || left.entry > 0); slice += 1) {
    if (divisions.has(slice)) continue;
    const filled = isUnsent && left.exit === 0 ? through.get(slice) : undefined;
    if (filled !== undefined) {
      divisions.set(slice, { slice, product: filled.product, ...NOTHING });
      continue;
    }
    const { product, most } = nextPlace(mirror, left, { places, rooms, free, kept });
    const division = give(slice, product, most);
    divisions.set(slice, division);
    if (slice >= had && division.exit === 0 && division.entry === 0) break;
  }
  return [...divisions.values()].sort((a, b) => a.slice - b.slice);
}

const NOTHING = { exit: NONE, entry: NONE } as const;

function overhang(attempt: Attempt, { exit, entry }: Division): number {
  return Math.max(0, mayFillUnits(attempt) - exit - entry);
}

interface Offer {
  readonly places: Places;
  /** What is not given to a slice yet. */
  readonly rooms: ReadonlyMap<Product, number>;
  /** What of that the other exits leave. */
  readonly free: ReadonlyMap<Product, number>;
  readonly kept: Product;
}

/** Where the next order goes, and how much of it at most: first what nobody else has a claim to. */
function nextPlace(
  mirror: Mirror,
  left: { readonly exit: number; readonly entry: number },
  { places, rooms, free, kept }: Offer,
): { readonly product: Product; readonly most: number } {
  if (left.exit === 0) return { product: left.entry > 0 ? places.entry : kept, most: 0 };
  for (const [product, units] of free) {
    const most = Math.min(units, rooms.get(product) ?? 0);
    if (most > 0) return { product, most };
  }
  for (const [product, most] of rooms) if (most > 0) return { product, most };
  // What two alternatives filled too much is closed where they were, whatever is known of that (R16).
  return { product: kept, most: mirror.role.role === "closing" ? left.exit : 0 };
}
