import { expect, test } from "vitest";
import { emptyBook } from "../../domain/book/book.ts";
import { accountId, clientId, orderId } from "../../domain/identity.ts";
import { mirrorKey } from "../../domain/mirror/mirror.ts";
import type { BookRecord } from "../../domain/records.ts";
import { unixMs } from "../../domain/time.ts";
import { verdict } from "../../domain/verdict.ts";
import { fold } from "../../engine/recorder.ts";
import { journal, WHOLE } from "../../engine/views/story.example.ts";
import type { LogLine } from "./line.ts";
import { type LoggingObserver, loggingObserver } from "./observer.ts";

const NOW = unixMs(1_795_385_936_601);

function listening(): { readonly observer: LoggingObserver; readonly lines: LogLine[]; readonly nextTurn: () => void } {
  const lines: LogLine[] = [];
  const due: (() => void)[] = [];
  const book = emptyBook();
  fold(book, journal(WHOLE));
  const observer = loggingObserver({
    log: { write: (line) => lines.push(line), flush: () => undefined },
    names: { accounts: new Map([[clientId("1000000001"), "meera"]]), book },
    clock: { now: () => NOW, elapsed: () => 0 },
    timers: {
      after: (_, fire) => {
        due.push(fire);
        return () => undefined;
      },
    },
  });
  const nextTurn = (): void => {
    for (const fire of due.splice(0)) fire();
  };
  return { observer, lines, nextTurn };
}

test("nothing is formatted or written while the engine is between intent and request: lines come in the next turn, in order", () => {
  const { observer, lines, nextTurn } = listening();
  observer.recorded(WHOLE);
  observer.noted({ level: "info", code: "STREAM_OPEN", account: accountId("meera"), message: "the order stream is open" });
  expect(lines).toEqual([]);
  nextTurn();
  expect(lines.map(({ code }) => code)).toEqual([
    "LEADER_ORDER",
    "PLACE",
    "COPIED",
    "ANSWERED",
    "FOLLOWER_ORDER",
    "CANCEL",
    "ANSWERED",
    "FOLLOWER_ORDER",
    "STREAM_OPEN",
  ]);
  expect(lines.at(-1)).toMatchObject({ at: NOW, account: "meera" });
});

test("what waits is written when the process ends", () => {
  const { observer, lines } = listening();
  observer.say({ level: "critical", code: "BROKEN", message: "a promise was broken" });
  observer.flush();
  expect(lines).toMatchObject([{ level: "critical", code: "BROKEN" }]);
});

test("a verdict is as loud as its code, and names the copy and the leader's order", () => {
  const { observer, lines, nextTurn } = listening();
  const given: BookRecord = {
    type: "verdict-given",
    at: NOW,
    follower: clientId("1000000002"),
    mirror: mirrorKey({ leader: clientId("1000000001"), follower: clientId("1000000002"), cause: orderId("112611200001") }),
    verdict: verdict("ORPHAN", "75 units are the follower's own now", { excess: 75 }),
    refuses: undefined,
  };
  observer.recorded([given]);
  nextTurn();
  expect(lines).toEqual([
    {
      at: NOW,
      level: "warning",
      code: "ORPHAN",
      account: "1000000002",
      copy: "meera-arjun",
      order: "112611200001",
      message: "75 units are the follower's own now",
      details: { numbers: { excess: 75 } },
    },
  ]);
});
