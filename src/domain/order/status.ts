/**
 * The life of an order, on one screen. A broker's word is read together with quantities: a cancelled order can hold fills,
 * and whether `TRADED` is final is decided by what is filled (R1; reference 4.4, 10.6).
 */
import type { ReportedStatus } from "./report.ts";

/** How an order ended. `filled` is by quantity, whatever word came with it. */
export type OrderEnd = "filled" | "cancelled" | "rejected" | "expired";

/** What is true of an order, in one word: `accepted` has no exchange number yet (Dhan's TRANSIT, and after-market orders). */
export type OrderState = "accepted" | "resting" | "part-filled" | OrderEnd;

/**
 * From a state (row) by a reported word (column) to a state. `=` stays as it is; `fills` is decided by quantities; `read`
 * asks the broker before it is believed. Nothing leaves an end but a late fill, which does happen: the exchange's trade can
 * overtake its own cancel.
 */
// biome-ignore format: a table is read by its columns
export const TRANSITIONS: Readonly<Record<OrderState, Readonly<Record<ReportedStatus, OrderState | "=" | "fills" | "read">>>> = {
  //                TRANSIT        PENDING          MODIFIED         PART_TRADED    TRADED         CANCELLED         REJECTED         EXPIRED
  accepted:       { TRANSIT: "=",  PENDING: "resting", MODIFIED: "resting", PART_TRADED: "fills", TRADED: "fills", CANCELLED: "cancelled", REJECTED: "rejected", EXPIRED: "expired" },
  resting:        { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "fills", TRADED: "fills", CANCELLED: "cancelled", REJECTED: "read", EXPIRED: "expired" },
  "part-filled":  { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "fills", TRADED: "fills", CANCELLED: "cancelled", REJECTED: "read", EXPIRED: "expired" },
  filled:         { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "=",     TRADED: "=",     CANCELLED: "=",         REJECTED: "=",    EXPIRED: "=" },
  cancelled:      { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "fills", TRADED: "fills", CANCELLED: "=",         REJECTED: "=",    EXPIRED: "=" },
  rejected:       { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "fills", TRADED: "fills", CANCELLED: "=",         REJECTED: "=",    EXPIRED: "=" },
  expired:        { TRANSIT: "=",  PENDING: "=",    MODIFIED: "=",   PART_TRADED: "fills", TRADED: "fills", CANCELLED: "=",         REJECTED: "=",    EXPIRED: "=" },
};

/** The state in which an order is known to be. */
export function stateOf(order: { readonly end: OrderEnd | undefined; readonly filled: number; readonly reached: boolean }): OrderState {
  if (order.end !== undefined) return order.end;
  if (order.filled > 0) return "part-filled";
  return order.reached ? "resting" : "accepted";
}
