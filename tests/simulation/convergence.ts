/** How long a session is waited for, once the faults are over, until it is judged (I12). */

/** With the faults over, everything has converged within this time. */
export const CONVERGED_MS = 120_000;
/** By then nothing may have been sent for this long. */
export const QUIET_MS = 20_000;
/** When nothing has been sent for so long, nothing waits for the budget of a second any more. */
const PAUSE_MS = 5_000;
/** As long as requests leave without a pause, so long at most is a session waited for. */
const SENT_WITHIN_MS = 600_000;
/** And so long where entries have spent what they may of the hour. */
const SPENT_WITHIN_MS = 3_600_000 + SENT_WITHIN_MS;

/** What is seen of the copier. */
export interface Sender {
  now(): number;
  lastWriteAt(): number;
  /** Entries have nothing left of the minute or the hour. */
  isSpent(): boolean;
  pass(ms: number): Promise<void>;
}

/**
 * Slices of many orders at three requests a second take longer than anything else does, and those of a whole day more than the hour has (R21): until they
 * are through nothing has come to rest. All else has been sent when the quiet begins that the two minutes end with, and slices that go on into it have theirs after them.
 */
export async function converge(sender: Sender): Promise<void> {
  await sender.pass(CONVERGED_MS - QUIET_MS);
  await passUntilThrough(sender, SENT_WITHIN_MS);
  await sender.pass(QUIET_MS);
}

/** Where a leader has withdrawn a day's orders, and each has slices, the budget takes longer to cancel them all: what fills before that is an orphan, whose exits wait for it in their turn. */
export async function passUntilThrough(sender: Sender, withinMs: number): Promise<void> {
  const until = sender.now() + withinMs;
  while (sender.lastWriteAt() > sender.now() - PAUSE_MS && sender.now() < until) await sender.pass(1_000);
  await passWhileSpent(sender);
}

/** As long as the budget holds back what is to be sent. */
export async function passWhileSpent(sender: Pick<Sender, "now" | "isSpent" | "pass">): Promise<void> {
  const until = sender.now() + SPENT_WITHIN_MS;
  while (sender.isSpent() && sender.now() < until) await sender.pass(1_000);
}
