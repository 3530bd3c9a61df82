/** Where most stories begin: the leader has bought, and the copy of it is filled as well. */
import { FOLLOWER, LEADER, type World } from "./world.ts";

export interface Holding {
  /** The leader's units; the copy has half of them. */
  readonly quantity?: number;
  /** From his order to the fills. */
  readonly filledAfterMs?: number;
  /** From the fills until the copier has heard of all. */
  readonly heardAfterMs?: number;
}

export async function bothHold(w: World, { quantity = 150, filledAfterMs = 1_000, heardAfterMs = 2_000 }: Holding = {}): Promise<void> {
  const entry = w.leader({ quantity });
  await w.time.pass(filledAfterMs);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
  await w.time.pass(heardAfterMs);
}
