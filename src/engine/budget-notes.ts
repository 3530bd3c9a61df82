/** Says once when orders of an account wait for a minute, an hour or a day of its budget to pass, and once when none does any more (R21). */
import type { ClientId } from "../domain/identity.ts";
import type { Outbox } from "./outbox.ts";
import type { Note, Parties } from "./parties.ts";

/** What waits for less is not worth a word: a second of the budget is over before anybody could act. */
const LONG_MS = 10_000;

export interface BudgetNotesOptions {
  readonly parties: Parties;
  readonly noted: (note: Note) => void;
}

export class BudgetNotes {
  readonly #parties: Parties;
  readonly #noted: (note: Note) => void;
  readonly #told = new Set<ClientId>();

  constructor({ parties, noted }: BudgetNotesOptions) {
    this.#parties = parties;
    this.#noted = noted;
  }

  /** Something has come to wait at this account, or has stopped. */
  look(follower: ClientId, outbox: Outbox, now: number): void {
    const isTold = this.#told.has(follower);
    if (outbox.waiting === 0) {
      if (!isTold) return;
      this.#told.delete(follower);
      this.#note(follower, "info", "BUDGET_FREE", "no order waits for the order budget any more");
      return;
    }
    const waitMs = outbox.waitMs(now) ?? 0;
    // What a 429 holds up is told as that.
    if (isTold || waitMs < LONG_MS || outbox.budget.pause.isOn) return;
    const full = outbox.budget.view(now).findLast(({ used, limit, kept }) => used >= limit - kept);
    if (full === undefined) return;
    this.#told.add(follower);
    const { window, used, limit, kept } = full;
    const waits = `${outbox.waiting === 1 ? "an order waits" : `${outbox.waiting} orders wait`} for the order budget, for ${Math.round(waitMs / 1_000)} s at least`;
    this.#note(
      follower,
      "warning",
      "BUDGET_SPENT",
      `${waits}: ${used} of ${limit} requests of the last ${window} are used, and ${kept} are kept for cancels and exits`,
    );
  }

  #note(follower: ClientId, level: Note["level"], code: "BUDGET_SPENT" | "BUDGET_FREE", message: string): void {
    this.#noted({ level, code, account: this.#parties.account(follower).name, message });
  }
}
