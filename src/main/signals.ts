/**
 * How people and supervisors end a process: the first signal asks, the second does not. A terminal that is closed (SIGHUP) asks like
 * Ctrl-C: nobody would be told any more. At a second one nothing is waited for and nothing is lost: what was sent has its intent in the
 * journal, and the next start asks what became of it (R10).
 */
import { FAILED } from "../faces/cli/exit-code.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

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
  });
}
