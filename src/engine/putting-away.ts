/** Mirrors that are over leave the book a bundle at a time (docs/journal.md), where asking once more gives nothing either. */
import { type Book, followerBook } from "../domain/book/book.ts";
import { isSettled } from "../domain/book/over.ts";
import type { OrderId } from "../domain/identity.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import { isLookedFor } from "../domain/mirror/told-legs.ts";
import type { Clock } from "../domain/time.ts";
import type { Intake } from "./intake.ts";
import { type Judgement, waitsForNothing } from "./judgement.ts";
import type { Parties } from "./parties.ts";
import type { QuietMirrors } from "./quiet.ts";
import type { Recorder } from "./recorder.ts";

export interface PuttingAwayOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly intake: Intake;
  readonly judgement: Judgement;
  readonly quiet: QuietMirrors;
}

export class PuttingAway {
  readonly #options: PuttingAwayOptions;

  constructor(options: PuttingAwayOptions) {
    this.#options = options;
  }

  /** Some of the mirrors that are over and have been quiet, where asking once more gives nothing either. */
  take(): void {
    const { book, clock, recorder, quiet } = this.#options;
    const bundle = recorder.broken === undefined ? quiet.take(clock.elapsed()) : undefined;
    if (bundle === undefined) return;
    const { follower } = bundle;
    const away = bundle.keys.flatMap((key) => {
      const mirror = followerBook(book, follower).mirrors.get(key);
      if (mirror === undefined) return [];
      if (this.#isDone(mirror)) return [mirror];
      quiet.begin(follower, key, clock.elapsed());
      return [];
    });
    if (away.length === 0) return;
    const mirrors = away.map(({ key }) => key);
    recorder.record({ type: "mirrors-put-away", at: clock.now(), follower, mirrors, orders: away.flatMap(ordersOf) });
  }

  /** Of an account that waits for something (a token, the second reading of its books, its breaker) nobody is done. */
  #isDone(mirror: Mirror): boolean {
    const { book, clock, parties, intake, judgement } = this.#options;
    const { follower } = mirror;
    const copy = parties.copyOf(mirror);
    const waits = !intake.isProved(follower) || intake.unable(follower) !== undefined || followerBook(book, follower).breaker.state !== "closed";
    if (copy === undefined || waits || !isSettled(book, mirror)) return false;
    if (isLookedFor(book, mirror, { windowMs: copy.policy.basketWindowMs, now: clock.now() })) return false;
    const { decision } = judgement.of(mirror, copy);
    return waitsForNothing(decision) && decision.verdicts.length === 0 && decision.opens.length === 0;
  }
}

function ordersOf({ attempts }: Mirror): readonly OrderId[] {
  return attempts.flatMap(({ orderId }) => orderId ?? []);
}
