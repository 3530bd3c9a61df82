/**
 * The order-update streams of all accounts, without sockets: a peer is whatever carries text to a client (reference 4).
 *
 * No acknowledgement of a good login, nothing at connect, no replay: a frame goes out only when an order changes. A bad
 * login is read, and the connection dropped shortly after without a Close frame.
 */
import type { Clock, Timers } from "../../domain/time.ts";
import type { OrderChange } from "../exchange/ledger.ts";
import type { Market } from "../exchange/market.ts";
import type { Payload, StreamFaults } from "../faults/stream-faults.ts";
import type { Account, Accounts } from "./accounts.ts";
import type { Dialect } from "./dialect.ts";
import { type FrameData, frameData, frameText } from "./frame.ts";

/** The far end of one connection. */
export interface StreamPeer {
  send(payload: Payload): void;
  /** Ends the connection without a Close frame. */
  drop(): void;
}

/** Our end of one connection. */
export interface StreamSession {
  /** A text frame from the client; the first is its login. */
  receive(text: string): void;
  /** The connection has ended. */
  gone(): void;
  /** Whether a ping is to be answered. */
  answersPings(): boolean;
}

export interface SentFrame {
  readonly clientId: string;
  /** Unix milliseconds with a fraction. */
  readonly sentAt: number;
  /** How many streams it went to. */
  readonly streams: number;
  /** Binary frames in hex. */
  readonly text: string;
}

export interface StreamsWorld {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly accounts: Accounts;
  readonly market: Market;
  readonly faults: StreamFaults;
  readonly dialect: () => Dialect;
  /** Elapsed time as Unix milliseconds with a fraction. */
  readonly stamp: () => number;
}

/** How long a bad login lives (reference 4.1: about 10 ms). */
const BAD_LOGIN_MS = 10;
const FIVE_BYTES = Uint8Array.from([0x05, 0x00, 0x00, 0x00, 0x00]);
const FRAME_LOG_MAX = 20_000;

export class OrderStreams {
  readonly #world: StreamsWorld;
  readonly #peers = new Map<string, Set<StreamPeer>>();
  #sent: SentFrame[] = [];

  constructor(world: StreamsWorld) {
    this.#world = world;
  }

  connect(peer: StreamPeer): StreamSession {
    let clientId: string | undefined;
    return {
      receive: (text) => {
        // Whatever a client says after its login is ignored: nothing is documented.
        if (clientId !== undefined) return;
        const account = this.#loginOf(text);
        if (account === undefined) this.#refuse(peer);
        else {
          clientId = account.clientId;
          this.#peersOf(clientId).add(peer);
        }
      },
      gone: () => {
        if (clientId !== undefined) this.#peersOf(clientId).delete(peer);
      },
      answersPings: () => clientId === undefined || !this.#world.faults.isHalfOpen(clientId),
    };
  }

  /** Tells an account's streams about a change of one of its orders. */
  publish(change: OrderChange): void {
    const dialect = this.#world.dialect();
    if (change.kind === "received" && dialect.transitFrames === "skipped") return;
    const { clientId } = change.order;
    if (this.#peersOf(clientId).size === 0) return;
    const text = frameText(frameData(change, this.#world.market.last(change.order.listing), dialect), dialect);
    this.#world.faults.pass(clientId, text, { send: (payload) => this.inject(clientId, payload), cut: () => this.cut(clientId) });
  }

  /** Tells about an order with some of the frame's members replaced, or taken out by null: what no real order would give. */
  publishAltered(change: OrderChange, members: Readonly<Record<string, string | number | null>>): void {
    const dialect = this.#world.dialect();
    const whole: FrameData = frameData(change, this.#world.market.last(change.order.listing), dialect);
    const kept = Object.entries({ ...whole, ...members }).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
    this.inject(change.order.clientId, frameText(Object.fromEntries(kept), dialect));
  }

  /** Sends exactly this to an account's streams, past all faults. */
  inject(clientId: string, payload: Payload): void {
    const peers = this.#peersOf(clientId);
    for (const peer of peers) peer.send(payload);
    const text = typeof payload === "string" ? payload : Buffer.from(payload).toString("hex");
    this.#sent.push({ clientId, sentAt: this.#world.stamp(), streams: peers.size, text });
    if (this.#sent.length > 2 * FRAME_LOG_MAX) this.#sent = this.#sent.slice(-FRAME_LOG_MAX);
  }

  /** Ends an account's connections without a Close frame. */
  cut(clientId: string): void {
    const peers = [...this.#peersOf(clientId)];
    this.#peersOf(clientId).clear();
    for (const peer of peers) peer.drop();
  }

  cutAll(): void {
    for (const clientId of this.#peers.keys()) this.cut(clientId);
  }

  /** How many streams an account has open and logged in. */
  open(clientId: string): number {
    return this.#peersOf(clientId).size;
  }

  /** What was sent, in order. */
  sent(clientId: string | undefined): readonly SentFrame[] {
    return this.#sent.filter((frame) => clientId === undefined || frame.clientId === clientId);
  }

  #refuse(peer: StreamPeer): void {
    if (this.#world.dialect().deadStream === "five-bytes") peer.send(FIVE_BYTES);
    this.#world.timers.after(BAD_LOGIN_MS, () => peer.drop());
  }

  #loginOf(text: string): Account | undefined {
    const login = parseLogin(text);
    const account = login === undefined ? undefined : this.#world.accounts.find(login.clientId);
    if (account === undefined || !this.#world.accounts.isAlive(account, login?.token)) return undefined;
    return this.#world.faults.refusesLogin(account.clientId) ? undefined : account;
  }

  #peersOf(clientId: string): Set<StreamPeer> {
    const known = this.#peers.get(clientId);
    if (known !== undefined) return known;
    const fresh = new Set<StreamPeer>();
    this.#peers.set(clientId, fresh);
    return fresh;
  }
}

/** The SELF login of reference 4.1; `MsgCode` is a number, in older pages a text. */
function parseLogin(text: string): { readonly clientId: string; readonly token: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const frame = membersOf(value);
  const request = membersOf(frame["LoginReq"]);
  const { ClientId: clientId, Token: token, MsgCode: code } = request;
  if (frame["UserType"] !== "SELF" || String(code) !== "42" || typeof clientId !== "string" || typeof token !== "string") return undefined;
  return { clientId, token };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
