/**
 * In which order mirrors that are asked together are decided. Where not all of an account's mirrors may leave, or all of them are asked, an entry
 * among them takes no slot before a cancel or an exit (R21). Of legs that are to be entered together the bought ones go before the sold ones, in
 * the places that these have together.
 */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { orderOf } from "../domain/book/leader-orders.ts";
import type { ClientId } from "../domain/identity.ts";
import { currentAttempt, type MirrorKey } from "../domain/mirror/mirror.ts";
import { slicesAtMost } from "../domain/mirror/slice-count.ts";
import type { Clock } from "../domain/time.ts";
import { boughtFirst } from "./bought-first.ts";
import type { Decided, Judgement } from "./judgement.ts";
import type { Outbox } from "./outbox.ts";
import type { Parties } from "./parties.ts";

/** `by rank`: where mirrors are asked because of what they wait for and not of what was told, which may be any of them. */
export type Order = "as told" | "by rank";

/** A mirror whose turn it is, and what was decided to know its rank. */
export interface Turn {
  readonly key: MirrorKey;
  readonly follower: ClientId;
  readonly decided: Decided | undefined;
}

export interface TurnsOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly parties: Parties;
  readonly judgement: Judgement;
  readonly outboxes: ReadonlyMap<ClientId, Outbox>;
}

const ENTRY_RANK = 2;
const UNJUDGED = { decided: undefined, rank: ENTRY_RANK } as const;

export class Turns {
  readonly #options: TurnsOptions;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  inOrder(touched: readonly (readonly [MirrorKey, ClientId])[], order: Order): readonly Turn[] {
    // Mostly one of each account: none has another to go before.
    if (new Set(touched.map(([, id]) => id)).size === touched.length) return touched.map(([key, follower]) => ({ key, follower, decided: undefined }));
    const short = this.#shortOf(touched, order);
    const ranked = touched.map(([key, follower]) => ({ key, follower, ...(short.has(follower) ? this.#judged(key, follower) : UNJUDGED) }));
    return boughtFirst(short.size === 0 ? ranked : ranked.sort((a, b) => a.rank - b.rank), this.#options);
  }

  /** The accounts where an order that is taken first may keep another from leaving. */
  #shortOf(touched: readonly (readonly [MirrorKey, ClientId])[], order: Order): ReadonlySet<ClientId> {
    const { book, clock, outboxes } = this.#options;
    const short = new Set<ClientId>();
    for (const [follower, its] of Map.groupBy(touched, ([, id]) => id)) {
      const isClosed = followerBook(book, follower).breaker.state === "closed";
      const requests = its.reduce((sum, [key]) => sum + this.#slicesAtMost(follower, key), 0);
      const hasRoom = outboxes.get(follower)?.budget.hasRoomFor(requests, clock.elapsed()) ?? true;
      if (its.length > 1 && !(isClosed && hasRoom && order === "as told")) short.add(follower);
    }
    return short;
  }

  #slicesAtMost(follower: ClientId, key: MirrorKey): number {
    const { book } = this.#options;
    const mirror = followerBook(book, follower).mirrors.get(key);
    return mirror === undefined ? 1 : slicesAtMost(mirror, orderOf(leaderBook(book, mirror.leader), mirror.cause)?.known.terms.quantity ?? 0);
  }

  /** An entry for which the account has no access comes last of all, so that it is not the breaker's only try. */
  #judged(key: MirrorKey, follower: ClientId): { readonly decided: Decided | undefined; readonly rank: number } {
    const { book, parties, judgement } = this.#options;
    const mirror = followerBook(book, follower).mirrors.get(key);
    const copy = mirror === undefined ? undefined : parties.copyOf(mirror);
    if (mirror === undefined || copy === undefined) return UNJUDGED;
    const decided = judgement.of(mirror, copy);
    const { rank } = decided.decision;
    const last = currentAttempt(mirror)?.placing;
    const hasNoAccess = last?.state === "refused" && last.refusal.code === "NO_ACCESS";
    return { decided, rank: rank === ENTRY_RANK && hasNoAccess ? rank + 1 : rank };
  }
}
