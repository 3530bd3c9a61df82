/** How a running copier stands: what `lockstep status` shows. Read only; a fold over the book and what the watch knows, nothing judged anew. */
import { type Book, type LeaderBook, leaderBook } from "../../domain/book/book.ts";
import type { AccountId } from "../../domain/identity.ts";
import { isOpen, wasRefused } from "../../domain/mirror/attempt.ts";
import { currentAttempt, filledUnits, given, isLive, type Mirror } from "../../domain/mirror/mirror.ts";
import { sameTerms } from "../../domain/order/terms.ts";
import { tradingDay, type UnixMs } from "../../domain/time.ts";
import type { VerdictCode } from "../../domain/verdict.ts";
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
}

export function statusOf({ book, budgetOf, standing, accounts, ...rest }: StatusSources): Status {
  return {
    ...rest,
    accounts: accounts.map((account) => ({ ...account, budget: budgetOf(account.name) })),
    copies: standing.map((copy) => ({ ...copy, mirrors: countsOf(book, copy, rest.now) })),
    inDoubt: inDoubt(book),
  };
}

function countsOf(book: Book, { leader, follower }: CopyStanding, now: UnixMs): MirrorCounts {
  const counts: Record<MirrorState, number> = { waiting: 0, inFlight: 0, inDoubt: 0, resting: 0, filled: 0, refused: 0, ended: 0 };
  const today = tradingDay(now);
  const leaders = leaderBook(book, leader.clientId);
  for (const mirror of book.followers.get(follower.clientId)?.mirrors.values() ?? []) {
    if (mirror.leader !== leader.clientId || (!isLive(mirror) && tradingDay(mirror.openedAt) !== today)) continue;
    counts[mirrorState(mirror, leaders)] += 1;
  }
  return counts;
}

/** No size came out. */
const UNSIZED: readonly VerdictCode[] = ["BELOW_ONE_LOT", "BELOW_MIN_LOTS", "FUNDS_UNREAD", "FUNDS_ZERO"];

export function mirrorState(mirror: Mirror, { orders }: Pick<LeaderBook, "orders">): MirrorState {
  const attempt = currentAttempt(mirror);
  if (attempt !== undefined && isOpen(attempt)) {
    const { placing, changing, cancelling, order } = attempt;
    if ((placing.state === "in-doubt" && order === undefined) || changing.state === "in-doubt") return "inDoubt";
    const isUnderWay = (placing.state === "in-flight" && order === undefined) || changing.state === "in-flight" || cancelling.state === "in-flight";
    return isUnderWay ? "inFlight" : "resting";
  }
  if (filledUnits(mirror) > 0) return "filled";
  const leader = orders.get(mirror.cause);
  const isRefusedEntry = mirror.refusedFor !== undefined && leader !== undefined && sameTerms(mirror.refusedFor, leader.known.terms);
  const isUnsized = attempt === undefined && UNSIZED.some((code) => given(mirror, code));
  if (isRefusedEntry || isUnsized || (attempt !== undefined && wasRefused(attempt))) return "refused";
  return attempt?.order?.end !== undefined || attempt?.placing.state === "unresolved" || leader?.known.end !== undefined ? "ended" : "waiting";
}
