import { expect, test } from "vitest";
import { clientId } from "../../domain/identity.ts";
import { unixMs } from "../../domain/time.ts";
import type { BrokerAccount } from "../../engine/ports/broker.ts";
import { Secret } from "../system/secret.ts";
import { Access, ASK_DEAD_EVERY_MS, LOOK_EVERY_MS } from "./access.ts";
import { PING_EVERY_MS, PONG_WITHIN_MS } from "./heartbeat.ts";
import { LegNumbers } from "./leg-numbers.ts";
import { runOrderStream } from "./order-stream.ts";
import type { OpenSocket, SocketListener } from "./socket.ts";
import type { NoToken } from "./token.ts";
import { settled, VirtualTime } from "./virtual-time.ts";

const FRAME = JSON.stringify({
  Data: {
    exchange: "NSE",
    segment: "D",
    securityId: "61042",
    clientId: "1100000001",
    orderNo: "112611220001",
    product: "I",
    txnType: "B",
    orderType: "LMT",
    validity: "DAY",
    quantity: 75,
    price: 120.5,
    orderDateTime: "2026-11-20 10:15:01",
    lastUpdatedTime: "2026-11-20 10:15:01",
    status: "Pending",
  },
  Type: "order_alert",
});

/** One dialled socket: what we did to it, and its other side's voice. */
interface Line {
  readonly url: string;
  readonly said: SocketListener;
  readonly sent: string[];
  readonly acts: string[];
}

interface Setup {
  readonly token?: () => Secret | NoToken;
  readonly profile?: BrokerAccount["profile"];
  readonly politely?: boolean;
  readonly random?: () => number;
}

type Profile = Awaited<ReturnType<BrokerAccount["profile"]>>;

const TOKEN = new Secret("TOKEN");
const ALIVE: Profile = { ok: true, value: { tokenValidUntil: undefined } };
const DEAD: Profile = { ok: false, refusal: { code: "TOKEN_DEAD", brokerSaid: "HTTP 401 DH-901 expired" }, detail: "HTTP 401 DH-901 expired" };
const NO_ANSWER: Profile = { ok: false, refusal: undefined, detail: "timeout" };

function stream({ token = () => TOKEN, profile = async () => ALIVE, politely = true, random = () => 0 }: Setup = {}) {
  const time = new VirtualTime(unixMs(0));
  const lines: Line[] = [];
  const told: string[] = [];
  const tokens: string[] = [];
  const stop = new AbortController();
  const openSocket: OpenSocket = (url, said) => {
    const line: Line = { url, said, sent: [], acts: [] };
    lines.push(line);
    return {
      send: (text) => line.sent.push(text),
      ping: () => line.acts.push("ping"),
      close: () => {
        line.acts.push("close");
        if (politely) said.closed(1000, "");
      },
      cut: () => {
        line.acts.push("cut");
        said.closed(1006, "");
      },
    };
  };
  const access = new Access({ token, profile, clock: time, timers: time });
  const options = {
    url: "wss://stream.example",
    clientId: clientId("1100000001"),
    access,
    numbers: new LegNumbers(),
    openSocket,
    clock: time,
    timers: time,
    random,
  };
  let ended = false;
  const done = runOrderStream(
    options,
    {
      opened: () => told.push("opened"),
      report: (report) => told.push(`report ${report.orderId}`),
      unreadable: (frame) => told.push(`unreadable ${frame.code}`),
      closed: ({ code, text, openForMs, reports }) => told.push(`closed ${code} ${text} ${openForMs} ${reports}`),
      token: ({ state }) => tokens.push(state),
    },
    stop.signal,
  ).then(() => {
    ended = true;
  });
  const line = (): Line => lines.at(-1) ?? expect.fail("nothing was dialled");
  return { time, access, lines, told, tokens, stop, line, done, isEnded: () => ended };
}

test("the login frame goes out as soon as the socket is open, and with it the opening is told (reference 4.1)", async () => {
  const { line, told } = stream();
  expect(line().url).toBe("wss://stream.example");
  expect(told).toEqual([]);
  line().said.opened();
  expect(line().sent.map((text) => JSON.parse(text))).toEqual([{ LoginReq: { MsgCode: 42, ClientId: "1100000001", Token: "TOKEN" }, UserType: "SELF" }]);
  expect(told).toEqual(["opened"]);
});

test("reports are told, garbage and binary frames are told and kill nothing", async () => {
  const { line, told } = stream();
  line().said.opened();
  line().said.text("429 too many requests");
  line().said.binary(5);
  line().said.text(FRAME + FRAME);
  expect(told).toEqual(["opened", "unreadable NOT_JSON", "unreadable BINARY_FRAME", "report 112611220001", "report 112611220001"]);
});

test("an idle stream stays open for hours as long as its pings are answered", async () => {
  const { line, lines, told, time } = stream();
  line().said.opened();
  for (let ping = 1; ping <= 720; ping++) {
    await time.pass(PING_EVERY_MS);
    expect(line().acts).toHaveLength(ping);
    line().said.lives();
  }
  expect(lines).toHaveLength(1);
  expect(told).toEqual(["opened"]);
});

test("a half-open stream is noticed within a ping and its grace, and dialled anew", async () => {
  const { line, lines, told, time } = stream();
  line().said.opened();
  await time.pass(PING_EVERY_MS + PONG_WITHIN_MS - 1);
  expect(told).toEqual(["opened"]);
  await time.pass(1);
  expect(told).toEqual(["opened", `closed 1006 half open: a ping brought no sign of life ${PING_EVERY_MS + PONG_WITHIN_MS} 0`]);
  await time.pass(1_000);
  expect(lines).toHaveLength(2);
});

test("after a close it dials again at once, and ever more slowly while nothing opens", async () => {
  const { line, lines, time } = stream();
  line().said.opened();
  await time.pass(15_000);
  line().said.closed(1006, "");
  await time.pass(250);
  expect(lines).toHaveLength(2);
  const dialled: number[] = [];
  for (let i = 0; i < 12; i++) {
    line().said.closed(1006, "connect ECONNREFUSED");
    const before = lines.length;
    const since = time.elapsed();
    while (lines.length === before) await time.pass(125);
    dialled.push(time.elapsed() - since);
  }
  expect(dialled).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000, 15_000, 15_000]);
});

test("a socket that does not open in time is given up", async () => {
  const { told, time, lines } = stream();
  await time.pass(10_000);
  expect(told).toEqual(["closed 1006 not open within 10000 ms 0 0"]);
  await time.pass(250);
  expect(lines).toHaveLength(2);
});

test("a throttled upgrade is left alone for a minute (reference 4.1)", async () => {
  const { line, lines, time } = stream();
  line().said.closed(1006, "Unexpected server response: 429");
  await time.pass(59_999);
  expect(lines).toHaveLength(1);
  await time.pass(1);
  expect(lines).toHaveLength(2);
});

test.each([
  ["connect ECONNREFUSED", 0, 250],
  ["connect ECONNREFUSED", 0.999, 499.75],
  ["Unexpected server response: 429", 0, 60_000],
  ["Unexpected server response: 429", 0.999, 89_970],
])("many accounts that lose their streams together do not dial together: after %s, chance %d, the wait is %d ms", async (why, chance, waitMs) => {
  const { line, lines, time } = stream({ random: () => chance });
  line().said.closed(1006, why);
  await time.pass(Math.ceil(waitMs) - 1);
  expect(lines).toHaveLength(1);
  await time.pass(1);
  expect(lines).toHaveLength(2);
});

test("a close right after the login raises the question of the token; a dead one is told once, and nothing is dialled until it lives", async () => {
  let answer: Profile = ALIVE;
  let asked = 0;
  const { line, lines, told, tokens, time } = stream({
    profile: async () => {
      asked += 1;
      return answer;
    },
  });
  await settled();
  expect([asked, tokens]).toEqual([1, ["alive"]]);
  line().said.opened();
  answer = DEAD;
  line().said.closed(1006, "");
  await settled();
  const before = asked;
  await time.pass(10 * 60_000);
  expect(lines).toHaveLength(1);
  expect([told, tokens]).toEqual([
    ["opened", "closed 1006  0 0"],
    ["alive", "dead"],
  ]);
  expect(asked - before).toBeLessThanOrEqual((10 * 60_000) / ASK_DEAD_EVERY_MS + 4);
  answer = ALIVE;
  await time.pass(ASK_DEAD_EVERY_MS);
  expect(tokens).toEqual(["alive", "dead", "alive"]);
  expect(lines).toHaveLength(2);
});

test("one denial by mistake is over within a second or two", async () => {
  const answers = [ALIVE, DEAD, ALIVE];
  const { line, lines, tokens, time } = stream({ profile: async () => answers.shift() ?? ALIVE });
  await settled();
  line().said.opened();
  line().said.closed(1006, "");
  await time.pass(2 * LOOK_EVERY_MS);
  expect(tokens).toEqual(["alive", "dead", "alive"]);
  expect(lines).toHaveLength(2);
});

test("a new token in the place of a dead one is logged in with within a second", async () => {
  let token = TOKEN;
  const { line, lines, time } = stream({ token: () => token, profile: async () => (token === TOKEN ? DEAD : ALIVE) });
  await time.pass(60_000);
  const dialled = lines.length;
  token = new Secret("NEW");
  await time.pass(LOOK_EVERY_MS);
  expect(lines).toHaveLength(dialled + 1);
  line().said.opened();
  expect(JSON.parse(line().sent[0] ?? "")).toMatchObject({ LoginReq: { Token: "NEW" } });
});

test("a new token while the old one lives: the next request finds it, and when it has proved to live the stream logs in with it at once", async () => {
  let token = TOKEN;
  const answers = [ALIVE, DEAD, ALIVE];
  const { access, line, lines, told, tokens, time } = stream({ token: () => token, profile: async () => answers.shift() ?? ALIVE });
  await settled();
  line().said.opened();
  await time.pass(10_000);
  token = new Secret("NEW");
  access.token();
  await settled();
  expect(tokens).toEqual(["alive", "dead"]);
  expect(lines).toHaveLength(1);
  await time.pass(LOOK_EVERY_MS);
  expect(tokens).toEqual(["alive", "dead", "alive"]);
  expect(told).toEqual(["opened", expect.stringMatching(/^closed 1000 a new token has taken the place/)]);
  expect(lines).toHaveLength(2);
  line().said.opened();
  expect(JSON.parse(line().sent[0] ?? "")).toMatchObject({ LoginReq: { Token: "NEW" } });
});

test.each([
  ["connect ECONNREFUSED", 1],
  ["Unexpected server response: 429", 0],
])("a new token ends a long pause between two dials, but not the minute of quiet that the broker wants: %s", async (why, dialled) => {
  let token = TOKEN;
  const { access, line, lines, time } = stream({ token: () => token });
  for (let failures = 0; failures < 9; failures += 1) {
    line().said.closed(1006, "connect ECONNREFUSED");
    await time.pass(15_000);
  }
  line().said.closed(1006, why);
  await time.pass(1_000);
  const before = lines.length;
  token = new Secret("NEW");
  access.token();
  await settled();
  expect(lines.length - before).toBe(dialled);
});

test.each([
  ["lives", ALIVE],
  ["can't be asked about", NO_ANSWER],
] as const)("closes right after the login with a token that %s go on being dialled", async (_token, answer) => {
  const { line, lines, time } = stream({ profile: async () => answer });
  for (let i = 0; i < 6; i++) {
    line().said.opened();
    line().said.closed(1006, "");
    await time.pass(8_000);
  }
  expect(lines).toHaveLength(7);
});

test("a close that follows a report, or a long life, is no suspicion", async () => {
  let asked = 0;
  const profile: BrokerAccount["profile"] = async () => {
    asked += 1;
    return ALIVE;
  };
  const { line, lines, time } = stream({ profile });
  for (let i = 0; i < 5; i++) {
    line().said.opened();
    if (i % 2 === 0) line().said.text(FRAME);
    else await time.pass(10_000);
    line().said.closed(1006, "");
    await time.pass(1_000);
  }
  expect(lines).toHaveLength(6);
  expect(asked).toBe(1);
});

test("without a token nothing is dialled; that is told once it has been missing for a second, and a token is used at once", async () => {
  let token: Secret | NoToken = { noToken: "the token file is empty" };
  const { lines, told, tokens, time } = stream({ token: () => token });
  await time.pass(LOOK_EVERY_MS - 1);
  expect(tokens).toEqual([]);
  await time.pass(60_000);
  expect([lines, told, tokens]).toEqual([[], [], ["missing"]]);
  token = new Secret("T");
  await time.pass(LOOK_EVERY_MS);
  expect(tokens).toEqual(["missing", "alive"]);
  expect(lines).toHaveLength(1);
});

test("a token file that is empty for the moment of being written changes nothing", async () => {
  let token: Secret | NoToken = TOKEN;
  const { access, line, told, tokens, lines, time } = stream({ token: () => token });
  await settled();
  line().said.opened();
  token = { noToken: "the token file is empty" };
  access.token();
  await time.pass(100);
  token = TOKEN;
  for (let i = 0; i < 30; i++) {
    await time.pass(10_000);
    line().said.lives();
  }
  expect(lines).toHaveLength(1);
  expect(told).toEqual(["opened"]);
  expect(new Set(tokens)).toEqual(new Set(["alive"]));
});

test("told to end, it takes leave, waits for nobody for long, and dials no more", async () => {
  for (const politely of [true, false]) {
    const { line, lines, stop, isEnded, time, done } = stream({ politely });
    line().said.opened();
    stop.abort();
    await settled();
    expect(isEnded()).toBe(politely);
    await time.pass(500);
    await done;
    expect(line().acts).toEqual(politely ? ["close"] : ["close", "cut"]);
    await time.pass(60_000);
    expect(lines).toHaveLength(1);
  }
});

test("told to end while it waits to dial again, it ends at once", async () => {
  const { line, lines, stop, done } = stream();
  line().said.closed(1006, "");
  await settled();
  stop.abort();
  await done;
  expect(lines).toHaveLength(1);
});
