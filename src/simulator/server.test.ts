import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Clock, type Timers, unixMs } from "../domain/time.ts";
import { readListings } from "./exchange/listing.ts";
import { SAMPLE_ACCOUNTS, SAMPLE_INSTRUMENTS } from "./sample/sample.ts";
import { INSTRUMENTS_PATH, type RunningSimulator, type ServerOptions, startSimulator } from "./server.ts";
import { FOLLOWER, FOLLOWER_TOKEN, LEADER, LEADER_TOKEN, LISTINGS, NIFTY_CALL, orderBody } from "./test-world.ts";

const clock: Clock = { now: () => unixMs(Date.now()), elapsed: () => performance.now() };
const timers: Timers = {
  after: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return () => clearTimeout(timer);
  },
};

let running: RunningSimulator | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function started(options: Partial<ServerOptions> = {}): Promise<RunningSimulator> {
  running = await startSimulator({
    clock,
    timers,
    seed: 1,
    instruments: LISTINGS,
    accounts: [
      { clientId: LEADER, token: LEADER_TOKEN },
      { clientId: FOLLOWER, token: FOLLOWER_TOKEN },
    ],
    ...options,
  });
  return running;
}

async function rest(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${running?.url}${path}`, {
    method,
    headers: { "access-token": FOLLOWER_TOKEN, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function admin(path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${running?.origin}/admin/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

/** A client that has sent its login, and the parsed frames and the close code that it got. */
async function listening(clientId: string, token: string) {
  const socket = new WebSocket(running?.wsUrl ?? "", { perMessageDeflate: false });
  const frames: { readonly Data: Readonly<Record<string, unknown>> }[] = [];
  let notify = (): void => {};
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("message", (data) => {
    frames.push(JSON.parse(data.toString()));
    notify();
  });
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ LoginReq: { MsgCode: 42, ClientId: clientId, Token: token }, UserType: "SELF" }));
  const until = async (count: number): Promise<void> => {
    while (frames.length < count) {
      await new Promise<void>((resolve) => {
        notify = resolve;
      });
    }
  };
  return { socket, frames, closed, until };
}

async function loggedIn(clientId: string): Promise<void> {
  await expect.poll(() => running?.simulator.streams.open(clientId)).toBe(1);
}

test("an order placed over HTTP is answered TRANSIT, becomes pending on the stream, and stands in the book", async () => {
  await started();
  const stream = await listening(FOLLOWER, FOLLOWER_TOKEN);
  await loggedIn(FOLLOWER);
  const placed = await rest("POST", "/orders", orderBody());
  expect(placed).toMatchObject({ status: 200, body: { orderStatus: "TRANSIT" } });
  await stream.until(1);
  expect(stream.frames[0]?.Data).toMatchObject({ status: "Pending", source: "P", correlationId: "cp-7f3a91-01", quantity: 75, price: 120.5 });
  expect((await rest("GET", "/orders")).body).toMatchObject([{ orderStatus: "PENDING", correlationId: "cp-7f3a91-01" }]);
  stream.socket.close();
});

test("a person acts as the leader through the admin port, and only the leader's stream hears of it", async () => {
  await started();
  const stream = await listening(LEADER, LEADER_TOKEN);
  const other = await listening(FOLLOWER, FOLLOWER_TOKEN);
  await loggedIn(LEADER);
  await loggedIn(FOLLOWER);
  const order = await admin("place", { clientId: LEADER, transactionType: "BUY", ...NIFTY_CALL, quantity: 150, price: 120.5 });
  await stream.until(1);
  expect(stream.frames[0]?.Data).toMatchObject({ status: "Pending", source: "W", correlationId: "NA" });
  await admin("fill", { clientId: LEADER, ...pick(order, "orderId"), quantity: 75 });
  await stream.until(2);
  expect(stream.frames[1]?.Data).toMatchObject({ status: "Part-Traded", tradedQty: 75, remainingQuantity: 75 });
  expect(other.frames).toEqual([]);
  stream.socket.close();
  other.socket.close();
});

test("a dead token is let in, read, and dropped without a Close frame", async () => {
  await started();
  const stream = await listening(FOLLOWER, "a-token-of-nobody");
  expect(await stream.closed).toBe(1006);
  expect(stream.frames).toEqual([]);
});

test("a reset after acceptance breaks the connection, and the order lives", async () => {
  await started();
  await admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "reset" } });
  await expect(rest("POST", "/orders", orderBody())).rejects.toThrow();
  expect((await rest("GET", "/orders")).body).toMatchObject([{ orderStatus: "PENDING" }]);
  expect(await admin(`requests?clientId=${FOLLOWER}`)).toMatchObject([
    { method: "POST", path: "/v2/orders", outcome: "reset", correlationId: "cp-7f3a91-01" },
    { method: "GET", path: "/v2/orders", outcome: 200 },
  ]);
});

test("streams refused at the upgrade get the status that was asked for", async () => {
  await started();
  await admin("upgrades", { status: 429 });
  const socket = new WebSocket(running?.wsUrl ?? "");
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect(error.message).toContain("429");
});

test("a half-open stream stays open and answers no ping", async () => {
  await started();
  const stream = await listening(FOLLOWER, FOLLOWER_TOKEN);
  await loggedIn(FOLLOWER);
  const pongs: string[] = [];
  stream.socket.on("pong", () => pongs.push("pong"));
  stream.socket.ping();
  await expect.poll(() => pongs.length).toBe(1);
  await admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "half-open" } });
  stream.socket.ping();
  await rest("POST", "/orders", orderBody());
  await admin("repair", {});
  stream.socket.ping();
  await expect.poll(() => pongs.length).toBe(2);
  expect(stream.frames).toEqual([]);
  stream.socket.close();
});

test("streams are pinged as often as asked, and idle HTTP connections are closed after their time", async () => {
  const { port } = await started({ pingEveryMs: 10, keepAliveMs: 1 });
  const stream = await listening(FOLLOWER, FOLLOWER_TOKEN);
  await new Promise((resolve) => stream.socket.once("ping", resolve));
  stream.socket.close();
  const idle = connect(port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => idle.once("close", () => resolve()));
  idle.resume();
  idle.write("GET /admin/accounts HTTP/1.1\r\nhost: simulator\r\n\r\n");
  await closed;
});

test("a simulator that was started from a file offers it for download, and the sample is such a file", async () => {
  await started({ instruments: SAMPLE_INSTRUMENTS, accounts: SAMPLE_ACCOUNTS });
  const response = await fetch(`${running?.origin}${INSTRUMENTS_PATH}`);
  expect(readListings(await response.text()).map((listing) => listing.displayName)).toContain("NIFTY 29 DEC 23000 CALL");
  expect(await admin("accounts")).toMatchObject(SAMPLE_ACCOUNTS.map(({ clientId }) => ({ clientId })));
});

test("an order costs the broker well under 100 microseconds: the simulator is the far end of the latency benchmark", async () => {
  const { simulator } = await started();
  simulator.gate.setLimits({ order: {}, read: {}, quote: {} });
  const bodies = Array.from({ length: 3_000 }, (_, index) => JSON.stringify(orderBody({ correlationId: `cost-${index}` })));
  // The processor's time and not the clock's: another program on the machine is no cost of an order.
  const begun = process.cpuUsage();
  for (const body of bodies) {
    simulator.gateway.receive(
      { method: "POST", path: "/v2/orders", token: FOLLOWER_TOKEN, body, from: "127.0.0.1", arrivedAt: 0, elapsedAt: 0 },
      { reply: () => {}, reset: () => {} },
    );
  }
  const { user, system } = process.cpuUsage(begun);
  const eachMicroseconds = (user + system) / bodies.length;
  expect(simulator.exchange.ledger.books(FOLLOWER)?.orders()).toHaveLength(3_000);
  expect(eachMicroseconds).toBeLessThan(100);
});

function pick(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error("no object");
  return Object.fromEntries(Object.entries(value).filter(([name]) => name === key));
}
