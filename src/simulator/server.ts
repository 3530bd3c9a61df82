/** The simulator on real sockets: REST under `/v2`, the admin calls under `/admin`, the order-update stream by upgrade of `/`. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock, Timers } from "../domain/time.ts";
import { type AdminReply, administer } from "./admin/administer.ts";
import { type Listing, readListings } from "./exchange/listing.ts";
import { Simulator, type SimulatorOptions } from "./simulator.ts";
import type { Reply } from "./wire/reply.ts";

export interface ServerOptions extends Omit<SimulatorOptions, "listings"> {
  /** 127.0.0.1 when left out: whoever reaches the port can act as any account. */
  readonly host?: string;
  /** 0, or left out: any free one. */
  readonly port?: number;
  /** The path of a compact instrument file, or its rows. */
  readonly instruments: string | readonly Listing[];
  /** How long an idle connection is kept; 60 s when left out. Clients must retire theirs before. */
  readonly keepAliveMs?: number;
  /** From one ping on a stream to the next; 10 s when left out, 0: none (reference 4.1). */
  readonly pingEveryMs?: number;
}

export interface RunningSimulator {
  /** `http://host:port` */
  readonly origin: string;
  /** `http://host:port/v2`: what a client takes for `https://api.dhan.co/v2`. */
  readonly url: string;
  /** `ws://host:port/`: what a client takes for `wss://api-order-update.dhan.co`. */
  readonly wsUrl: string;
  readonly port: number;
  readonly simulator: Simulator;
  stop(): Promise<void>;
}

/** Where the instrument file is offered for download, named as Dhan names it. */
export const INSTRUMENTS_PATH = "/api-scrip-master.csv";
const BODY_MAX_BYTES = 256 * 1024;
const PONG_WAIT_MS = 40_000;

export async function startSimulator(options: ServerOptions): Promise<RunningSimulator> {
  const csv = typeof options.instruments === "string" ? await readFile(options.instruments, "utf8") : undefined;
  const listings = typeof options.instruments === "string" ? readListings(csv ?? "") : options.instruments;
  const simulator = new Simulator({ ...options, listings });
  const { clock, timers } = options;
  const server = createServer((request, response) => receive(simulator, clock, csv, request, response));
  server.keepAliveTimeout = options.keepAliveMs ?? 60_000;
  const streams = serveStreams(server, simulator, { clock, timers, pingEveryMs: options.pingEveryMs ?? 10_000 });
  const host = options.host ?? "127.0.0.1";
  const port = await listening(server, host, options.port ?? 0);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    origin: `http://${authority}`,
    url: `http://${authority}/v2`,
    wsUrl: `ws://${authority}/`,
    port,
    simulator,
    stop: async () => {
      simulator.stop();
      for (const socket of streams.clients) socket.terminate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(portOf(server.address()));
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

function receive(simulator: Simulator, clock: Clock, csv: string | undefined, request: IncomingMessage, response: ServerResponse): void {
  // Limits and the log count from here: the request's head is in.
  const elapsedAt = clock.elapsed();
  const arrivedAt = simulator.stamp();
  const path = request.url ?? "/";
  const method = request.method ?? "GET";
  collect(request, (body) => {
    if (path.startsWith("/admin")) {
      write(response, clock, administer(simulator, { method, path, body }));
    } else if (path === INSTRUMENTS_PATH && csv !== undefined) {
      response.writeHead(200, { "content-type": "text/csv" }).end(csv);
    } else {
      const token = request.headers["access-token"];
      // A dual-stack socket writes IPv4 addresses as ::ffff:127.0.0.1.
      const from = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
      simulator.gateway.receive(
        { method, path, token: typeof token === "string" ? token : undefined, body, from, arrivedAt, elapsedAt },
        { reply: (reply) => write(response, clock, reply), reset: () => request.socket.resetAndDestroy() },
      );
    }
  });
}

/** Calls back with the whole body; a body beyond every bound ends the connection. */
function collect(request: IncomingMessage, whole: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) request.destroy();
    else chunks.push(chunk);
  });
  request.on("end", () => whole(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString("utf8")));
}

/** `Date` is the broker's own clock, which need not be the machine's. */
function write(response: ServerResponse, clock: Clock, reply: Reply | AdminReply): void {
  if (response.destroyed) return;
  const date = new Date(clock.now()).toUTCString();
  response.writeHead(reply.status, { "content-type": "application/json", "content-length": Buffer.byteLength(reply.body), date });
  response.end(reply.body);
}

interface StreamSettings {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly pingEveryMs: number;
}

function serveStreams(server: Server, simulator: Simulator, settings: StreamSettings): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, autoPong: false });
  server.on("upgrade", (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    const refused = simulator.refusedUpgrade;
    if (refused !== undefined) {
      connection.end(`HTTP/1.1 ${refused} ${STATUS_CODES[refused] ?? "Refused"}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => serveStream(socket, simulator, settings));
  });
  return sockets;
}

function serveStream(socket: WebSocket, simulator: Simulator, { clock, timers, pingEveryMs }: StreamSettings): void {
  const session = simulator.streams.connect({
    send: (payload) => socket.send(payload, { binary: typeof payload !== "string" }),
    drop: () => socket.terminate(),
  });
  let heardAt = clock.elapsed();
  let cancelPing = (): void => {};
  const ping = (): void => {
    if (clock.elapsed() - heardAt > PONG_WAIT_MS) return socket.terminate();
    if (session.answersPings()) socket.ping();
    cancelPing = timers.after(pingEveryMs, ping);
  };
  if (pingEveryMs > 0) cancelPing = timers.after(pingEveryMs, ping);
  socket.on("message", (data, isBinary) => {
    heardAt = clock.elapsed();
    if (!isBinary) session.receive(data.toString());
  });
  socket.on("ping", (data: Buffer) => {
    heardAt = clock.elapsed();
    if (session.answersPings()) socket.pong(data);
  });
  socket.on("pong", () => {
    heardAt = clock.elapsed();
  });
  // A broken connection is reported by the close that follows.
  socket.on("error", () => {});
  socket.on("close", () => {
    cancelPing();
    session.gone();
  });
}
