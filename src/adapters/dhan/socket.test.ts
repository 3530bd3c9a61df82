/** The real socket and the stream over it, against a real server. */
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { clientId } from "../../domain/identity.ts";
import { systemClock } from "../system/clock.ts";
import { Secret } from "../system/secret.ts";
import { systemTimers } from "../system/timers.ts";
import { Access } from "./access.ts";
import { LegNumbers } from "./leg-numbers.ts";
import { runOrderStream } from "./order-stream.ts";
import { openWebSocket } from "./socket.ts";

async function server(greet: (peer: WebSocket, connection: number) => void): Promise<string> {
  let connections = 0;
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  wss.on("connection", (peer) => greet(peer, ++connections));
  await new Promise<void>((resolve) => wss.once("listening", resolve));
  onTestFinished(() => {
    for (const peer of wss.clients) peer.terminate();
    wss.close();
  });
  const address = wss.address();
  return `ws://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

test("text, binary, pings and a close without a word arrive as what they are", async () => {
  const url = await server((peer) => {
    peer.on("ping", () => {
      peer.send("one");
      peer.send(Buffer.from([0xff, 0xfe, 0, 1, 2]));
      peer.send(Buffer.from([0x61, 0xff, 0x62]), { binary: false });
      peer.once("message", () => peer.terminate());
    });
  });
  const told: string[] = [];
  await new Promise<void>((resolve) => {
    const socket = openWebSocket(url, {
      opened: () => socket.ping(),
      text: (frame) => {
        told.push(frame);
        if (told.length === 4) socket.send("enough");
      },
      binary: (bytes) => told.push(`${bytes} bytes`),
      lives: () => told.push("pong"),
      closed: (code) => {
        told.push(`closed ${code}`);
        resolve();
      },
    });
  });
  expect(told.toSorted()).toEqual(["5 bytes", "a\uFFFDb", "closed 1006", "one", "pong"]);
});

test("an upgrade that is refused is a close that says so", async () => {
  const http = createServer((_request, response) => response.writeHead(429).end());
  http.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 429 Too Many Requests\r\n\r\n"));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const address = http.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = await new Promise<string>((resolve) => {
    openWebSocket(`ws://127.0.0.1:${port}`, {
      opened: () => {},
      text: () => {},
      binary: () => {},
      lives: () => {},
      closed: (code, text) => resolve(`${code} ${text}`),
    });
  });
  expect(close).toBe("1006 Unexpected server response: 429");
});

test("the stream logs in, reads, comes back after a cut, and ends when it is told to", async () => {
  const logins: unknown[] = [];
  const stop = new AbortController();
  const told: string[] = [];
  const url = await server((peer, connection) => {
    peer.on("message", (data) => {
      logins.push(JSON.parse(data.toString()));
      if (connection === 1) peer.terminate();
      else peer.send('{"Type":"order_alert","Data":{"orderNo":"7"}}');
    });
  });
  const token = new Secret("TOKEN");
  const access = new Access({
    token: () => token,
    profile: async () => ({ ok: true, value: { tokenValidUntil: undefined } }),
    clock: systemClock,
    timers: systemTimers,
  });
  await runOrderStream(
    {
      url,
      clientId: clientId("1100000001"),
      access,
      openSocket: openWebSocket,
      clock: systemClock,
      timers: systemTimers,
      numbers: new LegNumbers(),
      random: () => 0,
    },
    {
      opened: () => told.push("opened"),
      report: () => told.push("report"),
      unreadable: (frame) => {
        told.push(`${frame.code} ${frame.orderId}`);
        stop.abort();
      },
      closed: ({ code }) => told.push(`closed ${code}`),
      token: () => {},
    },
    stop.signal,
  );
  const login = { LoginReq: { MsgCode: 42, ClientId: "1100000001", Token: "TOKEN" }, UserType: "SELF" };
  expect(logins).toEqual([login, login]);
  expect(told).toEqual(["opened", "closed 1006", "opened", "NO_SECURITY_ID 7", expect.stringMatching(/^closed 100[05]$/)]);
});
