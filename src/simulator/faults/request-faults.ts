/**
 * Trouble for REST calls, on demand (reference 12, 14). A fault strikes `before` the broker acts (the request is lost, or
 * refused) or `after` it (the order lives, and the client does not learn it): the difference that decides whether an order
 * may be sent again.
 */
import { type CallKind, isWrite } from "../wire/call.ts";
import type { Reply } from "../wire/reply.ts";

/** One kind of call, or all that place, change or cancel, or all others, or every one. */
export type FaultyCall = CallKind | "write" | "read" | "any";

export type RequestEffect =
  /** `before`: slow on its way in; `after`: accepted at once, answered late (its frame overtakes the answer). */
  | { readonly kind: "delay"; readonly ms: number }
  /** As a delay that ends when the fault is removed. */
  | { readonly kind: "hold" }
  /** Never answered, the connection stays open: `after` is the time-out of an accepted order. */
  | { readonly kind: "silence" }
  /** The TCP connection is reset. */
  | { readonly kind: "reset" }
  /** This answer instead of the broker's own: a 5xx, a 429, or a 200 that carries an error body. */
  | { readonly kind: "answer"; readonly reply: Reply };

export interface RequestFault {
  readonly call: FaultyCall;
  /** Undefined: every account. */
  readonly clientId: string | undefined;
  readonly when: "before" | "after";
  /** How many calls pass unharmed first. */
  readonly skip: number;
  /** How many calls it strikes; undefined: until it is removed. */
  readonly times: number | undefined;
  readonly effect: RequestEffect;
}

interface Armed {
  readonly id: number;
  readonly fault: RequestFault;
  skipped: number;
  struck: number;
  /** What waits for a `hold` to be lifted. */
  readonly waiting: (() => void)[];
}

export interface RequestStrike {
  readonly effect: RequestEffect;
  /** For `hold`: runs `proceed` when the fault is removed. */
  readonly whenLifted: (proceed: () => void) => void;
}

export class RequestFaults {
  readonly #nextId: () => number;
  readonly #armed = new Map<number, Armed>();

  /** Ids are shared with the stream's faults. */
  constructor(nextId: () => number) {
    this.#nextId = nextId;
  }

  add(fault: RequestFault): number {
    const id = this.#nextId();
    this.#armed.set(id, { id, fault, skipped: 0, struck: 0, waiting: [] });
    return id;
  }

  /** Lets go what the fault holds. False: no such fault. */
  remove(id: number): boolean {
    const armed = this.#armed.get(id);
    this.#armed.delete(id);
    for (const proceed of armed?.waiting ?? []) proceed();
    return armed !== undefined;
  }

  list(): readonly { readonly id: number; readonly fault: RequestFault; readonly struck: number; readonly waiting: number }[] {
    return [...this.#armed.values()].map(({ id, fault, struck, waiting }) => ({ id, fault, struck, waiting: waiting.length }));
  }

  /** The oldest fault that strikes this call now. */
  strike(call: CallKind, clientId: string, when: "before" | "after"): RequestStrike | undefined {
    for (const armed of this.#armed.values()) {
      if (armed.fault.when !== when || !concerns(armed.fault, call, clientId) || spent(armed)) continue;
      if (armed.skipped < armed.fault.skip) {
        armed.skipped += 1;
        continue;
      }
      armed.struck += 1;
      return { effect: armed.fault.effect, whenLifted: (proceed) => (this.#armed.has(armed.id) ? armed.waiting.push(proceed) : proceed()) };
    }
    return undefined;
  }
}

function spent(armed: Armed): boolean {
  return armed.fault.times !== undefined && armed.struck >= armed.fault.times;
}

function concerns(fault: RequestFault, call: CallKind, clientId: string): boolean {
  if (fault.clientId !== undefined && fault.clientId !== clientId) return false;
  if (fault.call === "any" || fault.call === call) return true;
  return fault.call === (isWrite(call) ? "write" : "read");
}
