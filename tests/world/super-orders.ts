/** What the stories of super orders have in common: both sides' orders and legs, and the market that reaches them. */
import { FOLLOWER, LEADER, type SentCall, type World, world } from "./world.ts";

export type LegName = "STOP_LOSS_LEG" | "TARGET_LEG";

/** The follower's requests, without numbers. */
export function sent(w: World): readonly string[] {
  return w.calls().map(({ method, path }) => `${method} ${path.replace("/v2", "").replace(/\d{6,}/, "#")}`);
}

export function last(w: World): SentCall["body"] {
  return w.calls().at(-1)?.body ?? {};
}

/** Of the account's super orders the `nth`. */
export function entryOf(w: World, id: string, nth = 0): string {
  return w.orders(id).filter(({ legName }) => legName === "ENTRY_LEG")[nth]?.orderId ?? "";
}

export function legOf(w: World, id: string, leg: LegName, nth = 0): string {
  return w.orders(id).filter(({ legName }) => legName === leg)[nth]?.orderId ?? "";
}

export function fillEntries(w: World): void {
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: entryOf(w, id), price: 120.5 });
}

/** The market reaches a leg and fills it. */
export function fire(w: World, id: string, leg: LegName, price: number, nth = 0): void {
  w.admin("super-send", { clientId: id, orderId: entryOf(w, id, nth), legName: leg });
  w.admin("fill", { clientId: id, orderId: legOf(w, id, leg, nth), price });
}

/** One super order, filled whole on both sides. */
export async function held(order: Record<string, unknown> = {}): Promise<World> {
  const w = await world();
  w.leaderSuper(order);
  await w.time.pass(1_500);
  fillEntries(w);
  await w.time.pass(3_000);
  return w;
}
