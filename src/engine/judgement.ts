/** What the core says of a mirror as things stand: the one place where the engine asks it. */
import type { Book } from "../domain/book/book.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { decide } from "../domain/mirror/decide.ts";
import type { Decision } from "../domain/mirror/decision.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { Situation } from "../domain/mirror/situation.ts";
import type { Clock } from "../domain/time.ts";
import type { Intake } from "./intake.ts";
import type { Parties } from "./parties.ts";
import type { Recorder } from "./recorder.ts";

/** A decision, and after how many records it was taken: it is of the book as it was then. */
export interface Decided {
  readonly situation: Situation;
  readonly decision: Decision;
  readonly after: number;
}

export interface JudgementOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly parties: Parties;
  readonly intake: Intake;
  readonly recorder: Recorder;
}

export class Judgement {
  readonly #options: JudgementOptions;

  constructor(options: JudgementOptions) {
    this.#options = options;
  }

  of(mirror: Mirror, copy: Copy): Decided {
    const situation = this.#situation(copy);
    return { situation, decision: decide(mirror, situation), after: this.#options.recorder.applied };
  }

  /** What was decided stands as long as nothing has been recorded since. */
  stands(decided: Decided | undefined): decided is Decided {
    return decided?.after === this.#options.recorder.applied;
  }

  #situation(copy: Copy): Situation {
    const { book, clock, calendar, parties, intake } = this.#options;
    const { follower, policy } = copy;
    return {
      book,
      policy,
      limits: parties.account(follower).limits,
      now: clock.now(),
      calendar,
      booksProved: intake.isProved(follower),
      unable: intake.unable(follower),
    };
  }
}

/** Nothing is to be sent or read, now or at a moment that is known: no answer and no alarm asks for the next decision. */
export function waitsForNothing({ request, look, wakeAt }: Decision): boolean {
  return request === undefined && look === undefined && wakeAt === undefined;
}
