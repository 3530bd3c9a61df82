/**
 * Reads the money of accounts by which something is decided: in the background, so that it is never on the way of an order, and at once when
 * a decision needs a reading of after its own moment. One read of an account at a time, under the pace of its other reads.
 *
 * What the money covers is decided by readings that stand in the journal (`follower-funds-read`). A size by capital takes the newest here, and
 * what it came to stands in the journal with the order that was sized by it (`mirror-opened`).
 */
import { getOrAdd } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { FundsReading } from "../domain/sizing/capital.ts";
import { type Clock, type Timers, unixMs } from "../domain/time.ts";
import type { Inbound } from "./inbox.ts";
import type { EngineAccount, Note, Parties } from "./parties.ts";
import { pause } from "./pause.ts";
import type { Funds } from "./ports/account-facts.ts";
import type { Read } from "./ports/broker.ts";

/** Where entries are checked: what is promised to an order is known to the next reading but one at the latest. */
const CHECKED_EVERY_MS = 15_000;
/** Where a size is all that depends on it. */
const SIZED_EVERY_MS = 60_000;
/** A reading that failed is tried again after a quarter of that, so that a few failures do not make the last one too old. */
const RETRY_PART = 4;

export interface FundsReadsOptions {
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
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
  readonly #underWay = new Map<ClientId, Promise<boolean>>();
  /** Mirrors that are decided anew by the next reading. */
  readonly #waiting = new Map<ClientId, Set<MirrorKey>>();
  readonly #unreadable = new Set<ClientId>();
  #isStopped = false;

  constructor(options: FundsReadsOptions) {
    this.#options = options;
  }

  /** The newest reading of what an account has in total; undefined: there is none, or nobody needs one. */
  of(id: ClientId): FundsReading | undefined {
    const kept = this.#kept.get(id);
    return kept === undefined ? undefined : { totalPaise: kept.totalPaise, ageMs: this.#options.clock.elapsed() - kept.askedAt };
  }

  /** One reading of each account: for the start, before anything is decided. It does not wait for a second try. */
  async readAll(): Promise<void> {
    await Promise.all(this.#options.parties.withFundsRead.map((account) => this.#read(account)));
  }

  /** Reads until the signal; spread, so that those of many accounts do not come all at once. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const accounts = this.#options.parties.withFundsRead;
    await Promise.all(accounts.map((account, index) => this.#keep(account, (index + 1) / accounts.length, signal)));
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

  async #keep(account: EngineAccount, firstAfter: number, signal: AbortSignal): Promise<void> {
    const { timers, parties } = this.#options;
    const everyMs = parties.checksMoneyOf(account.clientId) ? CHECKED_EVERY_MS : SIZED_EVERY_MS;
    for (let pauseMs = this.#unreadable.has(account.clientId) ? everyMs / RETRY_PART : everyMs * firstAfter; ; ) {
      await pause(timers, pauseMs, signal);
      if (signal.aborted) return;
      pauseMs = (await this.#read(account)) ? everyMs : everyMs / RETRY_PART;
    }
  }

  /** Answers whether it could be read. */
  #read(account: EngineAccount, why: "in the background" | "for those who wait" = "in the background"): Promise<boolean> {
    const { clientId } = account;
    const underWay = this.#underWay.get(clientId);
    if (underWay !== undefined && why === "in the background") return underWay;
    if (this.#isStopped) return Promise.resolve(false);
    const waiting = why === "for those who wait" ? [...(this.#waiting.get(clientId) ?? [])] : [];
    if (why === "for those who wait") this.#waiting.delete(clientId);
    const reading = this.#ask(account, waiting).finally(() => {
      if (this.#underWay.get(clientId) === reading) this.#underWay.delete(clientId);
    });
    this.#underWay.set(clientId, reading);
    return reading;
  }

  async #ask(account: EngineAccount, mirrors: readonly MirrorKey[]): Promise<boolean> {
    const { clock, post, parties } = this.#options;
    const { broker, clientId, limits } = account;
    const [asked, askedAt] = [clock.now(), clock.elapsed()];
    const read = await broker.funds();
    if (this.#isStopped) return false;
    if (read.ok && parties.checksMoneyOf(clientId))
      post({ type: "funds", account: clientId, reading: { asked, knows: unixMs(asked - limits.lookupGraceMs), ...read.value }, mirrors });
    if (read.ok && read.value.utilisedPaise !== undefined)
      this.#kept.set(clientId, { totalPaise: read.value.availablePaise + read.value.utilisedPaise, askedAt });
    return this.#tell(account, read);
  }

  /** Says once that the funds can't be read, and once that they can again. */
  #tell({ clientId, name }: EngineAccount, read: Read<Funds>): boolean {
    const { noted, parties } = this.#options;
    const isWhole = !read.ok || read.value.utilisedPaise !== undefined || !parties.isSizedByCapital(clientId);
    const detail = read.ok ? (isWhole ? undefined : "they name no utilised amount") : read.detail;
    if (detail !== undefined && !this.#unreadable.has(clientId)) {
      const then = "entries that depend on them wait; those that are sized by them are refused when the last reading is 5 min old";
      noted({
        level: "warning",
        code: "FUNDS_UNREADABLE",
        account: name,
        message: `the funds can't be read, and are asked for until they can: ${detail}; ${then}`,
      });
      this.#unreadable.add(clientId);
    }
    if (detail === undefined && this.#unreadable.delete(clientId))
      noted({ level: "info", code: "FUNDS_READ", account: name, message: "the funds are read again" });
    return detail === undefined;
  }
}
