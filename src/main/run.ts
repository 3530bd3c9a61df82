/** `lockstep run`: the copier as a process, from its configuration file to its exit code. */
import type { InstrumentNews } from "../adapters/dhan/instrument-source.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import { BrokenPromise, unreachable } from "../domain/assert.ts";
import { type Book, emptyBook } from "../domain/book/book.ts";
import type { Note, NoteCode, Observer } from "../engine/parties.ts";
import { JournalFault } from "../engine/ports/journal.ts";
import { inDoubt } from "../engine/views/in-doubt.ts";
import { DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import type { RunOptions } from "../faces/cli/run.ts";
import { addressText } from "../faces/http/address.ts";
import { startServer } from "../faces/http/server.ts";
import type { MetricsSources } from "../faces/metrics/metrics.ts";
import type { Alerting } from "./alerting.ts";
import { usedAccounts } from "./cast.ts";
import { type Complaint, complain } from "./complaint.ts";
import { openControlOf } from "./control.ts";
import { type Copier, openCopier } from "./copier.ts";
import { openObservers, type RunObserver } from "./observers.ts";
import { type Preparation, prepare } from "./preparation.ts";
import { rehearse } from "./rehearsal/rehearsal.ts";
import { untilSignal } from "./signals.ts";
import type { Environment } from "./tokens.ts";

export interface Surroundings {
  readonly env: Environment;
  /** Standard error is read by a person. */
  readonly isTerminal: boolean;
  readonly version: string;
}

/** With the ten seconds of the design (section 6) in view: what is left is for closing. */
const SETTLE_WITHIN_MS = 8_000;
/** How long alerts that were not delivered yet may hold up the end. */
const LAST_ALERTS_MS = 1_000;

export async function run({ config }: RunOptions, surroundings: Surroundings): Promise<ExitCode> {
  const prepared = await prepare(config, surroundings.env);
  if ("exitCode" in prepared) return complain(prepared);
  const book = emptyBook();
  const { observer, alerting, metrics } = await openObservers({ ...surroundings, settings: prepared.settings, calendar: prepared.calendar, book });
  const copier = open(prepared, { book, observer, surroundings });
  if ("exitCode" in copier) return complain(copier);
  const { host, port } = prepared.settings.server;
  const figures = { contentType: metrics.contentType, text: () => metrics.text(sourcesOf(copier, alerting)) };
  const server = await startServer({ host, port, readiness: () => copier.readiness(), metrics: figures });
  if ("fault" in server) {
    await copier.drop();
    return complain({ exitCode: FAILED, sentences: [server.fault] });
  }
  const control = await openControlOf(copier, prepared.settings, alerting.open);
  if ("fault" in control) {
    await server.close();
    await copier.drop();
    return complain({ exitCode: FAILED, sentences: [control.fault] });
  }
  endOnBrokenPromise({ copier, observer, alerting });
  alerting.watcher.begin();
  sayWhatIsThere(prepared, copier, observer);
  prepared.instruments.keepFresh(instrumentNews(copier, observer));
  observer.say({ level: "info", code: "LISTENING", message: `http://${addressText(host, server.port)}`, details: { host, port: server.port } });
  const signal = untilSignal();
  const running = copier.start();
  // Meanwhile nothing can be done: the streams must have been open for two seconds.
  const rehearsal = new AbortController();
  rehearseCopy(prepared, observer, rehearsal.signal);
  await Promise.race([running, signal]); // it ends by a signal, or by rejecting
  rehearsal.abort();
  observer.say({ level: "info", code: "STOPPING", message: `${await signal}: nothing more is taken; waiting for answers` });
  await control.close(); // before the journal is let go, and with it the right to the socket
  prepared.instruments.stop();
  const { unanswered, unstored } = await copier.stop({ graceMs: SETTLE_WITHIN_MS });
  await server.close();
  if (unanswered > 0)
    observer.say({ level: "warning", code: "UNANSWERED", message: `${unanswered} requests had no answer yet; the next start finds out what became of them` });
  if (unstored === 0) observer.say({ level: "info", code: "STOPPED", message: "everything is in the journal" });
  else observer.say({ level: "critical", code: "STOPPED", message: `${unstored} records are not in the journal; the next start reads the brokers' books` });
  observer.flush();
  await alerting.close({ graceMs: LAST_ALERTS_MS });
  observer.flush();
  return unstored === 0 ? DONE : FAILED;
}

function rehearseCopy({ settings: { copies } }: Preparation, observer: RunObserver, ended: AbortSignal): void {
  const [first] = copies;
  if (first === undefined) return;
  rehearse(first, systemClock, ended).catch((error: unknown) => {
    const message = `the rehearsal of orders ended early, and the first orders will be slower: ${error instanceof Error ? error.message : String(error)}`;
    observer.say({ level: "warning", code: "REHEARSAL_FAILED", message });
  });
}

function sourcesOf(copier: Copier, alerting: Alerting): MetricsSources {
  return {
    now: () => systemClock.now(),
    accounts: () => copier.watch.accounts(),
    budgetOf: (account) => copier.budgetOf(account),
    doubts: () => inDoubt(copier.engine.book),
    alerts: () => alerting.open(),
    isJournalBroken: () => copier.engine.broken !== undefined,
  };
}

interface Parts {
  readonly book: Book;
  readonly observer: Observer;
  readonly surroundings: Surroundings;
}

function open({ settings, instruments, calendar }: Preparation, { book, observer, surroundings }: Parts): Copier | Complaint {
  const { env, version } = surroundings;
  try {
    return openCopier({
      settings,
      instruments,
      calendar,
      book,
      observer,
      env,
      version,
      clock: systemClock,
      timers: systemTimers,
      random: () => Math.random(),
    });
  } catch (error) {
    if (error instanceof JournalFault) return { exitCode: FAILED, sentences: [error.message, ...whatToDo(error)] };
    if (error instanceof BrokenPromise) return { exitCode: FAILED, sentences: [`the journal ${settings.journal} does not fold: ${error.message}`] };
    throw error;
  }
}

/** Where the sentence of the trouble does not say it. */
function whatToDo({ trouble }: JournalFault): readonly string[] {
  switch (trouble) {
    case "full":
      return ["Make room on the disk of the journal and start again; nothing was sent"];
    case "io":
    case "read-only":
      return ["Lockstep must be able to write the journal, and beside it in its folder: mend the rights or the disk and start again; nothing was sent"];
    case "corrupt":
      return [
        "Lockstep does not guess what is missing. `lockstep journal verify` lists the damage; to go on with a new journal, move this one and its -wal and -shm away: today's orders are found in the followers' books (docs/runbook/journal.md)",
      ];
    case "locked":
    case "conflict":
      return [];
    default:
      return unreachable(trouble);
  }
}

/** What of Dhan's forever orders is assumed is said aloud at each start (decision 28). */
const FOREVER_COPIED =
  "places single forever orders at the follower's broker; how Dhan shows that one has fired was never seen on a live account: begin with one, and look at it in both accounts";

/** What a person should know before the first order: what is not there yet, what is left out, what was lost on the way in. */
function sayWhatIsThere({ settings, instruments: { file: instruments }, oldInstruments }: Preparation, copier: Copier, observer: RunObserver): void {
  const used = usedAccounts(settings);
  const memory = copier.remembered === 0 ? "a new journal" : `${copier.remembered} records remembered`;
  const copies = settings.copies.map(({ id }) => id);
  observer.say({
    level: "info",
    code: "STARTING",
    message: `journal ${settings.journal}, ${memory}; ${instruments.rows} instruments; copies ${copies.join(", ")}`,
    details: { journal: settings.journal, remembered: copier.remembered, accounts: used.map(({ id }) => id), copies },
  });
  if (copier.mended !== undefined) {
    const { after, missing, why, kept } = copier.mended;
    const cut = `the journal's end was damaged (${why}) and is cut off after record ${after}: at least ${missing} records are missing`;
    const then = `what could be read of them is in ${kept.cut}, the damaged journal is ${kept.damaged}; the followers' books are read twice before anything older than this start is placed`;
    observer.say({ level: "critical", code: "JOURNAL_CUT", message: `${cut}; ${then}`, details: { after, missing, ...kept } });
  }
  if (copier.unshelved !== undefined) {
    const message = `no file can be made beside the journal for what is over in the day (${copier.unshelved}): it stays in memory, some 700 bytes for each copied order`;
    observer.say({ level: "warning", code: "SHELF_UNMADE", message });
  }
  for (const sentence of settings.notActive) observer.say({ level: "info", code: "NOT_ACTIVE", message: sentence });
  for (const { id, forever } of settings.copies)
    if (forever === "copy") observer.say({ level: "warning", code: "FOREVER_COPIED", message: `copy ${id} ${FOREVER_COPIED}` });
  for (const account of settings.accounts) {
    if (!used.includes(account)) observer.say({ level: "info", code: "NOT_USED", account: account.id, message: "in no enabled copy, and not looked at" });
  }
  if (oldInstruments !== undefined) observer.noted(keptNote(oldInstruments));
  const [first] = instruments.skipped;
  if (first === undefined) return;
  const { length: count } = instruments.skipped;
  observer.say({
    level: "warning",
    code: "ROWS_SKIPPED",
    message: `${count} ${count === 1 ? "row" : "rows"} of the instrument file ${count === 1 ? "is" : "are"} of no use; the first is line ${first.line}: ${first.why}`,
    details: { count },
  });
}

const LOTS_NAMED = 5;

function instrumentNews(copier: Copier, observer: RunObserver): InstrumentNews {
  const note = (level: Note["level"], code: NoteCode, message: string): void => observer.noted({ level, code, account: undefined, message });
  return {
    refreshed: (file, lots) => {
      note("info", "INSTRUMENTS_FRESH", `the instrument file is fetched anew and in use: ${file.rows} instruments`);
      if (lots.length === 0) return;
      const named = lots.slice(0, LOTS_NAMED).map(({ from, to }) => `${to.displayName} from ${from.lot} to ${to.lot}`);
      const more = lots.length > LOTS_NAMED ? ` and ${lots.length - LOTS_NAMED} more` : "";
      note("warning", "LOTS_CHANGED", `the lots of ${lots.length} contracts have changed: ${named.join(", ")}${more}`);
    },
    kept: (why) => observer.noted(keptNote(why)),
    found: (segment) => copier.engine.post({ type: "instruments-found", segment }),
  };
}

function keptNote(why: string): Note {
  const message = `the instrument file is not fetched anew: ${why}; the one of before stays in use, and it is tried again every ten minutes`;
  return { level: "warning", code: "INSTRUMENTS_KEPT", account: undefined, message };
}

interface Ending {
  readonly copier: Copier;
  readonly observer: RunObserver;
  readonly alerting: Alerting;
}

/**
 * A bug ends everything at once, with a word: nothing is known to be true any more but the journal, and the next start builds on that alone.
 * The engine takes and sends nothing from that moment; the process stays for as long as the word may need to reach a person.
 */
function endOnBrokenPromise({ copier, observer, alerting }: Ending): void {
  let isEnding = false;
  const end = (error: unknown): void => {
    if (isEnding) process.exit(FAILED);
    isEnding = true;
    copier.engine.close();
    observer.say({ level: "critical", code: "BROKEN", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    observer.flush();
    void alerting.close({ graceMs: LAST_ALERTS_MS }).finally(() => process.exit(FAILED));
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}
