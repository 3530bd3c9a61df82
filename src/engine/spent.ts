/**
 * What the journal tells of the order budget (R21): when each account's order calls were settled, so that a restart does not
 * send into windows that the process before it has filled. A call without an answer may have arrived as late as the process
 * ended; it counts from the start.
 */
import type { ClientId } from "../domain/identity.ts";
import type { BookRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";

const DAY_MS = 86_400_000;

interface Calls {
  settled: UnixMs[];
  unanswered: number;
}

/** What the law allows in a second: more than that of the calls in a lost end of the journal does not matter when it is found out. */
export const A_SECONDS_CALLS = 10;

export class Spent {
  readonly #calls = new Map<ClientId, Calls>();
  /** Calls that a lost end of the journal may have told of, of whichever account. */
  #lost: readonly UnixMs[] = [];

  /** Takes note of a record, in the order of the journal. */
  observe(record: BookRecord): void {
    switch (record.type) {
      case "placement-intended":
      case "modification-intended":
      case "cancel-intended":
        this.#of(record.follower).unanswered += 1;
        return;
      case "request-answered": {
        const calls = this.#of(record.follower);
        calls.unanswered -= 1;
        // What was answered with 429 is not sent for the order's sake, and did arrive.
        if (record.result.outcome !== "not-sent" || record.stages?.wireMs !== undefined) calls.settled.push(record.at);
        // A week's journal is folded, and only its last day counts.
        if ((calls.settled[0] ?? record.at) < record.at - 2 * DAY_MS) calls.settled = calls.settled.filter((at) => at > record.at - DAY_MS);
        return;
      }
      case "journal-cut":
        this.#lost = Array.from({ length: Math.min(record.missing, A_SECONDS_CALLS) }, () => record.at);
        return;
      case "engine-started":
        for (const calls of this.#calls.values()) {
          calls.settled.push(...Array.from({ length: Math.max(0, calls.unanswered) }, () => record.at));
          calls.unanswered = 0;
        }
        return;
      default:
        return;
    }
  }

  /** When the slots of the last day were given back, rising, in wall time. */
  settledAt(follower: ClientId, now: UnixMs): readonly UnixMs[] {
    const { settled, unanswered } = this.#of(follower);
    const recent = [...settled, ...this.#lost].filter((at) => at > now - DAY_MS && at <= now).sort((a, b) => a - b);
    return [...recent, ...Array.from({ length: Math.max(0, unanswered) }, () => now)];
  }

  #of(follower: ClientId): Calls {
    const calls = this.#calls.get(follower) ?? { settled: [], unanswered: 0 };
    this.#calls.set(follower, calls);
    return calls;
  }
}
