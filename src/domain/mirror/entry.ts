/** The entry part of a mirror: the leader's quantity above what his order exits, scaled to the follower (R15, S35). */
import { less, NONE, type Quantity } from "../quantity.ts";
import { type EntrySize, entryShare, entrySize } from "../sizing/share.ts";
import { entryAbove, type Mirror } from "./mirror.ts";

/** The size of the entry part for a leader quantity, or why there is none. */
export function entrySizeOf(mirror: Mirror, leaderUnits: number): EntrySize | undefined {
  const above = less(leaderUnits, entryAbove(mirror.role));
  if (above === 0 || mirror.contract === undefined || (mirror.role.role !== "entry" && mirror.role.role !== "reverse")) return undefined;
  return entrySize(above, mirror.scale, mirror.contract.lot);
}

export function entryUnits(mirror: Mirror, leaderUnits: number): Quantity {
  const above = less(leaderUnits, entryAbove(mirror.role));
  if (above === 0 || mirror.contract === undefined || (mirror.role.role !== "entry" && mirror.role.role !== "reverse")) return NONE;
  return entryShare(above, mirror.scale, mirror.contract.lot);
}
