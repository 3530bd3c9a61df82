/** From an afternoon to the next morning. */
import { FOLLOWER, LEADER, type World } from "./world.ts";

const OVERNIGHT_MS = 18 * 3_600_000;

/** Time passes to the next morning; the broker's books begin anew at midnight, and tokens are renewed. */
export async function nextMorning(w: World): Promise<void> {
  await w.time.pass(10 * 60_000);
  w.admin("session", { state: "closed" });
  await w.time.pass(8 * 3_600_000 + 40 * 60_000);
  w.admin("session", { state: "next-day" });
  for (const id of [LEADER, FOLLOWER]) w.renewToken(id);
  await w.time.pass(OVERNIGHT_MS - 9 * 3_600_000);
  w.admin("session", { state: "open" });
  await w.time.pass(60_000);
}
