/**
 * The order stream of one account, kept open until it is told to end (reference 4.1): connect, log in, read, and after a close
 * connect again, soon at first and then ever more slowly. It promises no frame: what happened while it was closed is lost here
 * and is found again in the books, which the engine reads after each opening.
 */
import type { ClientId } from "../../domain/identity.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import type { BrokerAccount, StreamListener } from "../../engine/ports/broker.ts";
import { Secret } from "../system/secret.ts";
import { readFrame } from "./frame.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { pause } from "./pause.ts";
import type { OpenSocket } from "./socket.ts";
import type { TokenSource } from "./token.ts";
import { unreadable } from "./unreadable.ts";

export interface OrderStreamOptions {
  readonly url: string;
  readonly clientId: ClientId;
  readonly token: TokenSource;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  /** Tells a dead token from a bad network, which look alike on the stream. */
  readonly profile: BrokerAccount["profile"];
}

/** A close so soon after the login, and without a frame, is how a dead token looks (reference 4.1). */
const SUSPICIOUS_WITHIN_MS = 10_000;
/** After so many of them in a row the token is checked before each further login. */
const SUSPICIOUS_CLOSES = 3;
/** How often a token that is known to be dead is looked at again: it may have been renewed in its file. */
export const DEAD_TOKEN_RECHECK_MS = 15_000;
/** The codes of our own in `closed`: no token to log in with, and a token that the broker says is dead. */
export const NO_TOKEN_CODE = 4400;
export const DEAD_TOKEN_CODE = 4401;

const OPEN_WITHIN_MS = 10_000;
const LEAVE_WITHIN_MS = 500;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** The vendor throttles its sockets by refusing the upgrade with this status, and wants a minute of quiet (reference 4.1). */
const THROTTLED = /\b429\b/;
const THROTTLED_WAIT_MS = 60_000;

/** Resolves when the signal is aborted and the socket is closed; never rejects. */
export async function runOrderStream(options: OrderStreamOptions, listener: StreamListener, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let suspicious = 0;
  while (!signal.aborted) {
    if (suspicious >= SUSPICIOUS_CLOSES && !(await tokenMayLive(options, listener))) {
      await pause(options.timers, DEAD_TOKEN_RECHECK_MS, signal);
      continue;
    }
    const end = await connection(options, listener, signal);
    const short = end.openForMs < SUSPICIOUS_WITHIN_MS && end.reports === 0;
    if (!short) suspicious = 0;
    else if (end.loggedIn) suspicious++;
    failures = short ? failures + 1 : 0;
    await pause(options.timers, waitBefore(failures, end, options.random), signal);
  }
}

/** False only when the broker says that the token is dead; the listener is told. A check that fails says nothing. */
async function tokenMayLive({ profile }: OrderStreamOptions, listener: StreamListener): Promise<boolean> {
  const checked = await profile();
  if (checked.ok || checked.refusal?.code !== "TOKEN_DEAD") return true;
  listener.closed({ code: DEAD_TOKEN_CODE, text: `the access token is dead: ${checked.detail}`, openForMs: 0, reports: 0 });
  return false;
}

/** Doubles with each failure in a row, spread over its upper half so that many accounts don't come back at once. */
function waitBefore(failures: number, end: End, random: () => number): number {
  if (THROTTLED.test(end.text)) return THROTTLED_WAIT_MS * (1 + random() / 2);
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return (longest / 2) * (1 + random());
}

interface End {
  readonly code: number;
  readonly text: string;
  readonly openForMs: number;
  readonly reports: number;
  readonly loggedIn: boolean;
}

/** One connection, from the dial to the close. */
function connection(options: OrderStreamOptions, listener: StreamListener, signal: AbortSignal): Promise<End> {
  const { clientId, clock, timers } = options;
  const token = options.token();
  if (!(token instanceof Secret))
    return Promise.resolve(told(listener, { code: NO_TOKEN_CODE, text: token.noToken, openForMs: 0, reports: 0, loggedIn: false }));
  return new Promise((resolve) => {
    let openedAt: number | undefined;
    let reports = 0;
    let verdict = "";
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
        const content = readFrame(frame, clientId);
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
      pong: () => heard(),
      closed: (code, text) => {
        stopWatch();
        signal.removeEventListener("abort", leave);
        const openForMs = openedAt === undefined ? 0 : clock.elapsed() - openedAt;
        resolve(told(listener, { code, text: verdict || text, openForMs, reports, loggedIn: openedAt !== undefined }));
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
  });
}

function told(listener: StreamListener, end: End): End {
  const { code, text, openForMs, reports } = end;
  listener.closed({ code, text, openForMs, reports });
  return end;
}

function loginFrame(clientId: ClientId, token: Secret): string {
  return JSON.stringify({ LoginReq: { MsgCode: 42, ClientId: clientId, Token: token.open() }, UserType: "SELF" });
}
