/** What is recorded before a request leaves: what is meant to be sent, and what is said when it is (R8). */
import { unreachable } from "../domain/assert.ts";
import type { Decision } from "../domain/mirror/decision.ts";
import type { Mirror } from "../domain/mirror/mirror.ts";
import type { BookRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import type { Verdict } from "../domain/verdict.ts";

/** That an order was sent is said when it is sent. */
export function isSaidOnLeaving({ code }: Verdict): boolean {
  return code === "COPIED" || code === "REPLACED";
}

export function intended({ follower, key }: Mirror, { request, verdicts }: Decision, at: UnixMs): readonly BookRecord[] {
  const about = { at, follower, mirror: key };
  switch (request?.request) {
    case undefined:
      return [];
    case "place": {
      const { request: _, ...placement } = request;
      const said = verdicts.filter(({ verdict }) => isSaidOnLeaving(verdict));
      return [
        { type: "placement-intended", ...about, ...placement },
        ...said.map(({ verdict }): BookRecord => ({ type: "verdict-given", ...about, verdict, refuses: undefined })),
      ];
    }
    case "modify": {
      const { request: _, ...change } = request;
      return [{ type: "modification-intended", ...about, ...change }];
    }
    case "cancel": {
      const { request: _, purpose, ...cancel } = request;
      const replaces = purpose === "replaces" ? { replaces: true as const } : {};
      const givesUp = purpose === "gives-up" ? { givesUp: true as const } : {};
      return [{ type: "cancel-intended", ...about, ...cancel, ...replaces, ...givesUp }];
    }
    default:
      return unreachable(request);
  }
}
