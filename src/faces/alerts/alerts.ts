/**
 * What is not over, and when a word of it goes out: one for each cause, then none for a cool-down however often it happens, then one with
 * the count; and one when it is over. So a storm of a thousand refusals is two messages. Time comes from outside; nothing here sends.
 *
 * A cause is a code at an account and a copy. It has members, the leader's orders that it is about: it is over when the last of them is.
 */
import { type Clock, kolkataText, type Timers } from "../../domain/time.ts";
import type { AlertView, Notice, NoticeState } from "./alert.ts";
import type { Ending, RaisedRow } from "./rules.ts";

/** From one word about a cause to the next. */
export const COOL_DOWN_MS = { warning: 5 * 60_000, critical: 60_000 } as const;
/** How long something with nothing to be over is listed after the last time. */
export const LISTED_MS = { warning: 60 * 60_000, critical: 24 * 60 * 60_000 } as const;
/** Far more than accounts times codes of a family's copier; beyond it the oldest is let go. */
const CAUSES_MAX = 1_000;
const MEMBERS_MAX = 1_000;
/** Orders that one message names. */
const NAMED_MAX = 10;

/** Something that calls for an alert. */
export interface Happening {
  readonly rule: RaisedRow;
  readonly code: string;
  readonly account: string | undefined;
  readonly copy: string | undefined;
  /** The leader's order. */
  readonly order: string | undefined;
  readonly message: string;
}

interface Cause {
  readonly rule: RaisedRow;
  alert: AlertView;
  /** The leader's orders that it is about, newest last. */
  members: Set<string>;
  /** `quiet`: it was told to be over, and is kept so that it is not told again before the cool-down has passed. */
  state: "pending" | "held" | "told" | "quiet";
  /** Elapsed time; before all time while it was not. */
  toldAt: number;
  /** Happened since then, and by which orders. */
  untold: number;
  untoldOrders: Set<string>;
  wake: (() => void) | undefined;
}

export interface AlertsOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly told: (notice: Notice) => void;
}

export class Alerts {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #told: AlertsOptions["told"];
  readonly #causes = new Map<string, Cause>();

  constructor({ clock, timers, told }: AlertsOptions) {
    this.#clock = clock;
    this.#timers = timers;
    this.#told = told;
  }

  raise(happening: Happening): void {
    this.#letGoOfOld();
    const { rule } = happening;
    const key = `${happening.code} ${happening.account ?? ""} ${happening.copy ?? ""}`;
    const known = this.#causes.get(key);
    if (known === undefined && rule.afterMs === undefined) {
      const cover = this.#coverOf(happening);
      if (cover !== undefined) return this.#countAt(cover, 1);
    }
    const cause = known ?? this.#begin(key, happening);
    if (known !== undefined) this.#again(known, happening);
    if (happening.order !== undefined) this.#addMember(cause, happening.order);
    if (known === undefined) this.#tellFirst(cause);
  }

  /** Ends what is open with these codes at an account, with a word if it had been told. `why`: what ended it. */
  end(codes: readonly string[], account: string | undefined, why: string): void {
    for (const cause of this.#causes.values()) if (codes.includes(cause.alert.code) && cause.alert.account === account) this.#over(cause, why);
  }

  /** Ends it for the members of which that is true; it is over when none is left. */
  endMembers(code: string, { account, copy }: { readonly account: string; readonly copy: string }, isOver: (order: string) => boolean, why: string): void {
    const cause = this.#causes.get(`${code} ${account} ${copy}`);
    if (cause === undefined || !isOpen(cause)) return;
    for (const order of cause.members) if (isOver(order)) cause.members.delete(order);
    if (cause.members.size === 0) this.#over(cause, why);
  }

  /** The orders that an open cause is about; empty when it is not open. */
  membersOf(code: string, account: string, copy: string): ReadonlySet<string> {
    const cause = this.#causes.get(`${code} ${account} ${copy}`);
    return cause === undefined || !isOpen(cause) ? NOBODY : cause.members;
  }

  /** What is not over and was told, the oldest first. */
  open(): readonly AlertView[] {
    this.#letGoOfOld();
    const open = [...this.#causes.values()].filter(({ state }) => state === "told" || state === "held");
    return open.map(({ alert }) => alert).sort((a, b) => a.since - b.since);
  }

  /** Nothing is told any more of its own accord. */
  stop(): void {
    for (const cause of this.#causes.values()) cause.wake?.();
  }

  #begin(key: string, { rule, code, account, copy, order, message }: Happening): Cause {
    const now = this.#clock.now();
    const names = { ...(account === undefined ? {} : { account }), ...(copy === undefined ? {} : { copy }), ...(order === undefined ? {} : { order }) };
    const alert = { severity: rule.severity, code, ...names, message, since: now, lastAt: now, count: 1 };
    const cause: Cause = {
      rule,
      alert,
      members: new Set(),
      state: "pending",
      toldAt: Number.NEGATIVE_INFINITY,
      untold: 0,
      untoldOrders: new Set(),
      wake: undefined,
    };
    if (this.#causes.size >= CAUSES_MAX) this.#makeRoom();
    this.#causes.set(key, cause);
    return cause;
  }

  /** Something over goes first, then what has nothing to be over; the oldest of its kind. */
  #makeRoom(): void {
    const causes = [...this.#causes];
    const least = causes.find(([, { state }]) => state === "quiet") ?? causes.find(([, { rule }]) => rule.over === "none") ?? causes[0];
    if (least !== undefined) this.#forget(...least);
  }

  #tellFirst(cause: Cause): void {
    const { afterMs, over } = cause.rule;
    if (afterMs === undefined) return this.#tell(cause, "raised");
    this.#wakeIn(cause, Math.max(afterMs, this.#restMs(cause)), () => {
      const cover = this.#coverOf(cause);
      if (cover === undefined) this.#tell(cause, "raised");
      // What lasts may outlast the other's doing that it is, and is looked at again.
      else if (over !== "none") this.#tellFirst(cause);
      else {
        this.#countAt(cover, cause.alert.count);
        cause.state = "quiet";
      }
    });
  }

  /** Another's doing, without a word of its own. */
  #countAt(cover: Cause, times: number): void {
    cover.alert = { ...cover.alert, lastAt: this.#clock.now(), count: cover.alert.count + times };
  }

  #again(cause: Cause, { message, order }: Happening): void {
    const { alert, state } = cause;
    const isNew = state === "quiet";
    const now = this.#clock.now();
    const begun = isNew ? { since: now, count: 1 } : { count: alert.count + 1 };
    cause.alert = { ...alert, ...(order === undefined ? {} : { order }), message, lastAt: now, ...begun };
    if (isNew) {
      cause.state = cause.rule.afterMs === undefined ? "held" : "pending";
      cause.members = new Set();
    }
    this.#tellAgain(cause, order);
  }

  /** Told now, or with the others of its cool-down when that has passed. */
  #tellAgain(cause: Cause, order: string | undefined): void {
    if (cause.state === "pending") {
      if (cause.wake === undefined) this.#tellFirst(cause);
      return;
    }
    cause.untold += 1;
    if (order !== undefined) cause.untoldOrders.add(order);
    if (cause.wake !== undefined) return;
    const tell = (): void => this.#tell(cause, cause.state === "held" ? "raised" : "repeated");
    const restMs = this.#restMs(cause);
    if (restMs <= 0) tell();
    else this.#wakeIn(cause, restMs, tell);
  }

  /** What is left of the cool-down. */
  #restMs({ toldAt, alert }: Cause): number {
    return toldAt + COOL_DOWN_MS[alert.severity] - this.#clock.elapsed();
  }

  #wakeIn(cause: Cause, delayMs: number, fire: () => void): void {
    cause.wake?.();
    cause.wake = this.#timers.after(delayMs, () => {
      cause.wake = undefined;
      fire();
    });
  }

  #tell(cause: Cause, state: NoticeState): void {
    const { alert, untold, untoldOrders } = cause;
    const message = state === "repeated" ? `${alert.message} (${againWords(untold, untoldOrders)} since ${kolkataText(alert.since)})` : alert.message;
    cause.state = "told";
    cause.toldAt = this.#clock.elapsed();
    cause.untold = 0;
    cause.untoldOrders = new Set();
    this.#told({ state, at: this.#clock.now(), alert: { ...alert, message } });
  }

  #over(cause: Cause, why: string): void {
    if (!isOpen(cause)) return;
    const { alert, state } = cause;
    cause.wake?.();
    cause.wake = undefined;
    cause.untold = 0;
    cause.untoldOrders = new Set();
    const now = this.#clock.now();
    cause.state = "quiet";
    cause.alert = { ...alert, lastAt: now };
    if (state !== "told") return;
    this.#told({ state: "over", at: now, alert: { ...alert, message: `${why}; it lasted ${lasted(now - alert.since)}. It was: ${alert.message}` } });
  }

  /** The open cause, of the same account or of all, that this one comes of. */
  #coverOf(of: { readonly rule: RaisedRow; readonly account?: string | undefined } | Cause): Cause | undefined {
    const account = "alert" in of ? of.alert.account : of.account;
    const { under = [] } = of.rule;
    if (under.length === 0) return undefined;
    const codes: readonly string[] = under;
    const isHere = (cause: Cause): boolean => cause.alert.account === undefined || cause.alert.account === account;
    return [...this.#causes.values()].find((cause) => cause !== of && isOpen(cause) && isHere(cause) && codes.includes(cause.alert.code));
  }

  #addMember(cause: Cause, order: string): void {
    cause.members.delete(order);
    cause.members.add(order);
    const [oldest] = cause.members;
    if (cause.members.size > MEMBERS_MAX && oldest !== undefined) cause.members.delete(oldest);
  }

  /** What has nothing to be over is not listed for ever, and what is over is remembered for the cool-down only. */
  #letGoOfOld(): void {
    const now = this.#clock.now();
    for (const [key, cause] of this.#causes) {
      const { severity, lastAt } = cause.alert;
      if (cause.wake !== undefined) continue;
      const keptMs = cause.state === "quiet" ? COOL_DOWN_MS[severity] : LASTING.has(cause.rule.over) ? undefined : LISTED_MS[severity];
      if (keptMs !== undefined && now - lastAt >= keptMs) this.#forget(key, cause);
    }
  }

  #forget(key: string, cause: Cause): void {
    cause.wake?.();
    this.#causes.delete(key);
  }
}

/** What ends for certain one day, and is listed until then. */
const LASTING: ReadonlySet<Ending> = new Set(["told", "accepted", "resumed", "hedged"]);
const NOBODY: ReadonlySet<string> = new Set();

function isOpen({ state }: Cause): boolean {
  return state !== "quiet";
}

function againWords(times: number, orders: ReadonlySet<string>): string {
  const named = [...orders].slice(-NAMED_MAX);
  const more = orders.size > named.length ? ` and ${orders.size - named.length} others` : "";
  return `${times} more${named.length === 0 ? "" : `, orders ${named.join(", ")}${more}`}`;
}

/** `2 h 5 min`, `40 s`. */
function lasted(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
