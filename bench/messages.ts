/** What the benchmark and its broker process say to each other. */
import { z } from "zod";

/** Asked of the broker: so many leader orders, each when the one before has been mirrored by all and some time has passed. */
export const task = z.object({
  leader: z.string(),
  followers: z.array(z.string()),
  /** Orders before the first that counts. */
  warmup: z.number(),
  events: z.number(),
  spacingMs: z.number(),
  /** Before each order that counts nothing happens for so long. */
  silenceMs: z.number(),
});
export type Task = z.infer<typeof task>;

/** Said by the broker. `delaysMs`: for each order that counts, from the frame's writing to the arrival of the last follower's order. */
export const news = z.discriminatedUnion("news", [
  z.object({ news: z.literal("listening"), port: z.number() }),
  /** Order streams that are logged in now. */
  z.object({ news: z.literal("streams"), open: z.number() }),
  z.object({ news: z.literal("measured"), delaysMs: z.array(z.number()) }),
  z.object({ news: z.literal("failed"), why: z.string() }),
]);
export type News = z.infer<typeof news>;
