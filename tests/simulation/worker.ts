/** One of the processes over which the seeds are spread: runs its share, and tells of each. */
import { setImmediate } from "node:timers/promises";
import type { Job, SeedTold } from "./job.ts";
import { runSeed } from "./run-seed.ts";
import { besides, storyOf } from "./story.ts";

process.on("message", (job: Job) => {
  void work(job).then(() => {
    if (process.connected) process.disconnect();
  });
});

/** Until it is done, or there is nobody to tell any more. */
async function work(job: Job): Promise<void> {
  for (const seed of job.seeds) {
    const told = await tell(seed, job);
    if (!process.connected) return;
    process.send?.(told);
    // A session under virtual time leaves no room for the word that the other end has died.
    await setImmediate();
  }
}

async function tell(seed: number, job: Job): Promise<SeedTold> {
  const { broken, counts, orders, stage } = await runSeed(seed, job);
  const stem = broken?.stem;
  const story = stem === undefined ? undefined : `${storyOf(stage, stem)}\n\nin the same contract:\n${besides(stage, stem)}`;
  stage.medium.remove();
  return { seed, broken, story, counts: counts.toJSON(), orders };
}
