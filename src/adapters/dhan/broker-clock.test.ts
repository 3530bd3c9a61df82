import { expect, test } from "vitest";
import type { ClockReading } from "../../engine/ports/account-facts.ts";
import { readingClock } from "./broker-clock.ts";
import type { HttpResult } from "./http.ts";
import { VirtualTime } from "./virtual-time.ts";

const never = new AbortController().signal;
const GET = { method: "GET", path: "/v2/profile", headers: {}, body: undefined } as const;

test("each answer with a date is a reading, between the moments of asking and answering; what has none is none", async () => {
  const time = new VirtualTime();
  const answers: HttpResult[] = [
    { came: "reply", status: 401, body: "", writtenAt: 0, date: "Sat, 28 Nov 2026 12:00:07 GMT" },
    { came: "reply", status: 200, body: "", writtenAt: 0 },
    { came: "reply", status: 200, body: "", writtenAt: 0, date: "yesterday" },
    { came: "not-sent", cause: "refused" },
  ];
  const read: ClockReading[] = [];
  const start = time.now();
  const request = readingClock(
    async () => {
      await time.pass(40);
      return answers.shift() ?? expect.fail("asked too often");
    },
    time,
    (reading) => read.push(reading),
  );
  while (answers.length > 0) await request(GET, never);
  expect(read).toEqual([{ askedAt: start, answeredAt: start + 40, told: Date.parse("2026-11-28T12:00:07Z") }]);
});
