/**
 * The order stream of one account, kept open until it is told to end (reference 4.1): connect, log in, read, and after a close
 * connect again, soon at first and then ever more slowly, for ever. It promises no frame: what happened while it was closed is lost
 * here and is found again in the books, which the engine reads after each opening.
 */
import type { ClientId } from "../../domain/identity.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import { pause } from "../../engine/pause.ts";
import type { StreamEnd, StreamListener } from "../../engine/ports/broker.ts";
import { Secret } from "../system/secret.ts";
import type { Access } from "./access.ts";
import { readFrame } from "./frame.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { LegNumbers } from "./leg-numbers.ts";
import type { OpenSocket } from "./socket.ts";
import { unreadable } from "./unreadable.ts";

export interface OrderStreamOptions {
  readonly url: string;
  readonly clientId: ClientId;
  readonly access: Access;
  readonly numbers: LegNumbers;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
}

/** A close so soon after the login, and without a report, is how a dead token looks (reference 4.1). */
const SUSPICIOUS_WITHIN_MS = 10_000;
const OPEN_WITHIN_MS = 10_000;
const LEAVE_WITHIN_MS = 500;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** The vendor throttles its sockets by refusing the upgrade with this status, and wants a minute of quiet (reference 4.1). */
const THROTTLED = /\b429\b/;
const THROTTLED_WAIT_MS = 60_000;
/** Only the signal and a change of the token end a wait for a token. */
const NO_TOKEN_WAIT_MS = 60_000;

/** Resolves when the signal is aborted and the socket is closed; never rejects. */
export async function runOrderStream(options: OrderStreamOptions, listener: StreamListener, signal: AbortSignal): Promise<void> {
  const { access } = options;
  const watched = access.run((news) => listener.token(news), signal);
  let failures = 0;
  while (!signal.aborted) {
    const token = access.token();
    if (!access.isUsable || !(token instanceof Secret)) {
      await access.untilChange(NO_TOKEN_WAIT_MS, signal);
      continue;
    }
    const end = await connection(options, token, listener, signal);
    const isShort = end.openForMs < SUSPICIOUS_WITHIN_MS && end.reports === 0;
    if (isShort && end.wasOpen && !end.isRenewal) await access.ask();
    failures = isShort && !end.isRenewal ? failures + 1 : 0;
    if (!signal.aborted) await rest(options, end, { token, failures }, signal);
  }
  await watched;
}

/** The pause before the next dial. It ends early when another token has come to life; only the broker's wish for quiet outlasts that. */
async function rest({ access, random, timers, clock }: OrderStreamOptions, end: End, after: After, signal: AbortSignal): Promise<void> {
  if (THROTTLED.test(end.text)) return pause(timers, THROTTLED_WAIT_MS * (1 + random() / 2), signal);
  const until = clock.elapsed() + waitBefore(after.failures, random);
  while (!signal.aborted && clock.elapsed() < until && access.isUsable && !access.hasSuccessorOf(after.token))
    await access.untilChange(until - clock.elapsed(), signal);
}

interface After {
  readonly token: Secret;
  readonly failures: number;
}

/** Doubles with each failure in a row, spread over its upper half so that many accounts don't come back at once. */
function waitBefore(failures: number, random: () => number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return (longest / 2) * (1 + random());
}

interface End extends StreamEnd {
  readonly wasOpen: boolean;
}

/** One connection, from the dial to the close. */
function connection(options: OrderStreamOptions, token: Secret, listener: StreamListener, signal: AbortSignal): Promise<End> {
  const { access, clientId, clock, timers, numbers } = options;
  return new Promise((resolve) => {
    let openedAt: number | undefined;
    let reports = 0;
    let verdict = "";
    let isRenewal = false;
    let heard = (): void => {};
    let stopWatch = timers.after(OPEN_WITHIN_MS, () => cut(`not open within ${OPEN_WITHIN_MS} ms`));

    const socket = options.openSocket(options.url, {
      opened: () => {
        stopWatch();
        const heartbeat = startHeartbeat(timers, socket, () => cut("half open: a ping brought no sign of life"));
        heard = heartbeat.heard;
        stopWatch = heartbeat.stop;
        openedAt = clock.elapsed();
        socket.send(loginFrame(clientId, token));
        listener.opened();
      },
      text: (frame) => {
        heard();
        const content = readFrame(frame, clientId, numbers);
        for (const report of content.reports) {
          reports++;
          listener.report(report);
        }
        for (const refused of content.unreadable) listener.unreadable(refused);
      },
      binary: (bytes) => {
        heard();
        listener.unreadable(unreadable("BINARY_FRAME", `a binary frame of ${bytes} bytes on the order stream`, "", undefined));
      },
      lives: () => heard(),
      closed: (code, text) => {
        stopWatch();
        signal.removeEventListener("abort", leave);
        stopRenewal();
        const openForMs = openedAt === undefined ? 0 : clock.elapsed() - openedAt;
        const end = { code, text: verdict || text, openForMs, reports, isRenewal };
        listener.closed(end);
        resolve({ ...end, wasOpen: openedAt !== undefined });
      },
    });

    function cut(why: string): void {
      verdict = why;
      socket.cut();
    }
    function leave(): void {
      stopWatch();
      stopWatch = timers.after(LEAVE_WITHIN_MS, () => socket.cut());
      socket.close();
    }
    signal.addEventListener("abort", leave, { once: true });
    // A new token kills the old one (reference 1.3): whether a stream that logged in with that goes on hearing is nowhere said.
    const stopRenewal = access.onChange(() => {
      if (isRenewal || !access.hasSuccessorOf(token)) return;
      isRenewal = true;
      verdict = "a new token has taken the place of the one that it logged in with";
      leave();
    });
  });
}

function loginFrame(clientId: ClientId, token: Secret): string {
  return JSON.stringify({ LoginReq: { MsgCode: 42, ClientId: clientId, Token: token.open() }, UserType: "SELF" });
}
