/**
 * What comes of what was told: for every mirror that it concerns the core is asked, facts and intents are made durable together, and what may
 * leave is sent. What may not yet waits in its account's outbox, and is asked again when there is room.
 */
import { type Book, followerBook, holdingKey, mirrorsOfHolding } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import type { Wanted } from "../domain/margin/cover.ts";
import { soldBeside } from "../domain/mirror/basket.ts";
import type { Rank, Request } from "../domain/mirror/decision.ts";
import { isLive, type Mirror, type MirrorKey } from "../domain/mirror/mirror.ts";
import type { MirrorOpened } from "../domain/records.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { Alarms } from "./alarms.ts";
import { adoptTold } from "./books.ts";
import { BudgetNotes } from "./budget-notes.ts";
import type { Dispatch } from "./dispatch.ts";
import type { FundsReads } from "./funds-reads.ts";
import type { Inbound } from "./inbox.ts";
import type { Intake } from "./intake.ts";
import { intended, isSaidOnLeaving } from "./intended.ts";
import { type Decided, type Judgement, waitsForNothing } from "./judgement.ts";
import type { MarginReads } from "./margin-reads.ts";
import type { Departing, Outbox } from "./outbox.ts";
import type { Note, Parties } from "./parties.ts";
import type { QuietMirrors } from "./quiet.ts";
import type { Reads } from "./reads.ts";
import type { Recorder } from "./recorder.ts";
import type { Intent } from "./sender.ts";
import { type Order, Turns } from "./turns.ts";

export interface ActingOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly intake: Intake;
  readonly judgement: Judgement;
  readonly dispatch: Dispatch;
  readonly outboxes: ReadonlyMap<ClientId, Outbox>;
  readonly quiet: QuietMirrors;
  readonly reads: Reads;
  readonly funds: FundsReads;
  readonly marginReads: MarginReads;
  readonly noted: (note: Note) => void;
  readonly post: (event: Inbound) => void;
}

/** Intents per append: with more followers than this, the first ones' requests leave before the last ones are decided. */
const CHUNK = 100;

export class Acting {
  readonly #options: ActingOptions;
  readonly #turns: Turns;
  /** When a mirror is to be looked at again, by the wall clock. */
  readonly #alarms: Alarms<MirrorKey>;
  /** When the budget of an account lets something go, in elapsed time. */
  readonly #pumps: Alarms<ClientId>;
  readonly #budgetNotes: BudgetNotes;

  constructor(options: ActingOptions) {
    this.#options = options;
    this.#turns = new Turns(options);
    this.#alarms = new Alarms(options.timers);
    this.#pumps = new Alarms(options.timers);
    this.#budgetNotes = new BudgetNotes(options);
  }

  /** Decides for each mirror, commits facts and intents in chunks, and sends. An order whose slices ask for less after its cancel goes behind the others. */
  act(touched: Iterable<readonly [MirrorKey, ClientId]>, arrived: number | undefined, order: Order = "as told"): void {
    const { dispatch } = this.#options;
    let intents: Intent[] = [];
    let turns = this.#turns.inOrder([...touched], order);
    while (turns.length > 0) {
      const behind: (readonly [MirrorKey, ClientId])[] = [];
      for (const { follower, key, decided } of turns) {
        const leaving = this.#decideAll(follower, key, arrived, decided);
        if (isMoreBehind(leaving)) behind.push([key, follower]);
        intents.push(...leaving);
        if (intents.length < CHUNK) continue;
        dispatch.commitAndSend(intents);
        intents = [];
      }
      turns = this.#turns.inOrder(behind, "by rank");
    }
    dispatch.commitAndSend(intents);
  }

  /** Lets go what waits, in order of rank, as far as the budget allows. */
  pump(follower: ClientId): void {
    const { outboxes, clock, dispatch } = this.#options;
    const outbox = outboxes.get(follower);
    if (outbox === undefined) return;
    const intents: Intent[] = [];
    const behind: (readonly [MirrorKey, ClientId])[] = [];
    for (let key = outbox.next(); key !== undefined && outbox.waitMs(clock.elapsed()) === 0; key = outbox.next()) {
      const leaving = this.#decideAll(follower, key, undefined);
      intents.push(...leaving);
      if (isMoreBehind(leaving)) behind.push([key, follower]);
      if (leaving.length === 0 && outbox.next() === key) break;
    }
    dispatch.commitAndSend(intents);
    this.act(behind, undefined, "by rank");
    this.#armPump(follower, outbox);
  }

  /** Nothing rings any more. */
  stop(): void {
    this.#alarms.clear();
    this.#pumps.clear();
  }

  /** The requests of all slices of its order that may leave now and are as urgent as the first of them. */
  #decideAll(follower: ClientId, key: MirrorKey, arrived: number | undefined, decided?: Decided): readonly Intent[] {
    const intents: Intent[] = [];
    let intent = this.#decideFor(follower, key, arrived, decided);
    while (intent !== undefined) {
      intents.push(intent);
      intent = intent.next === intent.rank ? this.#decideFor(follower, key, arrived) : undefined;
    }
    return intents;
  }

  #decideFor(follower: ClientId, key: MirrorKey, arrived: number | undefined, decided?: Decided): Intent | undefined {
    const { book, clock, parties, intake, judgement, recorder, dispatch, outboxes, quiet, reads } = this.#options;
    const mirror = followerBook(book, follower).mirrors.get(key);
    const outbox = outboxes.get(follower);
    const copy = mirror === undefined ? undefined : parties.copyOf(mirror);
    if (mirror === undefined || outbox === undefined || copy === undefined || !intake.isAdmitted(follower)) {
      outbox?.leave(key); // its day is over, and it is forgotten
      return undefined;
    }
    const { situation, decision } = judgement.stands(decided) ? decided : judgement.of(mirror, copy);
    for (const { verdict, refuses, keeps } of decision.verdicts) {
      // That an order was sent is said when it is sent.
      if (isSaidOnLeaving(verdict) && decision.request !== undefined) continue;
      recorder.record({ type: "verdict-given", at: situation.now, follower, mirror: key, verdict, refuses, keeps });
      // From now on it claims what it exits, and the exits beside it give way.
      if (verdict.code === "SQUARE_OFF_MISSED") this.#wakeHolding(mirror);
    }
    for (const opened of decision.opens) this.#open(opened);
    if (waitsForNothing(decision) && !isLive(mirror)) quiet.begin(follower, key, clock.elapsed());
    else quiet.end(follower, key);
    this.#setAlarm(mirror, decision.wakeAt);
    for (const look of [decision.look, ...(decision.others?.looks ?? [])]) if (look !== undefined) reads.look(follower, key, look);
    if (decision.wanted !== undefined) this.#want(follower, key, decision.wanted);
    if (decision.request === undefined) {
      outbox.leave(key);
      this.#budgetNotes.look(follower, outbox, clock.elapsed());
      return undefined;
    }
    if (!dispatch.mayLeave(decision.request, mirror)) {
      // It is decided anew when the journal can be written again.
      outbox.leave(key);
      return undefined;
    }
    const since = outbox.arrivedFor(key) ?? arrived;
    const departing = departingOf(decision.request, decision.rank, since);
    if (!outbox.takeSlot(key, departing, clock.elapsed())) {
      outbox.wait(key, departing);
      if (departing.isPlacement) outbox.goBefore(key, soldBeside(book, mirror, outbox.keys(), copy.policy.basketWindowMs));
      this.#armPump(follower, outbox);
      return undefined;
    }
    outbox.leave(key);
    for (const record of intended(mirror, decision, situation.now)) recorder.record(record);
    return { mirror, request: decision.request, decidedAt: clock.elapsed(), arrived: since, rank: decision.rank, next: decision.others?.next };
  }

  #want(follower: ClientId, key: MirrorKey, wanted: Wanted): void {
    const { funds, marginReads } = this.#options;
    if (wanted.wants === "funds") funds.want(follower, key);
    else if (!wanted.beside || !marginReads.isBusy(follower)) marginReads.want(follower, wanted.question, key);
  }

  /** A mirror that another gave cause to claims a part of what the exits beside it may sell, so all of them are looked at again. */
  #open(opened: MirrorOpened): void {
    const { book, parties, recorder } = this.#options;
    recorder.record(opened);
    adoptTold(book, (one) => recorder.record(one), opened, parties.account(opened.follower).limits);
    this.#wakeHolding({ ...opened, key: opened.mirror });
  }

  #wakeHolding({ key, leader, follower, instrument, contracted }: Pick<Mirror, "key" | "leader" | "follower" | "instrument" | "contracted">): void {
    const { book, post } = this.#options;
    const holding = holdingKey(instrument, contracted.product);
    for (const mirror of new Set([key, ...mirrorsOfHolding(followerBook(book, follower), leader, holding)])) post({ type: "wake", account: follower, mirror });
  }

  #armPump(follower: ClientId, outbox: Outbox): void {
    const { clock, post } = this.#options;
    this.#budgetNotes.look(follower, outbox, clock.elapsed());
    if (outbox.waiting === 0) return;
    const waitMs = outbox.waitMs(clock.elapsed());
    // It depends on an answer, and every answer pumps.
    if (waitMs === undefined) return;
    const at = clock.elapsed() + Math.max(1, waitMs);
    const armed = this.#pumps.at(follower);
    // An entry may wait for an hour to pass where an exit waits for a second.
    if (armed === undefined || armed > at) this.#pumps.set(follower, at, waitMs, () => post({ type: "pump", account: follower }));
  }

  #setAlarm({ key, follower }: Mirror, at: UnixMs | undefined): void {
    const { clock, post } = this.#options;
    if (this.#alarms.at(key) === at) return;
    if (at === undefined) this.#alarms.unset(key);
    else this.#alarms.set(key, at, at - clock.now(), () => post({ type: "wake", account: follower, mirror: key }));
  }
}

/** Whether other slices of the order that these are of have less urgent requests. */
function isMoreBehind(leaving: readonly Intent[]): boolean {
  return leaving.at(-1)?.next !== undefined;
}

/** A cancel that makes room leaves only when the order that takes the place could follow at once: a stop is missed until then. */
function departingOf(request: Request, rank: Rank, arrived: number | undefined): Departing {
  return { rank, isPlacement: request.request === "place", needs: request.request === "cancel" && request.purpose === "replaces" ? 2 : 1, arrived };
}
