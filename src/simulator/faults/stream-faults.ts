/**
 * Trouble for order-update frames, on demand (reference 12, 21). Each account's frames pass through the faults that concern
 * it, oldest first, on their way to the account's streams.
 */
import type { Timers } from "../../domain/time.ts";

/** What a socket carries: a text frame, or a binary one. */
export type Payload = string | Uint8Array;

export type StreamEffect =
  | { readonly kind: "drop" }
  | { readonly kind: "duplicate" }
  /** The frame comes after the next one. */
  | { readonly kind: "reorder" }
  /** The frame shares one text frame with the next one (reference 4.2). */
  | { readonly kind: "join" }
  | { readonly kind: "delay"; readonly ms: number }
  /** A binary frame with unreadable bytes comes first. */
  | { readonly kind: "garbage" }
  /** A text frame that is no JSON comes first. */
  | { readonly kind: "noise" }
  /** Connected to nothing: no frame arrives and pings are not answered; the socket stays open. */
  | { readonly kind: "half-open" }
  /** The connection is dropped right after the login, without a Close frame. */
  | { readonly kind: "refuse-login" }
  /** The connection is dropped in place of the frame, without a Close frame. */
  | { readonly kind: "cut" };

export interface StreamFault {
  /** Undefined: every account. */
  readonly clientId: string | undefined;
  readonly skip: number;
  /** Undefined: until it is removed. */
  readonly times: number | undefined;
  readonly effect: StreamEffect;
}

/** Where frames go after the faults. */
export interface FrameExit {
  send(payload: Payload): void;
  cut(): void;
}

interface Armed {
  readonly id: number;
  readonly fault: StreamFault;
  skipped: number;
  struck: number;
  /** What `reorder` and `join` keep back until the next frame. */
  readonly kept: Map<string, string>;
}

/** A frame that was kept back leaves alone when no other follows within this time. */
const KEPT_MS = 250;
const GARBAGE = Uint8Array.from([0x00, 0xff, 0xfe, 0x81, 0x07, 0xc3, 0x28, 0x00]);
const NOISE = 'order update\n{"Data": {"orderNo": ';

export class StreamFaults {
  readonly #nextId: () => number;
  readonly #timers: Timers;
  readonly #armed = new Map<number, Armed>();

  constructor(nextId: () => number, timers: Timers) {
    this.#nextId = nextId;
    this.#timers = timers;
  }

  add(fault: StreamFault): number {
    const id = this.#nextId();
    this.#armed.set(id, { id, fault, skipped: 0, struck: 0, kept: new Map() });
    return id;
  }

  remove(id: number): boolean {
    return this.#armed.delete(id);
  }

  list(): readonly { readonly id: number; readonly fault: StreamFault; readonly struck: number }[] {
    return [...this.#armed.values()].map(({ id, fault, struck }) => ({ id, fault, struck }));
  }

  /** Whether the account's sockets lead nowhere just now: then pings are not answered either. */
  isHalfOpen(clientId: string): boolean {
    return [...this.#armed.values()].some(({ fault }) => fault.effect.kind === "half-open" && concerns(fault, clientId));
  }

  /** Whether a login is to be refused now; counts as a strike. */
  refusesLogin(clientId: string): boolean {
    for (const armed of this.#armed.values()) {
      if (armed.fault.effect.kind === "refuse-login" && concerns(armed.fault, clientId) && strikes(armed)) return true;
    }
    return false;
  }

  /** Sends one frame through the faults. */
  pass(clientId: string, text: string, exit: FrameExit): void {
    let payloads: readonly Payload[] = [text];
    let delayMs = 0;
    for (const armed of this.#armed.values()) {
      if (!concerns(armed.fault, clientId) || armed.fault.effect.kind === "refuse-login") continue;
      // A frame that was kept back must leave with this one, even when the fault's count is used up.
      const kept = armed.kept.get(clientId);
      if (kept !== undefined) {
        armed.kept.delete(clientId);
        payloads = armed.fault.effect.kind === "join" ? [`${kept}${payloads.join("")}`] : [...payloads, kept];
        continue;
      }
      if (payloads.length === 0 || !strikes(armed)) continue;
      const { effect } = armed.fault;
      if (effect.kind === "cut") exit.cut();
      if (effect.kind === "delay") delayMs += effect.ms;
      if (effect.kind === "reorder" || effect.kind === "join") this.#keep(armed, clientId, text, exit);
      payloads = changed(payloads, effect);
    }
    const leaving = payloads;
    const leave = (): void => {
      for (const payload of leaving) exit.send(payload);
    };
    if (delayMs > 0) this.#timers.after(delayMs, leave);
    else leave();
  }

  #keep(armed: Armed, clientId: string, text: string, exit: FrameExit): void {
    armed.kept.set(clientId, text);
    this.#timers.after(KEPT_MS, () => {
      if (armed.kept.get(clientId) !== text) return;
      armed.kept.delete(clientId);
      exit.send(text);
    });
  }
}

function changed(payloads: readonly Payload[], effect: StreamEffect): readonly Payload[] {
  switch (effect.kind) {
    case "drop":
    case "half-open":
    case "cut":
    case "reorder":
    case "join":
      return [];
    case "duplicate":
      return payloads.flatMap((payload) => [payload, payload]);
    case "garbage":
      return [GARBAGE, ...payloads];
    case "noise":
      return [NOISE, ...payloads];
    case "delay":
    case "refuse-login":
      return payloads;
  }
}

/** Counts a strike, unless the fault still lets calls pass or is used up. */
function strikes(armed: Armed): boolean {
  const { skip, times } = armed.fault;
  if (times !== undefined && armed.struck >= times) return false;
  if (armed.skipped < skip) {
    armed.skipped += 1;
    return false;
  }
  armed.struck += 1;
  return true;
}

function concerns(fault: StreamFault, clientId: string): boolean {
  return fault.clientId === undefined || fault.clientId === clientId;
}
