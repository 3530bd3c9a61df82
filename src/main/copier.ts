/**
 * The copier as `lockstep run` starts it: journal, accounts, engine and watch put together. Also what the demo and tests run in
 * their own process, so that what they show is the product and not a model of it.
 */
import { createDhanAccount } from "../adapters/dhan/account.ts";
import { type BrokerPool, openPool } from "../adapters/dhan/pool.ts";
import { openWebSocket } from "../adapters/dhan/socket.ts";
import { keepWarm } from "../adapters/dhan/warmth.ts";
import { cutDamagedEnd, type Mended } from "../adapters/journal/mend.ts";
import { carryOverOffPeak, type OffPeak } from "../adapters/journal/off-peak.ts";
import { type FileShelf, openShelf } from "../adapters/journal/shelf.ts";
import { openJournal, type SqliteJournal } from "../adapters/journal/sqlite.ts";
import { assert } from "../domain/assert.ts";
import { type Book, emptied } from "../domain/book/book.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { AccountId } from "../domain/identity.ts";
import type { InstrumentLookup } from "../domain/instrument.ts";
import type { Clock, Timers } from "../domain/time.ts";
import type { BudgetView } from "../engine/budget-view.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineAccount, Observer } from "../engine/parties.ts";
import type { UnreadableFrame } from "../engine/ports/broker.ts";
import { JournalFault } from "../engine/ports/journal.ts";
import { type Folded, fold } from "../engine/recorder.ts";
import { type InDoubt, inDoubt } from "../engine/views/in-doubt.ts";
import { type Status, type StatusSources, statusOf } from "../engine/views/status.ts";
import { Watch } from "../engine/watch.ts";
import type { AccountSettings, Settings } from "../settings/settings.ts";
import { copiesOf, usedAccounts } from "./cast.ts";
import { OpenSockets } from "./open-sockets.ts";
import { type Environment, tokenOf } from "./tokens.ts";

export interface CopierOptions {
  readonly settings: Settings;
  readonly instruments: InstrumentLookup;
  readonly calendar: Calendar;
  /** Empty: the journal is folded into it, and it is the engine's from then on. */
  readonly book: Book;
  readonly env: Environment;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 up to 1; spreads the reconnects of the streams. Nothing that is sent depends on it. */
  readonly random: () => number;
  readonly observer: Observer;
  readonly version: string;
}

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not, a sentence each. */
  readonly reasons: readonly string[];
  /** Accounts whose token is dead: listed, not waited for unless they lead. */
  readonly dead: readonly string[];
  /** Requests whose outcome is not known: listed, not waited for. */
  readonly inDoubt: readonly InDoubt[];
}

/** How often a stop looks whether the last answer has come. */
const SETTLE_LOOK_MS = 5;
/** How many unreadable rows are remembered, so that a poll does not report the same one every time. */
const UNREADABLE_MAX = 1_000;
/** Rows of all accounts' order books that are remembered as they were read: 100 MB at most. */
const KNOWN_ROWS_MAX = 50_000;

/**
 * Opens the journal and puts the rest together; nothing is connected before `start`. A journal whose end is damaged is mended first,
 * and the start goes on as with a lost one (R11). Throws `JournalFault`.
 */
export function openCopier(options: CopierOptions): Copier {
  const { book, clock } = options;
  const path = options.settings.journal;
  const opened = (): Stores & { readonly folded: Folded } => {
    const journal = openJournal(path, { openedAt: clock.now() });
    const shelf = openShelf(`${path}-shelf`);
    book.shelf = shelf instanceof Error ? undefined : shelf;
    try {
      return { journal, shelf, folded: fold(book, journal) };
    } catch (error) {
      book.shelf = undefined;
      closeStores({ journal, shelf });
      throw error;
    }
  };
  const { folded, mended, ...stores } = openedWhole(opened, () => {
    emptied(book);
    return cutDamagedEnd(path, clock.now());
  });
  try {
    return new Copier(options, stores, folded, mended);
  } catch (error) {
    closeStores(stores);
    throw error;
  }
}

/** What lies on the disk. */
interface Stores {
  readonly journal: SqliteJournal;
  /** An error: what is over stays in memory. */
  readonly shelf: FileShelf | Error;
}

function closeStores({ journal, shelf }: Stores): void {
  closeShelf(shelf);
  journal.close();
}

function closeShelf(shelf: FileShelf | Error): void {
  if (!(shelf instanceof Error)) shelf.close();
}

function openedWhole<T extends object>(open: () => T, mend: () => Mended): T & { readonly mended: Mended | undefined } {
  try {
    return { ...open(), mended: undefined };
  } catch (error) {
    if (!(error instanceof JournalFault) || error.trouble !== "corrupt") throw error;
    const mended = mend();
    return { ...open(), mended };
  }
}

/** Made by `openCopier`. It has one life: started once, and ended by `stop` or `drop`. */
export class Copier {
  readonly engine: Engine;
  readonly watch: Watch;
  /** Records that the journal held; 0 is a first start. */
  readonly remembered: number;
  /** The journal's end was damaged, and was cut off at this start. */
  readonly mended: Mended | undefined;
  /** Why no file could be made for what is over in the day; it stays in memory then. */
  readonly unshelved: string | undefined;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #observer: Observer;
  readonly #accounts: readonly EngineAccount[];
  readonly #stores: Stores;
  readonly #offPeak: OffPeak;
  readonly #pool: BrokerPool;
  readonly #sockets = new OpenSockets(openWebSocket);
  readonly #life = new AbortController();
  readonly #unreadable = new Set<string>();
  readonly #about: Pick<StatusSources, "version" | "startedAt"> & { readonly journal: string };
  /** Records that the journal holds now. */
  #records: number;
  #running: Promise<void> | undefined;

  constructor(options: CopierOptions, stores: Stores, { records, spent, traded }: Folded, mended: Mended | undefined) {
    const { settings, clock, timers } = options;
    const { journal, shelf } = stores;
    const observer = this.#untilTheEnd(options.observer);
    this.remembered = records;
    this.mended = mended;
    this.unshelved = shelf instanceof Error ? shelf.message : undefined;
    this.#records = records;
    this.#about = { version: options.version, startedAt: clock.now(), journal: settings.journal };
    this.#clock = clock;
    this.#timers = timers;
    this.#observer = observer;
    this.#stores = stores;
    this.#offPeak = carryOverOffPeak({ journal, clock, timers });
    this.#pool = openPool({ rest: settings.dhan.rest, clock });
    this.#accounts = usedAccounts(settings).map((account) => this.#account(account, options));
    this.engine = new Engine({ ...options, spent, traded, observer, journal, accounts: this.#accounts, copies: copiesOf(settings) });
    this.watch = new Watch({
      engine: this.engine,
      clock,
      timers,
      accounts: this.#accounts,
      observer,
      version: options.version,
      lookbackMs: records === 0 ? settings.dhan.lookbackMs : undefined,
      lookupGraceMs: settings.dhan.lookupGraceMs,
    });
  }

  /** Connects, reads the books, and copies. The answer resolves when it has ended, and rejects when a promise of ours was broken. */
  start(): Promise<void> {
    assert(this.#running === undefined, "a copier is started once");
    const { signal } = this.#life;
    const warm = keepWarm(
      this.#accounts.map(
        ({ broker, clientId }) =>
          async () =>
            // A dead token is asked about by the account itself, seldom.
            this.watch.isUnable(clientId) ? undefined : broker.profile(),
      ),
      this.#timers,
      signal,
    );
    this.#running = Promise.all([this.watch.run(signal), warm]).then(() => undefined);
    return this.#running;
  }

  readiness(): Readiness {
    const reasons = this.watch.notReady();
    return { ready: reasons.length === 0, reasons, dead: this.watch.dead(), inDoubt: inDoubt(this.engine.book) };
  }

  /** How an account stands with its broker's limits (R21); undefined for one that only leads. */
  budgetOf(name: AccountId): BudgetView | undefined {
    const account = this.#accounts.find((one) => one.name === name);
    return account === undefined || !this.engine.isFollower(account.clientId) ? undefined : this.engine.budgetOf(account.clientId);
  }

  /** How everything stands, for people and programs. */
  status(): Status {
    const { journal, ...about } = this.#about;
    return statusOf({
      ...about,
      book: this.engine.book,
      now: this.#clock.now(),
      reasons: this.watch.notReady(),
      journal: { path: journal, records: this.#records, broken: this.engine.broken },
      accounts: this.watch.accounts(),
      budgetOf: (name) => this.budgetOf(name),
      standing: this.engine.standing(),
    });
  }

  /**
   * Takes nothing more, lets what is in flight be answered for at most `graceMs`, records the answers, and lets go of the
   * journal. Answers how many requests were left unanswered, and how many records could not be stored: the next start finds out what
   * became of them (R10).
   */
  async stop({ graceMs }: { readonly graceMs: number }): Promise<{ readonly unanswered: number; readonly unstored: number }> {
    this.engine.close();
    this.#life.abort();
    await this.#answered(graceMs);
    const unanswered = this.engine.inFlight;
    this.engine.settle();
    await this.#disconnect();
    this.#offPeak.stop();
    closeStores(this.#stores);
    return { unanswered, unstored: this.engine.unstored };
  }

  /** What a crash does: sockets destroyed, requests in flight, nothing recorded any more. The journal can be opened anew at once. */
  async drop(): Promise<void> {
    this.engine.close();
    this.#offPeak.stop();
    this.#stores.journal.close();
    this.#life.abort();
    await this.#disconnect();
    closeShelf(this.#stores.shelf);
  }

  /** That the streams close when we close them is no news, and no alert. Records are told to the last. */
  #untilTheEnd(observer: Observer): Observer {
    return {
      recorded: (records) => {
        this.#offPeak.appended();
        this.#records += records.length;
        observer.recorded(records);
      },
      noted: (note) => {
        if (!this.#life.signal.aborted) observer.noted(note);
      },
    };
  }

  #answered(graceMs: number): Promise<void> {
    const giveUpAt = this.#clock.elapsed() + graceMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.engine.inFlight === 0 || this.#clock.elapsed() >= giveUpAt) resolve();
        else this.#timers.after(SETTLE_LOOK_MS, look);
      };
      look();
    });
  }

  async #disconnect(): Promise<void> {
    this.#sockets.cutAll();
    await this.#pool.close();
    await this.#running?.catch(() => undefined); // whoever started it is told; here it only has to be over
  }

  #account(account: AccountSettings, { settings, env, clock, timers, random }: CopierOptions): EngineAccount {
    const { rest, orderUpdates, requestTimeoutMs, lookupGraceMs } = settings.dhan;
    const { clientId } = account;
    const { modificationsPerOrder, ...rates } = account.rateLimits;
    const broker = createDhanAccount({
      rest,
      orderUpdates,
      clientId,
      leads: copiesOf(settings).some(({ leader }) => leader === clientId),
      clock,
      timers,
      random,
      requestTimeoutMs,
      token: tokenOf(account, env),
      request: this.#pool.request,
      openSocket: this.#sockets.open,
      unreadableRow: (row) => this.#tellUnreadable(account, row),
      earlyRows: (reports) => this.engine.post({ type: "rows", account: clientId, reports }),
      life: this.#life.signal,
      knownRowsMax: Math.floor(KNOWN_ROWS_MAX / usedAccounts(settings).length),
    });
    return { name: account.id, clientId, broker, rates, limits: { modificationsPerOrder, requestTimeoutMs, lookupGraceMs } };
  }

  /** A row of a book that cannot be read comes again with every poll: it is told and recorded once. */
  #tellUnreadable({ id, clientId }: AccountSettings, row: UnreadableFrame): void {
    const known = `${clientId} ${row.code} ${row.raw}`;
    if (this.#unreadable.has(known) || this.#unreadable.size >= UNREADABLE_MAX) return;
    this.#unreadable.add(known);
    this.#observer.noted({ level: "warning", code: row.code, account: id, message: `a row of the order book cannot be read: ${row.sentence}` });
    this.engine.post({ type: "unreadable", account: clientId, frame: row });
  }
}
