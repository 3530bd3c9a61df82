/**
 * The instrument file in use, where it comes from a URL: fetched before the start, once a day before the markets open, and in part for a contract
 * that nobody knows (reference 9.1). What is fetched is read whole before it takes the place of the old, on the disk by a rename and in memory at once;
 * what is broken changes nothing.
 */
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { fetch } from "undici";
import type { SecurityId } from "../../domain/identity.ts";
import { type Instrument, type InstrumentLookup, instrumentText, type Segment } from "../../domain/instrument.ts";
import { type Clock, startOfDay, type Timers, tradingDay, type UnixMs, unixMs } from "../../domain/time.ts";
import { type InstrumentFile, InstrumentFileFault, readInstruments } from "./instruments.ts";

/** 08:15 in India: Dhan writes the day's file before the session, and the first market opens at 09:00. */
const FETCH_AT_MS = 8.25 * 3_600_000;
const DAY_MS = 86_400_000;
const RETRY_MS = 10 * 60_000;
const FETCH_WITHIN_MS = 5 * 60_000;
/** The whole file has some tens of megabytes. */
const BYTES_MAX = 512 * 1024 * 1024;
/** A file with less than this part of the old one's rows was cut off on its way. */
const ROWS_LEAST = 0.5;
/** How soon a segment is asked for again. */
const SEEK_EVERY_MS = 10 * 60_000;

export interface InstrumentSourceOptions {
  /** Undefined: it is a file of the owner's, and is left to him. */
  readonly url: string | undefined;
  /** Where what was fetched is kept; without a URL, the owner's file. */
  readonly path: string;
  /** The broker's API, which knows the rows of one segment. */
  readonly rest: string;
  readonly clock: Clock;
  readonly timers: Timers;
}

export interface InstrumentNews {
  /** It was read and is in use; `lots` are the contracts whose lot has changed. */
  refreshed(file: InstrumentFile, lots: readonly { readonly from: Instrument; readonly to: Instrument }[]): void;
  /** It could not be fetched, or not be used: the old one stays. */
  kept(why: string): void;
  /** Contracts of a segment that the file did not know are known now. */
  found(segment: Segment): void;
}

export class InstrumentSource implements InstrumentLookup {
  readonly #options: InstrumentSourceOptions;
  #file: InstrumentFile | undefined;
  #news: InstrumentNews | undefined;
  readonly #found = new Map<Segment, InstrumentLookup>();
  readonly #soughtAt = new Map<Segment, number>();
  #stopWaiting: () => void = () => undefined;
  /** What is in use is of an earlier day, because nothing could be fetched at the start. */
  #isOld = false;
  #isStopped = false;

  constructor(options: InstrumentSourceOptions) {
    this.#options = options;
  }

  get file(): InstrumentFile {
    if (this.#file === undefined) throw new InstrumentFileFault("no instrument file has been read");
    return this.#file;
  }

  find(segment: Segment, id: SecurityId, expiry?: string): Instrument | undefined {
    return this.#file?.lookup.find(segment, id, expiry) ?? this.#found.get(segment)?.find(segment, id, expiry);
  }

  /** Before the start. A file of today is not fetched again; where nothing can be fetched the old one serves. Rejects with `InstrumentFileFault`. */
  async open(): Promise<{ readonly oldBecause: string | undefined }> {
    const { url, path, clock } = this.#options;
    if (url === undefined) {
      this.#file = await readInstruments(path);
      return { oldBecause: undefined };
    }
    const kept = await readInstruments(path).catch((error: unknown) => faultOf(error));
    const isOfToday = (await this.#fetchedAt()) >= lastFetchTime(clock.now());
    if (!(kept instanceof InstrumentFileFault)) this.#file = kept;
    if (this.#file !== undefined && isOfToday) return { oldBecause: undefined };
    const fetched = await this.#fetched(url).catch((error: unknown) => faultOf(error));
    if (!(fetched instanceof InstrumentFileFault)) {
      this.#file = fetched;
      return { oldBecause: undefined };
    }
    if (this.#file === undefined) throw fetched;
    this.#isOld = true;
    return { oldBecause: fetched.message };
  }

  /** Fetches it anew every day, until `stop`. */
  keepFresh(news: InstrumentNews): void {
    const { url, clock } = this.#options;
    this.#news = news;
    if (url !== undefined) this.#refreshAt(this.#isOld ? clock.now() + RETRY_MS : lastFetchTime(clock.now()) + DAY_MS);
  }

  /** Nobody knows a contract of this segment: the broker's API is asked for its rows, seldom, beside everything else. */
  seek(segment: Segment): void {
    const { clock, rest } = this.#options;
    const last = this.#soughtAt.get(segment);
    if (this.#isStopped || (last !== undefined && clock.elapsed() - last < SEEK_EVERY_MS)) return;
    this.#soughtAt.set(segment, clock.elapsed());
    const rows = this.#download(`${rest}/instrument/${segment}`).then(readInstruments);
    void rows.then(
      ({ lookup }) => {
        this.#found.set(segment, lookup);
        if (!this.#isStopped) this.#news?.found(segment);
      },
      () => undefined, // no answer, one that breaks off, a page instead of rows: what is unknown stays refused, and says so
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopWaiting();
  }

  #refreshAt(at: number): void {
    const { clock, timers } = this.#options;
    this.#stopWaiting = timers.after(Math.max(1, at - clock.now()), () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    const { url, clock } = this.#options;
    if (url === undefined || this.#isStopped) return;
    try {
      const before = this.file;
      const file = await this.#fetched(url);
      this.#file = file;
      this.#found.clear();
      if (!this.#isStopped) this.#news?.refreshed(file, changedLots(before, file));
      this.#refreshAt(lastFetchTime(clock.now()) + DAY_MS);
    } catch (error) {
      if (!(error instanceof InstrumentFileFault)) throw error;
      if (!this.#isStopped) this.#news?.kept(error.message);
      this.#refreshAt(clock.now() + RETRY_MS);
    }
  }

  /** Read whole, from a file beside the one in use, before it takes its place. */
  async #fetched(url: string): Promise<InstrumentFile> {
    const { path } = this.#options;
    const fresh = `${path}.new`;
    try {
      await pipeline(await this.#download(url), createWriteStream(fresh, { flush: true }));
      const file = await readInstruments(fresh);
      if (file.rows < (this.#file?.rows ?? 1) * ROWS_LEAST)
        throw new InstrumentFileFault(`it has ${file.rows} rows, and the one in use ${this.#file?.rows ?? 0}`);
      await rename(fresh, path);
      return file;
    } catch (error) {
      await rm(fresh, { force: true });
      if (error instanceof InstrumentFileFault) throw error;
      throw new InstrumentFileFault(`it can't be fetched or kept: ${wordOf(error)}`, { cause: error });
    }
  }

  async #download(url: string): Promise<AsyncIterable<Uint8Array>> {
    const deadline = new AbortController();
    const cancel = this.#options.timers.after(FETCH_WITHIN_MS, () => deadline.abort());
    try {
      const { status, body } = await fetch(url, { redirect: "follow", signal: deadline.signal });
      if (status !== 200 || body === null) throw new InstrumentFileFault(`HTTP ${status}`);
      return bounded(body, cancel);
    } catch (error) {
      cancel();
      if (error instanceof InstrumentFileFault) throw error;
      throw new InstrumentFileFault(`it can't be fetched: ${wordOf(error)}`, { cause: error });
    }
  }

  /** Zero: there is none. */
  #fetchedAt(): Promise<number> {
    return stat(this.#options.path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  }
}

function faultOf(error: unknown): InstrumentFileFault {
  if (error instanceof InstrumentFileFault) return error;
  throw error;
}

/** `ended` when the last piece is read, or nobody wants more. */
async function* bounded(pieces: AsyncIterable<Uint8Array>, ended: () => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.byteLength;
      if (bytes > BYTES_MAX) throw new InstrumentFileFault(`it has more than ${BYTES_MAX / 1024 / 1024} MiB`);
      yield piece;
    }
  } finally {
    ended();
  }
}

/** The last 08:15 that has passed. */
function lastFetchTime(now: UnixMs): UnixMs {
  const today = startOfDay(tradingDay(now)) + FETCH_AT_MS;
  return unixMs(today <= now ? today : today - DAY_MS);
}

function changedLots(before: InstrumentFile, after: InstrumentFile): readonly { readonly from: Instrument; readonly to: Instrument }[] {
  const lots = new Map([...before.all()].map((row) => [instrumentText(row), row]));
  return [...after.all()].flatMap((to) => {
    const from = lots.get(instrumentText(to));
    return from === undefined || from.lot === to.lot ? [] : [{ from, to }];
  });
}

function wordOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : String(cause);
}
