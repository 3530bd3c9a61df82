/** How a running copier stands: what `lockstep status` shows. Read only; a fold over the book and what the watch knows, nothing judged anew. */

import { type Book, type LeaderBook, type LeaderOrder, leaderBook } from "../../domain/book/book.ts";
import { outcomesPutAway } from "../../domain/book/put-away.ts";
import type { AccountId, ClientId } from "../../domain/identity.ts";
import { type Attempt, isOpen, refusalOf, wasRefused } from "../../domain/mirror/attempt.ts";
import { currentAttempts, isLive, isRefusedFor, type Mirror } from "../../domain/mirror/mirror.ts";
import { outcomeOf } from "../../domain/mirror/outcome.ts";
import { isAccountRefusal } from "../../domain/order/refusal.ts";
import { type StandingOrder, waits } from "../../domain/order/standing.ts";
import { tradingDay, type UnixMs } from "../../domain/time.ts";
import type { AccountView } from "../account-watch.ts";
import type { BudgetView } from "../budget-view.ts";
import type { CopyStanding } from "../command.ts";
import { type InDoubt, inDoubt } from "./in-doubt.ts";

/** One word for each mirror. `waiting`: it is to be sent, and has not left. `resting`: the broker has it. `filled`: over, with a fill. */
export const MIRROR_STATES = ["waiting", "inFlight", "inDoubt", "resting", "filled", "refused", "ended"] as const;
export type MirrorState = (typeof MIRROR_STATES)[number];
export type MirrorCounts = Readonly<Record<MirrorState, number>>;

export interface StatusSources {
  readonly book: Book;
  readonly now: UnixMs;
  readonly version: string;
  /** When this process began. */
  readonly startedAt: UnixMs;
  /** Why it is not ready; empty: it is. */
  readonly reasons: readonly string[];
  readonly journal: JournalView;
  readonly accounts: readonly AccountView[];
  /** Undefined for an account that only leads. */
  readonly budgetOf: (account: AccountId) => BudgetView | undefined;
  readonly standing: readonly CopyStanding[];
}

export interface JournalView {
  readonly path: string;
  readonly records: number;
  /** Why it can't be written; undefined: it can. */
  readonly broken: string | undefined;
}

export interface CopyStatus extends CopyStanding {
  /** Of the mirrors that were opened today or are still open. */
  readonly mirrors: MirrorCounts;
}

export interface Status extends Omit<StatusSources, "book" | "budgetOf" | "standing" | "accounts"> {
  readonly accounts: readonly (AccountView & { readonly budget: BudgetView | undefined })[];
  readonly copies: readonly CopyStatus[];
  readonly inDoubt: readonly InDoubt[];
  /** What waits at the leaders' brokers and at no follower's. */
  readonly waiting: readonly { readonly leader: ClientId; readonly order: StandingOrder }[];
}

export function statusOf({ book, budgetOf, standing, accounts, ...rest }: StatusSources): Status {
  return {
    ...rest,
    accounts: accounts.map((account) => ({ ...account, budget: budgetOf(account.name) })),
    copies: standing.map((copy) => ({ ...copy, mirrors: countsOf(book, copy, rest.now) })),
    inDoubt: inDoubt(book),
    waiting: [...new Set(standing.map(({ leader }) => leader.clientId))].flatMap((leader) => {
      const orders = [...(book.leaders.get(leader)?.standing.values() ?? [])];
      return orders.filter(waits).map((order) => ({ leader, order }));
    }),
  };
}

function countsOf(book: Book, { leader, follower }: CopyStanding, now: UnixMs): MirrorCounts {
  const counts: Record<MirrorState, number> = { waiting: 0, inFlight: 0, inDoubt: 0, resting: 0, filled: 0, refused: 0, ended: 0 };
  const today = tradingDay(now);
  const leaders = leaderBook(book, leader.clientId);
  const its = book.followers.get(follower.clientId);
  for (const { outcome, at } of its === undefined ? [] : outcomesPutAway(its, leader.clientId)) if (tradingDay(at) === today) counts[outcome] += 1;
  for (const mirror of its?.mirrors.values() ?? []) {
    if (mirror.leader !== leader.clientId || (!isLive(mirror) && tradingDay(mirror.openedAt) !== today)) continue;
    counts[mirrorState(mirror, leaders)] += 1;
  }
  return counts;
}

export function mirrorState(mirror: Mirror, { orders }: Pick<LeaderBook, "orders">): MirrorState {
  const open = currentAttempts(mirror).filter(isOpen);
  const leader = orders.get(mirror.cause);
  if (open.length === 0) return isHeldUp(mirror, leader) ? "waiting" : outcomeOf(mirror, leader);
  if (open.some(isInDoubt)) return "inDoubt";
  return open.some(isUnderWay) ? "inFlight" : "resting";
}

/** The account takes no orders, for its token or its address: it is tried again, and is refused for good only by what is decided then. */
function isHeldUp(mirror: Mirror, leader: LeaderOrder | undefined): boolean {
  const last = currentAttempts(mirror);
  const isWanted = leader !== undefined && (leader.known.end === undefined || leader.known.end === "filled") && !isRefusedFor(mirror, leader.known.terms);
  return isWanted && last.length > 0 && last.every((attempt) => wasRefused(attempt) && isAccountRefusal(refusalOf(attempt).code));
}

function isInDoubt({ placing, changing, order }: Attempt): boolean {
  return (placing.state === "in-doubt" && order === undefined) || changing.state === "in-doubt";
}

function isUnderWay({ placing, changing, cancelling, order }: Attempt): boolean {
  return (placing.state === "in-flight" && order === undefined) || changing.state === "in-flight" || cancelling.state === "in-flight";
}
