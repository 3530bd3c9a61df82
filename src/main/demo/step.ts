/**
 * The script of the demonstration is data: what the leader does, what the exchange does, and what goes wrong. A step names the leader's
 * order by a few words of its own; `floor.ts` plays it.
 */
import type { OrderType, Product, Side, Validity } from "../../domain/order/terms.ts";
import type { RequestEffect } from "../../simulator/faults/request-faults.ts";
import type { StreamEffect } from "../../simulator/faults/stream-faults.ts";
import type { Dialect } from "../../simulator/wire/dialect.ts";
import type { ScriptContract } from "./contracts.ts";
import type { Follower, Player } from "./players.ts";

/** Words for a leader's order: unique in the script. */
export type OrderName = string;

/** What the leader asks for. Prices in rupees; LIMIT, DAY and INTRADAY when left out. */
export interface LeaderOrder {
  readonly side: Side;
  readonly contract: ScriptContract;
  readonly lots: number;
  readonly type?: OrderType;
  readonly price?: number;
  readonly trigger?: number;
  readonly validity?: Validity;
  readonly product?: Product;
  /** Units. */
  readonly disclosed?: number;
  readonly afterMarket?: boolean;
}

/** Only what changes. */
export interface LeaderChange {
  readonly lots?: number;
  readonly type?: OrderType;
  readonly price?: number;
  readonly trigger?: number;
}

/** What happens at the broker and the exchange. */
export type FloorStep =
  /** The market's last price, in rupees. With manual matching nothing follows from it but protected limits. */
  | { readonly do: "price"; readonly contract: ScriptContract; readonly rupees: number }
  | { readonly do: "place"; readonly order: OrderName; readonly wants: LeaderOrder }
  | { readonly do: "modify"; readonly order: OrderName; readonly to: LeaderChange }
  | { readonly do: "cancel"; readonly order: OrderName }
  /** The exchange fills the leader's order, or a follower's copy of it; all that is open when no lots are given. */
  | { readonly do: "fill"; readonly order: OrderName; readonly at: Player; readonly lots?: number; readonly rupees: number }
  | { readonly do: "reject"; readonly order: OrderName; readonly at: Player; readonly reason: string }
  /** The exchange ends it by itself, as it does with what an IOC order has left. */
  | { readonly do: "end"; readonly order: OrderName; readonly at: Player }
  | { readonly do: "funds"; readonly of: Player; readonly rupees: number }
  /** A broker keeps new orders in TRANSIT, or lets them go to the exchange. */
  | { readonly do: "transit"; readonly of: Player; readonly state: "hold" | "release" }
  | { readonly do: "dialect"; readonly speaks: Partial<Dialect> }
  | { readonly do: "disturb-frames"; readonly of: Player; readonly times?: number; readonly effect: StreamEffect }
  | {
      readonly do: "disturb-requests";
      readonly of: Player;
      readonly call: "place" | "any";
      readonly when: "before" | "after";
      readonly skip?: number;
      readonly effect: RequestEffect;
    }
  /** Takes all disturbances back, and lets go what they held. */
  | { readonly do: "repair" }
  | { readonly do: "cut-stream"; readonly of: Player }
  /** New streams are refused with this status; without one they are let in again. */
  | { readonly do: "upgrades"; readonly status?: number };

export type Step =
  | FloorStep
  | { readonly do: "wait"; readonly ms: number }
  /** Waits until this many requests are held at the brokers by `disturb-requests`. */
  | { readonly do: "await-held"; readonly requests: number }
  /** Waits until the follower's broker has the copy of an order. */
  | { readonly do: "await-copy"; readonly order: OrderName; readonly at: Follower }
  /** The copier is dropped: sockets destroyed, nothing flushed. */
  | { readonly do: "drop" }
  /** A new one is built from the journal file alone. */
  | { readonly do: "rebuild" }
  /** These, one right after the other, without waiting in between for the copier to have done its part. */
  | { readonly do: "at-once"; readonly steps: readonly Step[] };

export function place(order: OrderName, wants: LeaderOrder): Step {
  return { do: "place", order, wants };
}

export function modify(order: OrderName, to: LeaderChange): Step {
  return { do: "modify", order, to };
}

export function cancel(order: OrderName): Step {
  return { do: "cancel", order };
}

export function fill(order: OrderName, at: Player, rupees: number, lots?: number): Step {
  return { do: "fill", order, at, rupees, ...(lots === undefined ? {} : { lots }) };
}

/** Each of them wholly, at one price. */
export function fillEach(order: OrderName, at: readonly Player[], rupees: number): readonly Step[] {
  return at.map((player) => fill(order, player, rupees));
}

export function price(contract: ScriptContract, rupees: number): Step {
  return { do: "price", contract, rupees };
}
