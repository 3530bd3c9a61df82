/** The broker's clock, by the `Date` header of his answers. It has a resolution of one second. */
import { type Clock, unixMs } from "../../domain/time.ts";
import type { ClockReading } from "../../engine/ports/account-facts.ts";
import type { SendRequest } from "./http.ts";

/** The same way out; `read` is told of each answer that had a date. */
export function readingClock(request: SendRequest, clock: Clock, read: (reading: ClockReading) => void): SendRequest {
  return async (asked, signal) => {
    const askedAt = clock.now();
    const result = await request(asked, signal);
    const told = result.came === "reply" && result.date !== undefined ? Date.parse(result.date) : Number.NaN;
    if (!Number.isNaN(told)) read({ askedAt, answeredAt: clock.now(), told: unixMs(told) });
    return result;
  };
}
