/**
 * The broker of the benchmark, a process of its own: Dhan's REST and order stream as far as the relay and the product need them, on
 * nothing but node:http and ws, so that it is the same small part of both figures. All times are taken here, on one clock: from
 * the moment at which a leader's frame is written until the last byte of the last follower's order has arrived.
 *
 * Started by `BrokerProcess`, which it talks to over the IPC channel (messages.ts).
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { clientIdOf } from "./cast.ts";
import { COPIED_UNITS, leaderOrder } from "./leader-order.ts";
import { type News, type Task, task } from "./messages.ts";

/** An order that is not mirrored by all within this time never will be. */
const MIRRORED_WITHIN_MS = 5_000;
/** Longer than a run: no connection is closed by this side. */
const KEEP_ALIVE_MS = 600_000;

const login = z.object({ LoginReq: z.object({ ClientId: z.string() }) });
const placed = z.object({ dhanClientId: z.string(), securityId: z.string(), quantity: z.number(), price: z.number(), orderType: z.literal("LIMIT") });

/** In rupees: the copier asks what its account has, and beside a new contract what the other side of it would need. Money enough for every run. */
const FUNDS = JSON.stringify({ dhanClientId: "1100000009", availabelBalance: 1_000_000_000, sodLimit: 1_000_000_000, utilizedAmount: 0 });
const MARGIN = JSON.stringify({ totalMargin: 150_000, spanMargin: 100_000, exposureMargin: 50_000, leverage: "1X" });
const CALCULATOR = "/v2/margincalculator";

const READS: Readonly<Record<string, string>> = {
  "/v2/orders": "[]",
  "/v2/positions": "[]",
  "/v2/trades": "[]",
  "/v2/fundlimit": FUNDS,
};

/** The copier sees by it that the token is that account's. */
function profileOf(token: string | undefined): string {
  return JSON.stringify({ dhanClientId: clientIdOf(token), tokenValidity: "31/12/2099 11:20", activeSegment: "Equity, Derivative, Currency, Commodity" });
}

const streams = new Map<string, WebSocket>();
let orderNumber = 10_000_000_000_000;
/** The order that is being mirrored. Bodies are looked at when all have come. */
let underway: { readonly expected: number; readonly bodies: string[]; readonly done: (at: number) => void } | undefined;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (request.method === "POST" && request.url === "/v2/orders") takeOrder(request, response);
  else if (request.method === "POST" && request.url === CALCULATOR) answer(response, MARGIN);
  else if (request.method === "GET" && request.url === "/v2/profile") answer(response, profileOf(request.headers["access-token"]?.toString()));
  else answer(response, request.method === "GET" ? READS[request.url ?? ""] : undefined);
});

function takeOrder(request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.setEncoding("latin1");
  request.on("data", (piece: string) => {
    body += piece;
  });
  request.on("end", () => {
    const at = performance.now();
    orderNumber += 1;
    answer(response, `{"orderId":"${orderNumber}","orderStatus":"TRANSIT"}`);
    if (underway === undefined) return say({ news: "failed", why: `an order too many arrived: ${body}` });
    underway.bodies.push(body);
    if (underway.bodies.length === underway.expected) underway.done(at);
  });
}

function answer(response: ServerResponse, text: string | undefined): void {
  response.writeHead(text === undefined ? 404 : 200, { "content-type": "application/json", "content-length": text?.length ?? 2 });
  response.end(text ?? "{}");
}

new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
  socket.once("message", (text) => {
    const client = login.parse(JSON.parse(text.toString())).LoginReq.ClientId;
    streams.set(client, socket);
    say({ news: "streams", open: streams.size });
    socket.on("close", () => {
      streams.delete(client);
      say({ news: "streams", open: streams.size });
    });
  });
});

async function measure({ leader, followers, warmup, events, spacingMs, silenceMs }: Task): Promise<readonly number[]> {
  const delaysMs: number[] = [];
  for (let index = 0; index < warmup + events; index += 1) {
    if (index >= warmup && silenceMs > 0) await pause(silenceMs);
    const delayMs = await mirrored({ leader, followers, index });
    if (index >= warmup) delaysMs.push(delayMs);
    await pause(spacingMs);
  }
  return delaysMs;
}

/** Shows one leader order, and answers how long it took until the last follower's order was here. */
async function mirrored({ leader, followers, index }: Pick<Task, "leader" | "followers"> & { readonly index: number }): Promise<number> {
  orderNumber += 1;
  const { frame, securityId } = leaderOrder({ index, orderNo: String(orderNumber), clientId: leader });
  const bodies: string[] = [];
  const socket = streams.get(leader);
  if (socket === undefined) throw new Error("the leader's stream is not open");
  const delayMs = await new Promise<number>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${bodies.length} of ${followers.length} followers had ordered ${MIRRORED_WITHIN_MS} ms after the frame`)),
      MIRRORED_WITHIN_MS,
    );
    const writtenAt = performance.now();
    underway = {
      expected: followers.length,
      bodies,
      done: (at) => {
        clearTimeout(late);
        underway = undefined;
        resolve(at - writtenAt);
      },
    };
    socket.send(frame);
  });
  check(bodies, followers, securityId);
  return delayMs;
}

/** A fast wrong order is worth nothing: each follower has ordered once, and the right thing. */
function check(bodies: readonly string[], followers: readonly string[], securityId: string): void {
  const missing = new Set(followers);
  for (const body of bodies) {
    const order = placed.parse(JSON.parse(body));
    const right = order.securityId === securityId && order.quantity === COPIED_UNITS && order.price === 120.5;
    if (!right || !missing.delete(order.dhanClientId)) throw new Error(`a wrong order, or the second of a follower: ${body}`);
  }
}

function say(what: News): void {
  process.send?.(what);
}

process.on("disconnect", () => process.exit());
process.on("message", (asked: unknown) => {
  measure(task.parse(asked)).then(
    (delaysMs) => say({ news: "measured", delaysMs: [...delaysMs] }),
    (error: unknown) => say({ news: "failed", why: error instanceof Error ? error.message : String(error) }),
  );
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) say({ news: "listening", port: address.port });
});
