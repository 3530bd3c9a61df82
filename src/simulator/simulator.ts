/**
 * The DhanHQ v2 simulator without sockets: one exchange, the broker's REST surface, its order-update streams, and the faults.
 *
 * Under virtual time a test hands requests to `gateway.receive` and peers to `streams.connect`; `server.ts` does the same
 * from real sockets. Nothing here asks the machine for time or chance.
 */
import { parsePrice } from "../domain/money.ts";
import type { Clock, Timers } from "../domain/time.ts";
import { ConditionalOrders } from "./exchange/conditional-orders.ts";
import type { Conduct } from "./exchange/conduct.ts";
import { Exchange } from "./exchange/exchange.ts";
import { ForeverOrders } from "./exchange/forever-orders.ts";
import { type Listing, Listings } from "./exchange/listing.ts";
import type { Matching } from "./exchange/market.ts";
import { SuperOrders } from "./exchange/super-orders.ts";
import { RequestFaults } from "./faults/request-faults.ts";
import { StreamFaults } from "./faults/stream-faults.ts";
import { type AccountOptions, Accounts } from "./wire/accounts.ts";
import type { Lag } from "./wire/broker-calls.ts";
import { DEFAULT_DIALECT, type Dialect } from "./wire/dialect.ts";
import { Gateway } from "./wire/gateway.ts";
import { OrderStreams } from "./wire/order-streams.ts";
import { DHAN_LIMITS, RateGate, type RateLimits } from "./wire/rate-limits.ts";
import { RequestLog } from "./wire/request-log.ts";

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Order numbers, opening prices and partial fills follow from it. */
  readonly seed: number;
  readonly accounts: readonly AccountOptions[];
  readonly listings: readonly Listing[];
  /** `manual` when left out: nothing fills unless told. */
  readonly matching?: Matching;
  readonly conduct?: Partial<Conduct>;
  readonly dialect?: Partial<Dialect>;
  /** Dhan's when left out (reference 10.3). */
  readonly limits?: Partial<RateLimits>;
  /** How often prices of instruments with open orders wander; never when left out. */
  readonly walkEveryMs?: number;
  /** How many requests the log keeps at least; 50,000 when left out. */
  readonly requestLogMax?: number;
}

const NO_LAG: Lag = { booksMs: 0, correlationMs: 0 };
const DEFAULT_FUNDS_RUPEES = 1_000_000_000;

export class Simulator {
  readonly exchange: Exchange;
  readonly superOrders: SuperOrders;
  readonly foreverOrders: ForeverOrders;
  readonly conditionalOrders: ConditionalOrders;
  readonly accounts: Accounts;
  readonly gateway: Gateway;
  readonly streams: OrderStreams;
  readonly gate: RateGate;
  readonly log: RequestLog;
  readonly requestFaults: RequestFaults;
  readonly streamFaults: StreamFaults;
  readonly #clock: Clock;
  readonly #origin: number;
  readonly #lag = new Map<string, Lag>();
  #dialect: Dialect;
  #everybodysLag = NO_LAG;
  #refusedUpgrade: number | undefined;

  constructor(options: SimulatorOptions) {
    const { clock, timers } = options;
    this.#clock = clock;
    this.#origin = clock.now() - clock.elapsed();
    this.#dialect = { ...DEFAULT_DIALECT, ...options.dialect };
    let faultId = 0;
    const nextId = (): number => {
      faultId += 1;
      return faultId;
    };
    const dialect = (): Dialect => this.#dialect;
    const stamp = (): number => this.stamp();
    this.exchange = new Exchange({
      clock,
      timers,
      seed: options.seed,
      listings: new Listings(options.listings),
      matching: options.matching ?? "manual",
      conduct: options.conduct ?? {},
    });
    this.superOrders = new SuperOrders(this.exchange);
    this.foreverOrders = new ForeverOrders(this.exchange);
    this.conditionalOrders = new ConditionalOrders(this.exchange);
    this.accounts = new Accounts(clock);
    this.gate = new RateGate({ ...DHAN_LIMITS, ...options.limits });
    this.log = new RequestLog(options.requestLogMax ?? 50_000);
    this.requestFaults = new RequestFaults(nextId);
    this.streamFaults = new StreamFaults(nextId, timers);
    this.streams = new OrderStreams({ clock, timers, accounts: this.accounts, market: this.exchange.market, faults: this.streamFaults, dialect, stamp });
    this.gateway = new Gateway({
      clock,
      timers,
      exchange: this.exchange,
      superOrders: this.superOrders,
      foreverOrders: this.foreverOrders,
      conditionalOrders: this.conditionalOrders,
      accounts: this.accounts,
      gate: this.gate,
      faults: this.requestFaults,
      log: this.log,
      dialect,
      lagOf: (clientId) => this.#lag.get(clientId) ?? this.#everybodysLag,
      stamp,
    });
    this.exchange.ledger.onChange((change) => this.streams.publish(change));
    this.exchange.ledger.onChange((change) => this.superOrders.changed(change));
    for (const account of options.accounts) this.openAccount(account);
    if (options.walkEveryMs !== undefined) this.exchange.walk(options.walkEveryMs);
  }

  openAccount(options: AccountOptions): void {
    this.accounts.open(options);
    this.exchange.ledger.openAccount(options.clientId, parsePrice(options.funds ?? DEFAULT_FUNDS_RUPEES) ?? 0);
  }

  get dialect(): Dialect {
    return this.#dialect;
  }

  speak(changes: Partial<Dialect>): void {
    this.#dialect = { ...this.#dialect, ...changes };
  }

  /** How far an account's books are behind for its readers; `undefined` as client: everybody's without a lag of his own. */
  setLag(clientId: string | undefined, lag: Lag): void {
    if (clientId === undefined) this.#everybodysLag = lag;
    else this.#lag.set(clientId, lag);
  }

  /** The HTTP status with which new streams are refused at the upgrade; undefined: they are not. */
  get refusedUpgrade(): number | undefined {
    return this.#refusedUpgrade;
  }

  refuseUpgrades(status: number | undefined): void {
    this.#refusedUpgrade = status;
  }

  /** Unix milliseconds with a fraction, that never fall. */
  stamp(): number {
    return this.#origin + this.#clock.elapsed();
  }

  stop(): void {
    this.exchange.stop();
    this.streams.cutAll();
  }
}
