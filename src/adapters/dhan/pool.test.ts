/** The real transport against real sockets: what it may say about a request whose fate is not known (R10). */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createRawServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../system/clock.ts";
import type { HttpRequest } from "./http.ts";
import { type BrokerPool, CONNECTIONS_MAX, openPool } from "./pool.ts";

const POST: HttpRequest = { method: "POST", path: "/v2/orders", headers: { "access-token": "T", "content-type": "application/json" }, body: '{"quantity":75}' };
const never = new AbortController().signal;

async function listening(server: Server | ReturnType<typeof createRawServer>): Promise<BrokerPool> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : expect.fail("no port");
  const pool = openPool({ rest: `http://127.0.0.1:${port}/v2`, clock: systemClock });
  onTestFinished(async () => {
    await pool.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  });
  return pool;
}

const http = (answer: RequestListener): Promise<BrokerPool> => listening(createServer(answer));

/** A server that hangs up on each connection in its own way once a request has arrived. */
function raw(onRequest: (socket: Socket) => void): { readonly pool: Promise<BrokerPool>; readonly arrived: () => number } {
  let arrived = 0;
  const server = createRawServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      arrived++;
      onRequest(socket);
    });
  });
  return { pool: listening(server), arrived: () => arrived };
}

test("a request arrives as it was made, once, and its answer comes back with the moment of its writing", async () => {
  const seen: string[] = [];
  const pool = await http((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${request.headers["access-token"]} ${request.headers["content-length"]} ${body}`);
      response.statusCode = 400;
      response.write("half ");
      setImmediate(() => response.end("€"));
    });
  });
  const before = systemClock.elapsed();
  const result = await pool.request(POST, never);
  expect(result).toMatchObject({ came: "reply", status: 400, body: "half €", date: expect.stringMatching(/ GMT$/) });
  expect(result.came === "reply" ? result.writtenAt : 0).toBeGreaterThanOrEqual(before);
  expect(result.came === "reply" ? result.writtenAt : Infinity).toBeLessThanOrEqual(systemClock.elapsed());
  expect(seen).toEqual(['POST /v2/orders T 15 {"quantity":75}']);
});

test("a broker that refuses the connection was never told (not sent)", async () => {
  const server = createServer();
  const pool = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await pool.request(POST, never)).toEqual({ came: "not-sent", cause: expect.stringMatching(/ECONNREFUSED/) });
});

test("a host that can't be found was never told (not sent)", async () => {
  const pool = openPool({ rest: "http://broker.invalid/v2", clock: systemClock });
  onTestFinished(() => pool.close());
  expect(await pool.request(POST, never)).toMatchObject({ came: "not-sent" });
});

test.each([
  ["resets", (socket: Socket) => socket.resetAndDestroy()],
  ["hangs up", (socket: Socket) => socket.end()],
  ["hangs up in mid-answer", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{")],
  ["talks nonsense", (socket: Socket) => socket.end("no http at all\r\n\r\n")],
])("a broker that %s after the request may have carried it out: unknown, and it is not sent again", async (_what, hangUp) => {
  const { pool, arrived } = raw(hangUp);
  expect(await (await pool).request(POST, never)).toMatchObject({ came: "no-reply", because: "connection-lost", writtenAt: expect.any(Number) });
  expect(await (await pool).request({ ...POST, method: "GET", body: undefined }, never)).toMatchObject({ came: "no-reply" });
  expect(arrived()).toBe(2);
});

test("a request that is given up after its writing is a time-out, and its connection is closed with it (R21)", async () => {
  const closed = Promise.withResolvers<void>();
  const deadline = new AbortController();
  const { pool } = raw((socket) => {
    socket.on("close", () => closed.resolve());
    deadline.abort();
  });
  expect(await (await pool).request(POST, deadline.signal)).toMatchObject({ came: "no-reply", because: "timeout", writtenAt: expect.any(Number) });
  await closed.promise;
});

test("a request that is given up while it waits for a connection was not sent, and never is", async () => {
  let arrived = 0;
  const answers: (() => void)[] = [];
  const full = Promise.withResolvers<void>();
  const pool = await http((_request, response) => {
    arrived++;
    answers.push(() => response.end("{}"));
    if (arrived === CONNECTIONS_MAX) full.resolve();
  });
  const busy = Array.from({ length: CONNECTIONS_MAX }, () => pool.request(POST, never));
  await full.promise;
  const deadline = new AbortController();
  const waiting = pool.request(POST, deadline.signal);
  deadline.abort();
  expect(await waiting).toEqual({ came: "not-sent", cause: "no connection was free before the deadline" });
  for (const answer of answers) answer();
  expect(await Promise.all(busy)).toHaveLength(CONNECTIONS_MAX);
  const next = pool.request(POST, never);
  while (arrived === CONNECTIONS_MAX) await new Promise((resolve) => setImmediate(resolve));
  answers.at(-1)?.();
  expect(await next).toMatchObject({ came: "reply" });
  expect(arrived).toBe(CONNECTIONS_MAX + 1);
});

test("connections are opened as they are needed, up to the bound, used again, and never pipelined", async () => {
  let sockets = 0;
  let most = 0;
  let answered = 0;
  const waiting: (() => void)[] = [];
  const answerAll = (): void => {
    answered += waiting.length;
    for (const answer of waiting.splice(0)) answer();
  };
  // Nothing is answered before the bound is reached or nothing more can come, so that the counts do not hang on the machine's speed.
  const server = createServer((_request, response) => {
    waiting.push(() => response.end("{}"));
    most = Math.max(most, waiting.length);
    if (waiting.length === CONNECTIONS_MAX || answered + waiting.length === 600) answerAll();
  });
  server.on("connection", () => sockets++);
  const pool = await listening(server);
  await Promise.all(Array.from({ length: 600 }, () => pool.request(POST, never)));
  expect(sockets).toBe(CONNECTIONS_MAX);
  expect(most).toBe(CONNECTIONS_MAX);
});

test("a signal that is already aborted sends nothing", async () => {
  let arrived = 0;
  const pool = await http((_request, response) => {
    arrived++;
    response.end("{}");
  });
  expect(await pool.request(POST, AbortSignal.abort())).toMatchObject({ came: "not-sent" });
  expect(await pool.request(POST, never)).toMatchObject({ came: "reply" });
  expect(arrived).toBe(1);
});

test("a path or a header that HTTP can't carry is not sent", async () => {
  const pool = await http((_request, response) => response.end("{}"));
  expect(await pool.request({ ...POST, headers: { "access-token": "two\nlines" } }, never)).toMatchObject({ came: "not-sent" });
});
