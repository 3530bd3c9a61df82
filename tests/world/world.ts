/**
 * The whole engine in one process under virtual time: the real loop, the real Dhan adapter and its parsers, the in-memory
 * journal, against the simulated exchange. Only sockets and the clock are not real. What became true is read from the
 * simulator's books and from the journal, never from the engine.
 */
import { readFileSync } from "node:fs";
import { createDhanAccount } from "../../src/adapters/dhan/account.ts";
import type { SendRequest } from "../../src/adapters/dhan/http.ts";
import { readInstruments } from "../../src/adapters/dhan/instruments.ts";
import type { OpenSocket } from "../../src/adapters/dhan/socket.ts";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import type { JournalReader } from "../../src/adapters/journal/reader.ts";
import { Secret } from "../../src/adapters/system/secret.ts";
import { type Book, emptyBook, getOrAdd } from "../../src/domain/book/book.ts";
import { MemoryShelf } from "../../src/domain/book/shelf.example.ts";
import { ALWAYS_OPEN, type Calendar } from "../../src/domain/calendar/calendar.ts";
import type { NamedScope, OperatorCommand } from "../../src/domain/halt/answer.ts";
import { accountId, clientId, copyId } from "../../src/domain/identity.ts";
import type { InstrumentLookup, Segment } from "../../src/domain/instrument.ts";
import { price } from "../../src/domain/money.ts";
import type { CopyPolicy } from "../../src/domain/policy.ts";
import { quantity } from "../../src/domain/quantity.ts";
import { ratio } from "../../src/domain/ratio.ts";
import type { BookRecord } from "../../src/domain/records.ts";
import { type Clock, type UnixMs, unixMs } from "../../src/domain/time.ts";
import type { RateLimits } from "../../src/engine/budget.ts";
import type { BudgetView } from "../../src/engine/budget-view.ts";
import type { CommandResult, CopyStanding } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineAccount, Note, Observer } from "../../src/engine/parties.ts";
import type { Journal } from "../../src/engine/ports/journal.ts";
import { fold } from "../../src/engine/recorder.ts";
import { Watch } from "../../src/engine/watch.ts";
import { administer } from "../../src/simulator/admin/administer.ts";
import { type Listing, readListings } from "../../src/simulator/exchange/listing.ts";
import { Simulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { VirtualTime } from "./virtual-time.ts";

const CSV = new URL("../fixtures/instruments/scrip-master-compact.csv", import.meta.url);

/** NIFTY 29 DEC 23000 CALL, lot 75, tick 0.05. */
export const CALL = { exchangeSegment: "NSE_FNO", securityId: "37806" } as const;
export const LEADER = "1000000001";
export const FOLLOWER = "1000000002";

export type PolicyChanges = Partial<Omit<CopyPolicy, "id" | "leader" | "follower">> & { readonly leader?: string; readonly follower?: string };

/** As `lockstep.yaml` gives it for the smallest useful copy, at a ratio of one half. */
export function policyOf(id: string, changes: PolicyChanges = {}): CopyPolicy {
  const { leader = LEADER, follower = FOLLOWER, ...rest } = changes;
  return {
    id: copyId(id),
    leader: accountId(leader),
    follower: accountId(follower),
    sizing: { mode: "ratio", ratio: ratio(1, 2), rounding: "down" },
    filter: { kinds: ["option"], segments: [], products: [], sides: [], underlyings: [] },
    maxAgeMs: 5_000,
    stopMarket: { as: "limit", buffer: { options: 1_000, others: 100 }, afterMs: 2_000 },
    maxSlippage: { percent: 200 },
    exitSlippage: { percent: 1_000 },
    onLeaderFilled: { action: "leave" },
    slippage: { percent: 200, afterMs: 5_000 },
    orphan: "report",
    forever: "report",
    squareOff: "report",
    basketWindowMs: 2_000,
    modificationCap: "replace",
    amoTime: "OPEN",
    lateJoin: "orders",
    marketClosed: "warn",
    // Most tests are about something else, and count the reads; those about money say so.
    margin: "trust",
    ...rest,
  };
}

/** What outlives a process. */
export interface Disk {
  open(): Journal;
  reader(): JournalReader;
  /** The process that has it open dies. */
  crash(): void;
}

/** Hears what passes between the copier and the broker: for an auditor who looks at both. */
export interface Tap {
  /** The first byte of a request is written. */
  sent(client: string, request: { readonly method: string; readonly path: string; readonly body: string }): void;
  /** It has reached the broker; `writtenAt`: when its first byte left. */
  arrived(client: string, request: { readonly method: string; readonly path: string; readonly body: string }, writtenAt: number): void;
  /** An answer is read: `reset` when the connection broke. */
  answered(
    client: string,
    request: { readonly method: string; readonly path: string; readonly body: string },
    reply: { readonly status: number; readonly body: string } | "reset",
  ): void;
  /** A text frame of the order stream is read. */
  frame(client: string, text: string): void;
}

export interface WorldOptions {
  readonly copies?: readonly CopyPolicy[];
  readonly start?: string;
  readonly simulator?: Partial<SimulatorOptions>;
  readonly disk?: Disk;
  readonly tap?: Tap;
  /** How long the wire takes each way, in milliseconds; 1 unless given. Frames of one stream keep their order. */
  readonly wireMs?: () => number;
  /** Never closed, unless given. */
  readonly calendar?: Calendar;
  /** `rateLimits` of every account, where they are not Dhan's; the simulated broker keeps his own. */
  readonly rates?: Partial<RateLimits>;
  readonly modificationsPerOrder?: number;
  /** The day's price band of `CALL` in the instrument file, which has none otherwise. Rupees. */
  readonly band?: { readonly lower: number; readonly upper: number };
  /** The quantity freeze of every contract, in lots: the exchange keeps it, and the instrument file tells it. */
  readonly freezeLots?: number;
  /** What the copier takes for the instrument file, where it is not the fixture. */
  readonly instruments?: InstrumentLookup;
  /** Hears what the engine tells, beside the world's own notes; made anew at each start, from the book of that start. */
  readonly observer?: (book: Book, time: VirtualTime) => Observer;
}

/** A row of the simulator's own book, in the shape of Dhan's (reference 2.6). */
export interface BookRow {
  readonly orderId: string;
  readonly correlationId: string;
  readonly legName: string;
  readonly orderStatus: string;
  readonly transactionType: string;
  readonly productType: string;
  readonly orderType: string;
  readonly validity: string;
  readonly quantity: number;
  readonly disclosedQuantity: number;
  readonly price: number;
  readonly triggerPrice: number;
  readonly filledQty: number;
  readonly afterMarketOrder: boolean;
}

/** A row of the simulator's own trade book, in the shape of Dhan's (reference 2.7). */
export interface TradeRow {
  readonly orderId: string;
  readonly exchangeTradeId: string;
  readonly tradedQuantity: number;
  readonly tradedPrice: number;
  readonly exchangeTime: string;
}

export interface SentCall {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly at: number;
  /** The HTTP status of the answer, if there was one. */
  readonly status: unknown;
}

export class World {
  readonly time: VirtualTime;
  readonly simulator: Simulator;
  /** Where the journal is kept. */
  medium: Disk;
  readonly notes: Note[] = [];
  readonly copies: readonly CopyPolicy[];
  readonly #instruments: InstrumentLookup;
  /** What stands in the accounts' token files. */
  readonly #tokens = new Map<string, Secret>();
  #renewals = 0;
  readonly #rates: Partial<RateLimits>;
  readonly #modificationsPerOrder: number;
  readonly #calendar: Calendar;
  readonly #tap: Tap | undefined;
  readonly #wireMs: () => number;
  /** How far the copier's wall clock is from the broker's. */
  #clockOffMs = 0;
  /** The copier's machine. */
  readonly clock: Clock;
  readonly #observer: WorldOptions["observer"];
  #running:
    | { readonly engine: Engine; readonly watch: Watch; readonly stop: AbortController; readonly ended: Promise<void>; dead: boolean; book: Book }
    | undefined;

  constructor(options: WorldOptions, instruments: InstrumentLookup) {
    this.time = new VirtualTime(options.start ?? "2026-11-20 10:15:00");
    this.medium = options.disk ?? new MemoryDisk();
    this.copies = options.copies ?? [policyOf("copy")];
    this.#rates = options.rates ?? {};
    this.#modificationsPerOrder = options.modificationsPerOrder ?? 25;
    this.#calendar = options.calendar ?? ALWAYS_OPEN;
    this.#tap = options.tap;
    this.#wireMs = options.wireMs ?? (() => 1);
    this.clock = { now: (): UnixMs => unixMs(this.time.now() + this.#clockOffMs), elapsed: () => this.time.elapsed() };
    this.#observer = options.observer;
    const frozen = options.freezeLots === undefined ? instruments : withFreezeOf(instruments, options.freezeLots);
    this.#instruments = options.instruments ?? (options.band === undefined ? frozen : banded(frozen, options.band));
    const clients = [...new Set(this.copies.flatMap((copy) => [copy.leader, copy.follower]))];
    this.simulator = new Simulator({
      clock: this.time,
      timers: this.time,
      seed: 7,
      listings: listed(),
      accounts: clients.map((id) => ({ clientId: id, token: tokenOf(id) })),
      ...options.simulator,
      conduct: { ...options.simulator?.conduct, freezeLots: options.freezeLots },
    });
  }

  /** Starts the engine on the journal as it stands, and waits until it acts. */
  async startEngine(): Promise<void> {
    const journal = this.medium.open();
    const book = emptyBook();
    book.shelf = new MemoryShelf();
    const { records, spent, traded } = fold(book, journal);
    const clients = [...new Set(this.copies.flatMap((copy) => [copy.leader, copy.follower]))];
    const life = { dead: false };
    const accounts = clients.map((id) => this.#account(id, () => life.dead));
    const also = this.#observer?.(book, this.time);
    const observer: Observer = {
      recorded: (records) => also?.recorded(records),
      noted: (note) => {
        this.notes.push(note);
        also?.noted(note);
      },
    };
    const copies = this.copies.map((policy) => ({ policy, leader: clientId(policy.leader), follower: clientId(policy.follower) }));
    const engine = new Engine({
      book,
      spent,
      traded,
      journal,
      clock: this.clock,
      timers: this.time,
      accounts,
      copies,
      instruments: this.#instruments,
      calendar: this.#calendar,
      observer,
    });
    const watch = new Watch({
      engine,
      clock: this.clock,
      timers: this.time,
      accounts,
      observer,
      version: "test",
      lookbackMs: records === 0 ? 86_400_000 : undefined,
      lookupGraceMs: 5_000,
    });
    const stop = new AbortController();
    const ended = watch.run(stop.signal);
    this.#running = Object.assign(life, { engine, watch, stop, ended, book });
    await this.time.pass(50);
  }

  /** The process dies: nothing it had in its hands happens, what had left stays on its way. */
  async crash(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.dead = true;
    running.engine.close();
    running.stop.abort();
    this.medium.crash();
    this.#running = undefined;
    await this.time.pass(0);
  }

  /** Contracts that nobody knew may be known now. */
  instrumentsFound(segment: Segment): void {
    this.#running?.engine.post({ type: "instruments-found", segment });
  }

  /** From this moment the process does nothing any more; `crash` clears it away. */
  kill(): void {
    if (this.#running !== undefined) this.#running.dead = true;
  }

  /** Whether there is a process, dead or alive. */
  get hasEngine(): boolean {
    return this.#running !== undefined;
  }

  get isAlive(): boolean {
    return this.#running !== undefined && !this.#running.dead;
  }

  /** Somebody sets the wall clock of the copier's machine. */
  stepClock(ms: number): void {
    this.#clockOffMs += ms;
  }

  /** The medium where it is the plain in-memory one, as in all tests but the simulation's. */
  get disk(): MemoryDisk {
    if (!(this.medium instanceof MemoryDisk)) throw new Error("the journal is not kept on a plain MemoryDisk");
    return this.medium;
  }

  set disk(disk: MemoryDisk) {
    this.medium = disk;
  }

  get book(): Book {
    if (this.#running === undefined) throw new Error("the engine is not running");
    return this.#running.book;
  }

  /** What the copier says of an account's budget. */
  budget(id: string = FOLLOWER): BudgetView {
    if (this.#running === undefined) throw new Error("the engine is not running");
    return this.#running.engine.budgetOf(clientId(id));
  }

  /** A person halts or resumes entries; of all copies, unless told otherwise. */
  command(command: OperatorCommand["command"], over: NamedScope = { of: "all" }): CommandResult {
    if (this.#running === undefined) throw new Error("the engine is not running");
    return this.#running.engine.command({ command, over });
  }

  standing(): readonly CopyStanding[] {
    if (this.#running === undefined) throw new Error("the engine is not running");
    return this.#running.engine.standing();
  }

  get watch(): Watch {
    if (this.#running === undefined) throw new Error("the engine is not running");
    return this.#running.watch;
  }

  /** A person makes a new token at the broker, which kills the old one, and writes it into the file from which the copier takes it. */
  renewToken(id: string, { streams = "cut" }: { readonly streams?: "cut" | "keep" } = {}): void {
    this.#renewals += 1;
    const token = `${tokenOf(id)}-${this.#renewals}`;
    this.admin("token", { clientId: id, token, streams });
    this.writeToken(id, token);
  }

  /** Writes this into the file from which the copier takes the account's token, whatever the broker thinks of it. */
  writeToken(id: string, token: string): void {
    this.#tokens.set(id, new Secret(token));
  }

  /** Codes of an account's notes, in order; only those among `codes` if any are given. */
  noted(id: string, ...codes: readonly string[]): readonly string[] {
    return this.notes.flatMap(({ account, code }) => (account === id && (codes.length === 0 || codes.includes(code)) ? [code] : []));
  }

  /** One call of the simulator's admin side; throws what it says when it can't be done. */
  admin(path: string, body: Record<string, unknown>): Record<string, unknown> {
    const reply = administer(this.simulator, { method: "POST", path: `/admin/${path}`, body: JSON.stringify(body) });
    if (reply.status !== 200) throw new Error(`${path}: ${reply.body}`);
    return JSON.parse(reply.body) as Record<string, unknown>;
  }

  /** The leader acts at Dhan's web; the id of his order. */
  leader(order: Record<string, unknown>): string {
    return String(this.admin("place", { clientId: LEADER, transactionType: "BUY", ...CALL, quantity: 150, price: 120.5, ...order })["orderId"]);
  }

  /** The same, with a super order. */
  leaderSuper(order: Record<string, unknown>): string {
    const whole = { clientId: LEADER, transactionType: "BUY", ...CALL, quantity: 150, price: 120.5, targetPrice: 135, stopLossPrice: 110, ...order };
    return String(this.admin("super", whole)["orderId"]);
  }

  /** The same, with a forever order. */
  leaderForever(order: Record<string, unknown>): string {
    const whole = { clientId: LEADER, transactionType: "BUY", ...CALL, productType: "MARGIN", quantity: 150, price: 120.5, triggerPrice: 120, ...order };
    return String(this.admin("forever", whole)["orderId"]);
  }

  orders(id: string): readonly BookRow[] {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/books?clientId=${id}`, body: "" });
    return (JSON.parse(reply.body) as { orders: BookRow[] }).orders;
  }

  trades(id: string): readonly TradeRow[] {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/books?clientId=${id}`, body: "" });
    return (JSON.parse(reply.body) as { trades: TradeRow[] }).trades;
  }

  /** When the reads of the trade book reached the broker from an account, and what of. */
  tradeReads(id: string): readonly { readonly path: string; readonly at: number }[] {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/requests?clientId=${id}`, body: "" });
    const requests = JSON.parse(reply.body) as { path: string; arrivedAt: number }[];
    return requests.flatMap(({ path, arrivedAt }) => (path.includes("/trades") ? [{ path, at: arrivedAt }] : []));
  }

  /** Signed units that the account holds of the contract, by the broker's own books. */
  net(id: string, contract: { readonly securityId: string } = CALL): number {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/books?clientId=${id}`, body: "" });
    const { positions } = JSON.parse(reply.body) as { positions: { securityId: string; netQty: number }[] };
    return positions.filter((row) => row.securityId === contract.securityId).reduce((sum, row) => sum + row.netQty, 0);
  }

  /** The order calls that reached the broker from an account. */
  calls(id: string = FOLLOWER): readonly SentCall[] {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/requests?clientId=${id}`, body: "" });
    const requests = JSON.parse(reply.body) as { method: string; path: string; body: string; arrivedAt: number; outcome?: unknown }[];
    return requests
      .filter((one) => one.method !== "GET")
      .map((one) => ({
        method: one.method,
        path: one.path,
        at: one.arrivedAt,
        status: one.outcome,
        body: one.body === "" ? {} : (JSON.parse(one.body) as Record<string, unknown>),
      }));
  }

  /** The requests that only asked, of an account. */
  reads(id: string): readonly { readonly path: string; readonly at: number; readonly status: unknown }[] {
    const reply = administer(this.simulator, { method: "GET", path: `/admin/requests?clientId=${id}`, body: "" });
    const requests = JSON.parse(reply.body) as { method: string; path: string; arrivedAt: number; outcome?: unknown }[];
    return requests.flatMap(({ method, path, arrivedAt, outcome }) => (method === "GET" ? [{ path, at: arrivedAt, status: outcome }] : []));
  }

  /** How many of an account's order calls were beyond the broker's own windows. */
  ordersRefusedForRate(id: string): number {
    const reply = administer(this.simulator, { method: "GET", path: "/admin/accounts", body: "" });
    const accounts = JSON.parse(reply.body) as { clientId: string; ordersRefusedForRate: number }[];
    return accounts.find(({ clientId: one }) => one === id)?.ordersRefusedForRate ?? Number.NaN;
  }

  methods(id: string = FOLLOWER): string {
    return this.calls(id)
      .map((call) => call.method)
      .join(" ");
  }

  /** Every record of the journal, in order. */
  records(): readonly BookRecord[] {
    return [...this.medium.reader().read()].map(({ record }) => record as unknown as BookRecord);
  }

  /** Codes of the verdicts on record, in order. */
  verdicts(copy = "copy"): readonly string[] {
    const records = this.records();
    const mirrors = new Set(records.flatMap((record) => (record.type === "mirror-opened" && record.copy === copy ? [record.mirror] : [])));
    return records.flatMap((record) => (record.type === "verdict-given" && mirrors.has(record.mirror) ? [record.verdict.code] : []));
  }

  #account(id: string, isDead: () => boolean): EngineAccount {
    return {
      name: accountId(id),
      clientId: clientId(id),
      limits: { modificationsPerOrder: this.#modificationsPerOrder, requestTimeoutMs: 3_000, lookupGraceMs: 5_000 },
      rates: { perSecond: 10, perMinute: 250, perHour: 1_000, perDay: 7_000, ...this.#rates },
      broker: createDhanAccount({
        rest: "http://simulated/v2",
        orderUpdates: "ws://simulated/",
        clientId: clientId(id),
        leads: this.copies.some(({ leader }) => leader === id),
        token: () => getOrAdd(this.#tokens, id, () => new Secret(tokenOf(id))),
        request: this.#request(id, isDead),
        openSocket: this.#openSocket(id, isDead),
        clock: this.clock,
        timers: this.time,
        requestTimeoutMs: 3_000,
        random: () => 0.5,
        unreadableRow: () => {},
        earlyRows: (reports) => {
          if (!isDead()) this.#running?.engine.post({ type: "rows", account: clientId(id), reports });
        },
        life: new AbortController().signal,
        knownRowsMax: 1_000,
      }),
    };
  }

  /** What a dead process sent still arrives; its answer reaches nobody. */
  #request(id: string, isDead: () => boolean): SendRequest {
    return (request, signal) =>
      new Promise((resolve) => {
        if (isDead()) return;
        const writtenAt = this.time.elapsed();
        const { method, path, body = "" } = request;
        this.#tap?.sent(id, { method, path, body });
        signal.addEventListener("abort", () => resolve({ came: "no-reply", because: "timeout", detail: "no answer in time", writtenAt }));
        // What is asked beside the plain book travels by itself: a session's other requests take as long as they would without it.
        const wireMs = method === "GET" && /^\/v2\/(super|forever|alerts)/.test(path) ? () => 1 : this.#wireMs;
        this.time.after(wireMs(), () => {
          this.#tap?.arrived(id, { method, path, body }, writtenAt);
          this.simulator.gateway.receive(
            {
              method,
              path,
              token: request.headers["access-token"],
              body,
              from: "127.0.0.1",
              arrivedAt: this.simulator.stamp(),
              elapsedAt: this.time.elapsed(),
            },
            {
              reply: (reply) => {
                this.time.after(wireMs(), () => {
                  if (isDead() || signal.aborted) return;
                  this.#tap?.answered(id, { method, path, body }, reply);
                  resolve({ came: "reply", status: reply.status, body: reply.body, writtenAt });
                });
              },
              reset: () => {
                if (isDead() || signal.aborted) return;
                this.#tap?.answered(id, { method, path, body }, "reset");
                resolve({ came: "no-reply", because: "connection-lost", detail: "reset", writtenAt });
              },
            },
          );
        });
      });
  }

  #openSocket(id: string, isDead: () => boolean): OpenSocket {
    return (_url, listener) => {
      let open = true;
      let lastAt = 0;
      const refused = this.simulator.refusedUpgrade;
      if (refused !== undefined) {
        this.time.after(1, () => !isDead() && listener.closed(1006, `Unexpected server response: ${refused}`));
        return { send: () => {}, ping: () => {}, close: () => {}, cut: () => {} };
      }
      const session = this.simulator.streams.connect({
        send: (payload) => {
          lastAt = Math.max(lastAt, this.time.elapsed() + this.#wireMs());
          this.time.after(lastAt - this.time.elapsed(), () => {
            if (!open || isDead()) return;
            if (typeof payload === "string") {
              this.#tap?.frame(id, payload);
              listener.text(payload);
            } else listener.binary(payload.byteLength);
          });
        },
        drop: () => {
          if (!open) return;
          open = false;
          this.time.after(1, () => {
            if (!isDead()) listener.closed(1006, "");
          });
        },
      });
      this.time.after(1, () => {
        if (!isDead()) listener.opened();
      });
      const end = (): void => {
        if (!open) return;
        open = false;
        session.gone();
        this.time.after(1, () => listener.closed(1000, ""));
      };
      return {
        send: (text) => session.receive(text),
        ping: () => void this.time.after(1, () => !isDead() && open && session.answersPings() && listener.lives()),
        close: end,
        cut: end,
      };
    };
  }
}

export function tokenOf(id: string): string {
  return `token-of-${id}`;
}

function banded(lookup: InstrumentLookup, { lower, upper }: { readonly lower: number; readonly upper: number }): InstrumentLookup {
  const band = { lower: price(Math.round(lower * 10_000)), upper: price(Math.round(upper * 10_000)) };
  return {
    find: (segment, id, expiry) => {
      const row = lookup.find(segment, id, expiry);
      return row?.securityId === CALL.securityId ? { ...row, band } : row;
    },
  };
}

function withFreezeOf(lookup: InstrumentLookup, lots: number): InstrumentLookup {
  return {
    find: (segment, id, expiry) => {
      const row = lookup.find(segment, id, expiry);
      return row === undefined ? undefined : { ...row, freeze: quantity(lots * row.lot) };
    },
  };
}

/** Both are read once, however many worlds are made. */
let instruments: InstrumentLookup | undefined;
let listings: readonly Listing[] | undefined;

function listed(): readonly Listing[] {
  listings ??= readListings(readFileSync(CSV, "utf8"));
  return listings;
}

/** A world in which both lists of forever orders have been read once: nothing waits for that any more (R11). */
export async function worldWithLists(options: WorldOptions): Promise<World> {
  const made = await world(options);
  for (let tries = 0; !made.records().some(({ type }) => type === "follower-standing-read"); tries += 1) {
    if (tries > 60) throw new Error("the lists are not read");
    await made.time.pass(1_000);
  }
  return made;
}

export async function world(options: WorldOptions = {}): Promise<World> {
  instruments ??= (await readInstruments(new URL(CSV).pathname)).lookup;
  const made = new World(options, instruments);
  await made.startEngine();
  return made;
}
