/**
 * Tells a silent stream from a dead one. The order stream may say nothing for hours and be well (reference 4.1), so silence alone
 * means nothing; a ping that brings no sign of life at all means that the connection is half open.
 */
import type { Timers } from "../../domain/time.ts";

export const PING_EVERY_MS = 20_000;
export const PONG_WITHIN_MS = 10_000;

export interface Heartbeat {
  /** Anything came from the other side. */
  heard(): void;
  stop(): void;
}

/** `dead` is called at most once, `PONG_WITHIN_MS` after a ping that nothing followed; the heart has then stopped. */
export function startHeartbeat(timers: Timers, socket: { ping(): void }, dead: () => void): Heartbeat {
  let unanswered = false;
  let cancel = timers.after(PING_EVERY_MS, ping);

  function ping(): void {
    unanswered = true;
    socket.ping();
    cancel = timers.after(PONG_WITHIN_MS, () => {
      if (unanswered) dead();
      else cancel = timers.after(PING_EVERY_MS - PONG_WITHIN_MS, ping);
    });
  }

  return {
    heard: () => {
      unanswered = false;
    },
    stop: () => cancel(),
  };
}
