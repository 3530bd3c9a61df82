/**
 * Whether the copier has done its part for now: it knows everything that the exchange knows, and has nothing in its hands. The script
 * goes on then, so that a slow machine plays the same day as a fast one. This paces the demonstration and proves nothing: what became
 * true is read from the simulator's books.
 */

import { type Book, followerBook, leaderBook } from "../../domain/book/book.ts";
import { filledPutAway } from "../../domain/book/leader-orders.ts";
import { copyFilledPutAway } from "../../domain/book/ways.ts";
import { orderId } from "../../domain/identity.ts";
import type { Attempt } from "../../domain/mirror/attempt.ts";
import { currentAttempts } from "../../domain/mirror/mirror.ts";
import type { KnownOrder } from "../../domain/order/known.ts";
import { normalised, sameTerms, type Terms } from "../../domain/order/terms.ts";
import { isFinal, type Order } from "../../simulator/exchange/order.ts";
import type { Simulator } from "../../simulator/simulator.ts";
import type { Copier } from "../copier.ts";
import { CLIENT_IDS, FOLLOWERS, LEADER, type Player } from "./players.ts";

/** `held`: accounts whose new orders are kept in TRANSIT, of which nothing can be known yet. */
export function isSettled(copier: Copier, simulator: Simulator, held: ReadonlySet<Player>): boolean {
  return unsettled(copier, simulator, held) === undefined;
}

/** What is not settled yet, in words. */
export function unsettled(copier: Copier, simulator: Simulator, held: ReadonlySet<Player>): string | undefined {
  const { engine } = copier;
  if (engine.inFlight > 0) return `${engine.inFlight} requests are in flight`;
  for (const player of [LEADER, ...FOLLOWERS] as const) {
    const client = CLIENT_IDS[player];
    const waiting = engine.waitingAt(client);
    if (waiting > 0) return `${waiting} requests wait at ${player}`;
    const unknown = simulator.exchange.ledger
      .books(client)
      ?.orders()
      .find((order) => !isUnderstood(engine.book, player, order, held));
    if (unknown !== undefined) return `${player}'s order ${unknown.orderId} is ${unknown.status}, and the copier has another picture of it`;
    if (player !== LEADER && hasOpenQuestions(engine.book, player)) return `an answer of ${player}'s broker is not recorded yet`;
  }
  return undefined;
}

function isUnderstood(book: Book, player: Player, order: Order, held: ReadonlySet<Player>): boolean {
  if (order.status === "TRANSIT") return held.has(player);
  const id = orderId(order.orderId);
  const account = CLIENT_IDS[player];
  const putAway = player === LEADER ? filledPutAway(leaderBook(book, account), id) : copyFilledPutAway(followerBook(book, account), id);
  if (putAway !== undefined) return isFinal(order.status) && putAway === order.filled;
  const known = player === LEADER ? book.leaders.get(CLIENT_IDS[LEADER])?.orders.get(id)?.known : knownCopy(book, player, order);
  if (known === undefined || known.filled !== order.filled) return false;
  // A tie of a copy's own order is nothing to the copier: its terms are what it sent (R2).
  if (known.doubt !== undefined && (player === LEADER || known.doubt.about === "rejection")) return false;
  if (isFinal(order.status)) return known.end !== undefined;
  return known.end === undefined && (known.triggered || known.doubt !== undefined || sameTerms(asItRests(known.terms, order), normalised(order.terms)));
}

/** A book that was read while the order was in TRANSIT shows it at the market: that it rests at a limit is then the broker's doing, and no news (R2). */
function asItRests(known: Terms, { terms }: Order): Terms {
  return known.type === "MARKET" && terms.type === "LIMIT" ? { ...known, type: terms.type, price: terms.price } : known;
}

function knownCopy(book: Book, player: Player, order: Order): KnownOrder | undefined {
  const follower = book.followers.get(CLIENT_IDS[player]);
  const id = orderId(order.orderId);
  const key = follower?.byOrder.get(id);
  const mirror = key === undefined ? undefined : follower?.mirrors.get(key);
  return mirror?.attempts.find((attempt) => attempt.orderId === id)?.order;
}

function hasOpenQuestions(book: Book, player: Player): boolean {
  for (const mirror of book.followers.get(CLIENT_IDS[player])?.mirrors.values() ?? []) {
    if (currentAttempts(mirror).some(isOpenQuestion)) return true;
  }
  return false;
}

function isOpenQuestion({ placing, changing, cancelling }: Attempt): boolean {
  return placing.state === "in-flight" || placing.state === "in-doubt" || changing.state !== "none" || cancelling.state === "in-flight";
}
