/**
 * Reads the money of accounts by which something is decided: in the background, so that it is never on the way of an order, and at once when
 * a decision needs a reading of after its own moment. One read of an account at a time, under the pace of its other reads.
 */
import { getOrAdd } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import { type Clock, type Timers, unixMs } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import { pause } from "./pause.ts";

/** A reservation is released by the next reading but one at the latest. */
export const FUNDS_EVERY_MS = 15_000;
const RETRY_MS = 2_000;

export interface FundsReadsOptions {
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
  readonly noted: (note: Note) => void;
}

export class FundsReads {
  readonly #options: FundsReadsOptions;
  readonly #underWay = new Map<ClientId, Promise<boolean>>();
  /** Mirrors that are decided anew by the next reading. */
  readonly #waiting = new Map<ClientId, Set<MirrorKey>>();
  readonly #unreadable = new Set<ClientId>();
  #isStopped = false;

  constructor(options: FundsReadsOptions) {
    this.#options = options;
  }

  /** One reading of each account: for the start, before anything is decided. It does not wait for a second try. */
  async readAll(): Promise<void> {
    await Promise.all(this.#options.parties.withFundsRead.map((account) => this.#read(account)));
  }

  /** Reads until the signal; spread, so that those of many accounts do not come all at once. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const accounts = this.#options.parties.withFundsRead;
    await Promise.all(accounts.map((account, index) => this.#keep(account, (FUNDS_EVERY_MS * (index + 1)) / accounts.length, signal)));
  }

  /** The mirror is decided anew by a reading that is begun from now on; of those who ask while one is under way, the next serves all. */
  want(id: ClientId, mirror: MirrorKey): void {
    const isAsked = this.#waiting.has(id);
    getOrAdd(this.#waiting, id, () => new Set<MirrorKey>()).add(mirror);
    if (isAsked) return;
    void (this.#underWay.get(id) ?? Promise.resolve(true)).then(() => this.#read(this.#options.parties.account(id), "for those who wait"));
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #keep(account: EngineAccount, firstAfterMs: number, signal: AbortSignal): Promise<void> {
    for (let pauseMs = this.#unreadable.has(account.clientId) ? RETRY_MS : firstAfterMs; ; ) {
      await pause(this.#options.timers, pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = (await this.#read(account)) ? FUNDS_EVERY_MS : RETRY_MS;
    }
  }

  /** Answers whether it could be read. */
  #read(account: EngineAccount, why: "in the background" | "for those who wait" = "in the background"): Promise<boolean> {
    const { clientId } = account;
    const underWay = this.#underWay.get(clientId);
    if (underWay !== undefined && why === "in the background") return underWay;
    if (this.#isStopped) return Promise.resolve(false);
    const waiting = why === "for those who wait" ? [...(this.#waiting.get(clientId) ?? [])] : [];
    this.#waiting.delete(clientId);
    const reading = this.#ask(account, waiting).finally(() => {
      if (this.#underWay.get(clientId) === reading) this.#underWay.delete(clientId);
    });
    this.#underWay.set(clientId, reading);
    return reading;
  }

  async #ask({ broker, clientId, name, limits }: EngineAccount, mirrors: readonly MirrorKey[]): Promise<boolean> {
    const { clock, post, noted } = this.#options;
    const asked = clock.now();
    const read = await broker.funds();
    if (this.#isStopped) return false;
    if (read.ok) post({ type: "funds", account: clientId, reading: { asked, knows: unixMs(asked - limits.lookupGraceMs), ...read.value }, mirrors });
    if (!read.ok && !this.#unreadable.has(clientId)) {
      const message = `the funds can't be read, and are asked for until they can: ${read.detail}; entries that depend on them wait`;
      noted({ level: "warning", code: "FUNDS_UNREADABLE", account: name, message });
      this.#unreadable.add(clientId);
    }
    if (read.ok && this.#unreadable.delete(clientId)) noted({ level: "info", code: "FUNDS_READ", account: name, message: "the funds are read again" });
    return read.ok;
  }
}
