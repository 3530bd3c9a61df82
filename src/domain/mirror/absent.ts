/** What to do when nothing of ours is open: place the first order, or the next where another may follow, or say why not. */
import type { LeaderOrder } from "../book/book.ts";
import { waitsForever } from "../order/family.ts";
import type { RefusalCode } from "../order/refusal.ts";
import { quantity } from "../quantity.ts";
import { unixMs } from "../time.ts";
import { verdict } from "../verdict.ts";
import { backoff, type Decision, later, refuse, WAIT } from "./decision.ts";
import { entrySizeOf } from "./entry.ts";
import { mayStandUnseen, placeForever } from "./forever.ts";
import { currentAttempt, filledUnits, given, isExit, type Mirror } from "./mirror.ts";
import { placeEntry } from "./place-entry.ts";
import { contractUnknown, placeExit } from "./place-exit.ts";
import type { Situation } from "./situation.ts";
import { exitBelowOneLot } from "./size-words.ts";
import type { MirrorSlice } from "./slices.ts";
import type { Target } from "./target.ts";

const UNSENT_BACKOFF_MS = 250;
const ACCOUNT_BACKOFF_MS = 500;
const ACCOUNT_BACKOFF_MAX_MS: Partial<Record<RefusalCode, number>> = { TOKEN_DEAD: 5_000, NO_ACCESS: 30_000 };

/** Nothing of ours is open: place the first order, or the next where another may follow. */
export function decideAbsent(mirror: MirrorSlice, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const missing = target.units - filledUnits(mirror);
  if (missing <= 0) return unsized(mirror, leader, target);
  const pause = untoldToday(mirror, leader) ?? pauseAfterUnsent(mirror, situation) ?? pauseOfAccount(mirror, situation);
  if (pause !== undefined) return pause;
  if (leader?.known.doubt?.about === "rejection" || (leader !== undefined && leader.known.end === "rejected" && leader.known.filled === 0)) return WAIT;
  const last = currentAttempt(mirror);
  if (mayStandUnseen(mirror)) return WAIT;
  if (leader !== undefined && waitsForever(leader.known)) return placeForever(mirror, last, leader, target, situation);
  const exitMissing = target.exit - mirror.exitFilled;
  if (exitMissing > 0 || mirror.role.role === "closing") return placeExit(mirror, last, leader, target, situation);
  return placeEntry(mirror, last, leader, quantity(missing), situation);
}

/**
 * The leader's after-market order is known from the evening before, and today nobody has told of it yet: the first reading of his book does, or,
 * at the open, the stream. Until then nothing is sent for it: he may have withdrawn it while nobody listened, and no book shows that any more (R24).
 */
function untoldToday(mirror: Mirror, leader: LeaderOrder | undefined): Decision | undefined {
  if (leader?.untoldSince === undefined) return undefined;
  const waits = verdict("ENTRY_WAITS", "the leader's after-market order is of the evening before, and his broker has not told of it today yet");
  return isExit(mirror) ? WAIT : { ...WAIT, verdicts: [{ verdict: waits, refuses: undefined }] };
}

/** What could not even be written may go again at once (R10), and then with growing pauses. After a 429 the whole account pauses (R21). */
function pauseAfterUnsent(mirror: Mirror, situation: Situation): Decision | undefined {
  const last = currentAttempt(mirror);
  if (last?.placing.state !== "not-sent") return undefined;
  const unsent = mirror.attempts.length - 1 - mirror.attempts.findLastIndex(({ placing }) => placing.state !== "not-sent" || placing.overLimit);
  if (unsent <= 1) return undefined;
  const again = later(last.placing.at, backoff(UNSENT_BACKOFF_MS, unsent - 1));
  return situation.now < again ? { ...WAIT, wakeAt: again } : undefined;
}

/**
 * The broker took the token for dead, or says that the account has no access, perhaps to this segment alone. That is no fault of the
 * order, and a new token may come at any moment, so it is tried every few seconds, for want of access every half minute, while the market
 * is open; what it is worth by then is judged anew (R14, R20). From a wrong address all orders share one try (`held.ts`).
 */
function pauseOfAccount(mirror: Mirror, { calendar, now }: Situation): Decision | undefined {
  const last = currentAttempt(mirror);
  if (last === undefined || last.placing.state !== "refused") return undefined;
  const { code, brokerSaid } = last.placing.refusal;
  const longestMs = ACCOUNT_BACKOFF_MAX_MS[code];
  if (longestMs === undefined) return undefined;
  const refusals = mirror.attempts.length - 1 - mirror.attempts.findLastIndex((one) => one.placing.state !== "refused" || one.placing.refusal.code !== code);
  const pauseMs = Math.min(backoff(ACCOUNT_BACKOFF_MS, refusals), longestMs);
  const again = unixMs(Math.max(later(last.placing.at, pauseMs), calendar.nextOpening(mirror.instrument.segment, now) ?? 0));
  if (now >= again) return undefined;
  const waits = verdict("ACCOUNT_UNABLE", `the account takes no orders: ${brokerSaid}; it is tried again`);
  return { ...WAIT, wakeAt: again, verdicts: [{ verdict: waits, refuses: undefined }] };
}

/** Nothing to send because the size came out as nothing: the reason is stored once (S35, R14). */
function unsized(mirror: MirrorSlice, leader: LeaderOrder | undefined, target: Target): Decision {
  if (leader === undefined || mirror.whole.nextAttempt > 0 || target.units > 0 || leader.known.end === "rejected") return WAIT;
  const { end, terms, filled } = leader.known;
  if (mirror.role.role === "exit" && mirror.role.exit.held === 0) {
    const nothing = verdict("NOTHING_TO_EXIT", `the leader reduces ${mirror.role.exit.leaderPosition} units of which nothing was copied here`);
    // Once his order is over, what is told of it late may show other terms, and is no change of his.
    return refuse(nothing, end !== undefined && given(mirror, "NOTHING_TO_EXIT") ? undefined : terms);
  }
  if (mirror.contract === undefined && (end === undefined || filled > 0)) return refuse(contractUnknown(mirror), terms);
  const small = exitBelowOneLot(mirror, leader);
  if (small !== undefined) return { ...WAIT, verdicts: [{ verdict: verdict("BELOW_ONE_LOT", small), refuses: undefined }] };
  // What ended before anything was sent counts as traded for what it had filled (R17).
  const size = entrySizeOf(mirror, end === undefined || end === "filled" ? terms.quantity : filled);
  if (size?.size !== "refused" || (end !== undefined && filled === 0)) return WAIT;
  return { ...WAIT, verdicts: [{ verdict: verdict(size.code, size.arithmetic), refuses: undefined }] };
}
