/**
 * What the demonstration plays on: the simulated broker on real sockets, and the real copier, in one process. The copier is the one of
 * `lockstep run`: Dhan's adapter over HTTP and WebSocket, and the journal in SQLite.
 */
import { randomInt } from "node:crypto";
import { readInstruments } from "../../adapters/dhan/instruments.ts";
import { assert } from "../../domain/assert.ts";
import { emptyBook } from "../../domain/book/book.ts";
import { ALWAYS_OPEN } from "../../domain/calendar/calendar.ts";
import type { InstrumentLookup } from "../../domain/instrument.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import type { Observer } from "../../engine/parties.ts";
import { loadSettings } from "../../settings/load.ts";
import { problemText } from "../../settings/problem.ts";
import type { Settings } from "../../settings/settings.ts";
import { SAMPLE_INSTRUMENTS } from "../../simulator/sample/sample.ts";
import { type RunningSimulator, startSimulator } from "../../simulator/server.ts";
import type { Simulator, SimulatorOptions } from "../../simulator/simulator.ts";
import { type Copier, openCopier } from "../copier.ts";
import { programVersion } from "../version.ts";
import { type DemoFolder, makeFolder } from "./folder.ts";
import { CLIENT_IDS, LEADER, PLAYERS, type Player, simulatedToken } from "./players.ts";
import { until } from "./until.ts";

export interface StageOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  readonly seed: number;
  readonly market: Pick<SimulatorOptions, "matching" | "conduct" | "walkEveryMs">;
  /** Opening cash in rupees. */
  readonly funds: Readonly<Record<Player, number>>;
}

const CONNECTED_WITHIN_MS = 10_000;
const SETTLE_WITHIN_MS = 2_000;
/** The broker's times are whole seconds: an order of the second in which the copier started would count as older than it. */
const SECOND_MS = 1_000;

export async function openStage(options: StageOptions): Promise<Stage> {
  const { clock, timers, seed, market, funds } = options;
  const accounts = PLAYERS.map((name) => ({ clientId: CLIENT_IDS[name], token: simulatedToken(name), name, funds: funds[name] }));
  const broker = await startSimulator({ clock, timers, seed, accounts, instruments: SAMPLE_INSTRUMENTS, ...market });
  const folder = await makeFolder({ rest: broker.url, orderUpdates: broker.wsUrl });
  const read = loadSettings(folder.configuration);
  assert(read.ok, read.ok ? "" : read.problems.map((problem) => problemText(folder.configuration, problem)).join("; "));
  const { lookup } = await readInstruments(read.settings.dhan.instruments);
  return new Stage(options, { broker, folder, settings: read.settings, instruments: lookup });
}

interface Parts {
  readonly broker: RunningSimulator;
  readonly folder: DemoFolder;
  readonly settings: Settings;
  readonly instruments: InstrumentLookup;
}

/** Made by `openStage`, without a copier at first. */
export class Stage {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly folder: DemoFolder;
  readonly #observer: Observer;
  readonly #parts: Parts;
  #copier: Copier | undefined;
  #closed = false;
  #broke: (error: unknown) => void = () => undefined;

  /** Rejects when a promise of the copier's was broken; resolves never. */
  readonly broken: Promise<never>;

  constructor({ clock, timers, observer }: StageOptions, parts: Parts) {
    this.clock = clock;
    this.timers = timers;
    this.folder = parts.folder;
    this.#observer = observer;
    this.#parts = parts;
    this.broken = new Promise((_, reject) => {
      this.#broke = reject;
    });
    this.broken.catch(() => undefined); // it may break when nobody waits for it any more
  }

  get simulator(): Simulator {
    return this.#parts.broker.simulator;
  }

  /** The numbers of the leader's orders, oldest first. */
  leaderOrders(): readonly string[] {
    const orders = this.simulator.exchange.ledger.books(CLIENT_IDS[LEADER])?.orders() ?? [];
    return orders.map(({ orderId }) => orderId);
  }

  /** Undefined before the first start, and after a drop. */
  get copier(): Copier | undefined {
    return this.#copier;
  }

  /** Starts a copier on the journal as it stands; answers how many records it remembers, when it acts and hears everybody. */
  async startCopier(): Promise<number> {
    assert(this.#copier === undefined, "there is a copier already");
    let acts = false;
    const { settings, instruments } = this.#parts;
    const copier = openCopier({
      settings,
      instruments,
      calendar: ALWAYS_OPEN,
      book: emptyBook(),
      env: {},
      clock: this.clock,
      timers: this.timers,
      random: () => randomInt(1_000) / 1_000,
      observer: {
        recorded: (records) => this.#observer.recorded(records),
        noted: (note) => {
          if (note.code === "BOOKS_READ" && note.account === undefined) acts = true;
          this.#observer.noted(note);
        },
      },
      version: programVersion(),
    });
    this.#copier = copier;
    copier.start().catch(this.#broke);
    const startedAt = this.clock.now();
    const hears = (): boolean => PLAYERS.every((player) => this.simulator.streams.open(CLIENT_IDS[player]) > 0);
    const nextSecond = (): boolean => Math.floor(this.clock.now() / SECOND_MS) > Math.floor(startedAt / SECOND_MS);
    await until(() => acts && hears() && nextSecond(), "the copier acts and hears everybody", CONNECTED_WITHIN_MS, this);
    return copier.remembered;
  }

  /** A crash: answers how many requests were in flight. */
  async dropCopier(): Promise<number> {
    const dropped = this.#copier;
    assert(dropped !== undefined, "there is no copier to drop");
    this.#copier = undefined;
    const { inFlight } = dropped.engine;
    await dropped.drop();
    return inFlight;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Stops the copier in good order, and the broker. Whoever plays on finds the stage closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const last = this.#copier;
    this.#copier = undefined;
    await last?.stop({ graceMs: SETTLE_WITHIN_MS });
    await this.#parts.broker.stop();
  }
}
