/**
 * How people and supervisors end a process: the first signal asks, the second does not. A terminal that is closed (SIGHUP) asks like
 * Ctrl-C: nobody would be told any more. At a second one nothing is waited for and nothing is lost: what was sent has its intent in the
 * journal, and the next start asks what became of it (R10).
 *
 * npm hands no signal on to what it has started: whoever ends the npx means the copier, which must not trade on, unseen, after the process
 * that people know is gone.
 */
import { FAILED } from "../faces/cli/exit-code.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** How often a process that npm has started looks whether its npx is still there. */
const PARENT_EVERY_MS = 1_000;
/** As the program is loaded: by the time that a command listens its npx may be gone. */
const STARTED_BY = process.ppid;

/** Resolves with the first signal; the second ends the process where it stands, with 1: it was not settled. */
export function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (asked) process.exit(FAILED);
        asked = true;
        resolve(signal);
      });
    }
    if (process.env["npm_command"] === undefined) return;
    const looking = setInterval(() => {
      if (process.ppid === STARTED_BY) return;
      clearInterval(looking);
      asked = true;
      resolve("the npx that started it has ended");
    }, PARENT_EVERY_MS).unref();
  });
}
