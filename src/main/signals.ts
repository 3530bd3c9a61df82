/** How people and supervisors end a process: the first signal asks, the second does not. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** What shells take for "ended by Ctrl-C". */
const ENDED_AT_ONCE = 130;

/** Resolves with the first signal; the second ends the process where it stands. */
export function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (asked) process.exit(ENDED_AT_ONCE);
        asked = true;
        resolve(signal);
      });
    }
  });
}
