/** Asks the broker's calculator what a sale or a future needs: one question of an account at a time for the same order, and only when one is asked (reference 6.6, 6.7). */
import { getOrAdd } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { type MarginQuestion, questionKey } from "../domain/margin/quote.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { Clock } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { Parties } from "./parties.ts";

const BESIDE_MAX = 4;

export interface MarginReadsOptions {
  readonly parties: Parties;
  readonly clock: Clock;
  readonly post: (event: Inbound) => void;
}

export class MarginReads {
  readonly #options: MarginReadsOptions;
  /** Who waits for each answer that is under way, of each account. */
  readonly #waiting = new Map<ClientId, Map<string, Set<MirrorKey>>>();

  constructor(options: MarginReadsOptions) {
    this.#options = options;
  }

  /** So many questions of the account are under way that one which nobody waits for would only delay others, and the end of the process. */
  isBusy(account: ClientId): boolean {
    return (this.#waiting.get(account)?.size ?? 0) >= BESIDE_MAX;
  }

  /** A question that fails is asked again when the mirror asks again. */
  want(account: ClientId, question: MarginQuestion, mirror: MirrorKey): void {
    const name = questionKey(question);
    const waiting = getOrAdd(this.#waiting, account, () => new Map<string, Set<MirrorKey>>());
    const isAsked = waiting.has(name);
    getOrAdd(waiting, name, () => new Set<MirrorKey>()).add(mirror);
    if (isAsked) return;
    const { parties, clock, post } = this.#options;
    const asked = clock.now();
    void parties
      .account(account)
      .broker.marginFor(question)
      .then((read) => {
        const mirrors = [...(waiting.get(name) ?? [])];
        waiting.delete(name);
        if (read.ok) post({ type: "quoted", account, question, paise: read.value, asked, mirrors });
      });
  }
}
