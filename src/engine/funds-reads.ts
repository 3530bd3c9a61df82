/**
 * Reads what the accounts of copies sized by capital have: once a minute, never on the way of an order. An order takes the newest reading;
 * one that is older than five minutes gives no ratio (`domain/sizing/capital.ts`). What a reading came to stands in the journal with the
 * orders that were sized by it (`mirror-opened`), and nowhere else: alone it decides nothing.
 */
import type { ClientId } from "../domain/identity.ts";
import type { FundsReading } from "../domain/sizing/capital.ts";
import type { Clock, Timers } from "../domain/time.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import { pause } from "./pause.ts";

const READ_EVERY_MS = 60_000;
/** A reading that failed is tried again so soon, so that a few failures do not make the last one too old. */
const RETRY_MS = 15_000;

export interface FundsReadsOptions {
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly noted: (note: Note) => void;
}

interface Kept {
  readonly totalPaise: number;
  /** Elapsed time. */
  readonly askedAt: number;
}

export class FundsReads {
  readonly #options: FundsReadsOptions;
  readonly #kept = new Map<ClientId, Kept>();
  readonly #unreadable = new Set<ClientId>();

  constructor(options: FundsReadsOptions) {
    this.#options = options;
  }

  /** The newest reading; undefined: there is none, or nobody needs one. */
  of(id: ClientId): FundsReading | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : { totalPaise: kept.totalPaise, ageMs: this.#options.clock.elapsed() - kept.askedAt };
  }

  /** One reading of each account: for the start, before anything is sized. It does not wait for a second try. */
  async readAll(): Promise<void> {
    await Promise.all(this.#options.parties.sizedByCapital.map((account) => this.#read(account)));
  }

  /** Reads until the signal; spread, so that those of many accounts do not come all at once. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const accounts = this.#options.parties.sizedByCapital;
    await Promise.all(accounts.map((account, index) => this.#keep(account, (READ_EVERY_MS * (index + 1)) / accounts.length, signal)));
  }

  async #keep(account: EngineAccount, firstAfterMs: number, signal: AbortSignal): Promise<void> {
    const { timers } = this.#options;
    for (let pauseMs = this.#kept.has(account.clientId) ? firstAfterMs : RETRY_MS; ; ) {
      await pause(timers, pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = (await this.#read(account)) ? READ_EVERY_MS : RETRY_MS;
    }
  }

  async #read({ broker, clientId, name }: EngineAccount): Promise<boolean> {
    const { clock, noted } = this.#options;
    const askedAt = clock.elapsed();
    const read = await broker.funds();
    const detail = read.ok ? (read.value.utilisedPaise === undefined ? "they name no utilised amount" : undefined) : read.detail;
    if (read.ok && read.value.utilisedPaise !== undefined)
      this.#kept.set(clientId, { totalPaise: read.value.availablePaise + read.value.utilisedPaise, askedAt });
    if (detail !== undefined && !this.#unreadable.has(clientId)) {
      const message = `the funds can't be read, and are asked for until they can: ${detail}; entries that are sized by them are refused when the last reading is 5 min old`;
      noted({ level: "warning", code: "FUNDS_UNREADABLE", account: name, message });
      this.#unreadable.add(clientId);
    }
    if (detail === undefined && this.#unreadable.delete(clientId))
      noted({ level: "info", code: "FUNDS_READ", account: name, message: "the funds are read again" });
    return detail === undefined;
  }
}
