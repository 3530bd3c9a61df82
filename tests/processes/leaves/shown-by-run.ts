/** The leaves of the program as a whole: a run of its own with one leaf changed, against one with none. */

import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import { takesOrders } from "../../../src/domain/calendar/calendar.ts";
import { unixMs } from "../../../src/domain/time.ts";
import { loadCalendar } from "../../../src/settings/calendar-file.ts";
import { BOT_TOKEN, startAlertReceiver, WEBHOOK_SECRET } from "../support/alert-receiver.ts";
import { type Broker, INSTRUMENTS, startBroker } from "../support/broker.ts";
import { calendarWith } from "../support/closed-calendar.ts";
import { type Configuration, type ConfigurationOptions, writeConfiguration } from "../support/configuration.ts";
import { type CopierProcess, startCopierProcess } from "../support/copier-process.ts";
import { lockstep } from "../support/lockstep.ts";
import { NOTED_LATE_MS } from "../support/noted-late.ts";
import { untilStartSecondIsOver } from "../support/start-second.ts";
import { until } from "../support/until.ts";

export interface ShownByRun {
  /** What the leaf decides, in words. */
  readonly shows: string;
  readonly proof: () => Promise<void>;
}

/** Where the test alert of `lockstep alerts test` arrives with this one channel, and what is said of it. */
async function testAlert(channel: (origin: string, folder: string) => object, env: Readonly<Record<string, string>> = {}) {
  await using receiver = await startAlertReceiver();
  using configuration = writeConfiguration({ broker: nobodysBroker });
  configuration.rewrite({ top: { alerts: [channel(receiver.origin, configuration.folder)] } });
  const { out, err } = await lockstep(["alerts", "test", "--config", configuration.path], env);
  const { alerts, messages, unsigned } = receiver;
  return { said: out + err, signed: alerts.length, unsigned: unsigned.length, messages };
}

function written(folder: string, text: string): string {
  writeFileSync(join(folder, "secret"), `${text}\n`);
  return "./secret";
}

interface Run extends AsyncDisposable {
  readonly broker: Broker;
  readonly configuration: Configuration;
  readonly copier: CopierProcess;
}

type Changes = Omit<ConfigurationOptions, "broker">;

/** A leader, a follower, and a copier that listens, or acts. `write` sees the broker and the folder before anything is started. */
async function run({
  wait = "acting",
  before,
  changes = () => ({}),
}: {
  readonly wait?: "acting" | "nothing";
  readonly before?: (broker: Broker) => Promise<void>;
  readonly changes?: (folder: string) => Changes;
}): Promise<Run> {
  await using setUp = new AsyncDisposableStack();
  const broker = setUp.use(await startBroker({ accounts: 2 }));
  const configuration = setUp.use(writeConfiguration({ broker }));
  configuration.rewrite(changes(configuration.folder));
  await before?.(broker);
  const copier = setUp.use(await startCopierProcess({ configuration, wait }));
  const stack = setUp.move();
  return { broker, configuration, copier, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Runs with these changes; answers standard error. Fails unless it exits 2. */
export async function saidOnBadUsage(changes: Changes, env: Readonly<Record<string, string>> = {}): Promise<string> {
  using configuration = writeConfiguration({ broker: nobodysBroker, ...changes });
  const { exitCode, err } = await lockstep(["run", "--config", configuration.path], { ...configuration.env, ...env });
  expect(exitCode, err).toBe(2);
  return err;
}

const twoPeople = [
  { name: "meera", clientId: "1000000001", token: "simulated-meera" },
  { name: "arjun", clientId: "1000000002", token: "simulated-arjun" },
];

const nobodysBroker = { rest: "http://127.0.0.1:9/v2", orderUpdates: "ws://127.0.0.1:9", people: twoPeople };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** From a placement that the broker never got to the next one: the time-out, and then the proof that it is not there (R10). */
async function timeToSendAgain(dhan: Readonly<Record<string, string>>): Promise<number> {
  await using one = await run({ changes: () => ({ dhan: { requestTimeout: "300ms", lookupGrace: "300ms", ...dhan } }) });
  const { broker, copier } = one;
  const follower = broker.trader("arjun");
  await untilStartSecondIsOver(copier);
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, when: "before", times: 1, effect: { kind: "silence" } });
  await broker.trader("meera").places({ quantity: 150 });
  const [first, second] = await until("it is sent again", async () => {
    const calls = await follower.orderCalls();
    return calls.length > 1 ? calls : undefined;
  });
  return (second?.arrivedAt ?? 0) - (first?.arrivedAt ?? 0);
}

const accountsView = z.array(z.object({ clientId: z.string(), openStreams: z.number(), requests: z.number() }));

async function seenBy(broker: Broker): Promise<{ readonly requests: number; readonly streams: number }> {
  const accounts = accountsView.parse(await broker.view("accounts"));
  return { requests: accounts.reduce((sum, { requests }) => sum + requests, 0), streams: accounts.reduce((sum, { openStreams }) => sum + openStreams, 0) };
}

export const SHOWN_BY_RUN: Readonly<Record<string, ShownByRun>> = {
  journal: {
    shows: "where the journal is written",
    proof: async () => {
      await using changed = await run({ wait: "nothing", changes: () => ({ top: { journal: "./elsewhere.db" } }) });
      await changed.copier.origin();
      expect(existsSync(join(changed.configuration.folder, "elsewhere.db"))).toBe(true);
      expect(existsSync(changed.configuration.journal)).toBe(false);
    },
  },
  "server.host": {
    shows: "on which address it listens",
    proof: async () => {
      await using changed = await run({ wait: "nothing", changes: () => ({ top: { server: { port: 0, host: "127.0.0.2" } } }) });
      const origin = new URL(await changed.copier.origin());
      expect(origin.hostname).toBe("127.0.0.2");
      expect((await fetch(new URL("/healthz", origin))).status).toBe(200);
      origin.hostname = "127.0.0.1";
      await expect(fetch(new URL("/healthz", origin))).rejects.toThrow();
    },
  },
  "server.port": {
    shows: "on which port it listens",
    proof: async () => {
      const port = await freePort();
      await using changed = await run({ wait: "nothing", changes: () => ({ top: { server: { port } } }) });
      expect(await changed.copier.origin()).toBe(`http://127.0.0.1:${port}`);
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    },
  },
  calendar: {
    shows: "when markets are open: always, or by the exchange's calendar",
    proof: async () => {
      await using byExchange = await run({ changes: () => ({ top: { calendar: "exchange" }, copy: { marketClosed: "refuse" } }) });
      const order = await byExchange.broker.trader("meera").places({ quantity: 150 });
      const loaded = loadCalendar({ is: "exchange" });
      const isOpen = loaded.ok && takesOrders(loaded.calendar.phase("NSE_FNO", unixMs(Date.now())));
      await until("it is sent, or refused", async () =>
        byExchange.copier.lines({ code: isOpen ? "PLACE" : "MARKET_CLOSED" }).some((line) => line.order === order),
      );

      await using alwaysOpen = await run({ changes: () => ({ copy: { marketClosed: "refuse" } }) });
      await alwaysOpen.broker.trader("meera").places({ quantity: 150 });
      await until("it is sent", async () => (await alwaysOpen.broker.trader("arjun").orderCalls()).length === 1);
    },
  },
  "calendar.file": {
    shows: "a calendar of the user's own, by which the market is closed today",
    proof: async () => {
      await using changed = await run({
        changes: (folder) => ({ top: { calendar: calendarWith("closed all day", folder) }, copy: { marketClosed: "refuse" } }),
      });
      const order = await changed.broker.trader("meera").places({ quantity: 150 });
      await until("it is refused", async () => changed.copier.lines({ code: "MARKET_CLOSED" }).some((line) => line.order === order));
      expect(await changed.broker.trader("arjun").orderCalls()).toEqual([]);
    },
  },
  "copies[].marketClosed": {
    shows: "what becomes of an entry while its market is closed",
    proof: async () => {
      await using changed = await run({
        changes: (folder) => ({ top: { calendar: calendarWith("closed all day", folder) }, copy: { marketClosed: "amo", amoTime: "OPEN_30" } }),
      });
      await changed.broker.trader("meera").places({ quantity: 150 });
      const [call] = await until("it is sent", async () => {
        const calls = await changed.broker.trader("arjun").orderCalls();
        return calls.length > 0 ? calls : undefined;
      });
      expect(call?.body).toMatchObject({ afterMarketOrder: true, amoTime: "OPEN_30", quantity: 75 });
    },
  },
  "dhan.rest": {
    shows: "whose REST interface is asked",
    proof: async () => {
      await using other = await startBroker({ accounts: 2 });
      await using changed = await run({ changes: () => ({ dhan: { rest: other.rest } }) });
      expect((await seenBy(changed.broker)).requests).toBe(0);
      expect((await seenBy(other)).requests).toBeGreaterThan(0);
    },
  },
  "dhan.auth": {
    shows: "nothing yet, which is said at the start; an address that is none is refused",
    proof: async () => {
      await using changed = await run({ wait: "nothing", changes: () => ({ dhan: { auth: "http://127.0.0.1:9" } }) });
      await changed.copier.origin();
      expect(changed.copier.lines({ code: "NOT_ACTIVE" }).some(({ message }) => message.startsWith("dhan.auth is not active"))).toBe(true);
      expect(await saidOnBadUsage({ dhan: { auth: "auth.dhan.co" } })).toContain("dhan.auth: expected an address");
    },
  },
  "dhan.orderUpdates": {
    shows: "whose order stream is opened",
    proof: async () => {
      await using other = await startBroker({ accounts: 2 });
      await using changed = await run({ changes: () => ({ dhan: { orderUpdates: other.orderUpdates } }) });
      await until("both streams are there", async () => (await seenBy(other)).streams === 2);
      expect((await seenBy(changed.broker)).streams).toBe(0);
    },
  },
  "dhan.instruments": {
    shows: "which file tells what a contract is",
    proof: async () => {
      const elsewhere = (folder: string): string => {
        const path = join(folder, "other-lots.csv");
        writeFileSync(path, readFileSync(INSTRUMENTS, "utf8").replaceAll(",75.0,", ",50.0,"));
        return path;
      };
      await using changed = await run({ changes: (folder) => ({ dhan: { instruments: elsewhere(folder) } }) });
      const order = await changed.broker.trader("meera").places({ quantity: 300 });
      await changed.copier.tells({ code: "INSTRUMENT_CONTRADICTION", order });
      expect(await changed.broker.trader("arjun").orderCalls()).toEqual([]);
    },
  },
  "dhan.requestTimeout": {
    shows: "how long an answer is waited for",
    proof: async () => {
      const [otherMs, changedMs] = await Promise.all([timeToSendAgain({}), timeToSendAgain({ requestTimeout: "4s" })]);
      expect(changedMs).toBeGreaterThanOrEqual(4_000 - NOTED_LATE_MS);
      expect(otherMs).toBeLessThan(4_000 - NOTED_LATE_MS);
    },
  },
  "dhan.lookupGrace": {
    shows: "how long an order is looked for before it counts as absent",
    proof: async () => {
      const [otherMs, changedMs] = await Promise.all([timeToSendAgain({}), timeToSendAgain({ lookupGrace: "4s" })]);
      expect(changedMs).toBeGreaterThanOrEqual(4_000 - NOTED_LATE_MS);
      expect(otherMs).toBeLessThan(4_000 - NOTED_LATE_MS);
    },
  },
  "dhan.lookback": {
    shows: "how far back the books are taken at the first start",
    proof: async () => {
      const before = async (broker: Broker): Promise<void> => {
        await broker.trader("meera").places({ quantity: 150, price: 111 });
        await until("it rests", async () => (await broker.trader("meera").orders())[0]?.orderStatus === "PENDING");
      };
      const [changed, other] = await Promise.all([run({ before, changes: () => ({ dhan: { lookback: "1ms" } }) }), run({ before })]);
      await using _both = { [Symbol.asyncDispose]: async () => void (await Promise.all([changed, other].map((one) => one[Symbol.asyncDispose]()))) };
      await until("it is copied", async () => (await other.broker.trader("arjun").orders()).length === 1);
      await changed.copier.isReady();
      expect(await changed.broker.trader("arjun").orderCalls()).toEqual([]);
    },
  },
  "accounts[].id": {
    shows: "the name by which copies and logs mean the account",
    proof: async () => {
      expect(await saidOnBadUsage({ accounts: { arjun: { id: "another" } } })).toContain("copies[0].follower: ");
      const copies = [{ id: "meera-another", leader: "meera", follower: "another", sizing: { mode: "ratio", ratio: 0.5 } }];
      await using changed = await run({ changes: () => ({ accounts: { arjun: { id: "another" } }, copies }) });
      expect(changed.copier.lines({ code: "STREAM_OPEN" }).map(({ account }) => account)).toEqual(expect.arrayContaining(["meera", "another"]));
    },
  },
  "accounts[].token.file": {
    shows: "the token with which the broker is asked",
    proof: async () => {
      const written = (folder: string, name: string, token: string): Changes => {
        writeFileSync(join(folder, name), `${token}\n`);
        return { accounts: { arjun: { token: { file: `./${name}` } } } };
      };
      const [changed, other] = await Promise.all([
        run({ wait: "nothing", changes: (folder) => written(folder, "of-nobody", "simulated-nobody") }),
        run({ wait: "nothing", changes: (folder) => written(folder, "of-arjun", "simulated-arjun") }),
      ]);
      await using _both = { [Symbol.asyncDispose]: async () => void (await Promise.all([changed, other].map((one) => one[Symbol.asyncDispose]()))) };
      await changed.copier.tells({ code: "TOKEN_DEAD", account: "arjun" });
      await other.copier.acts();
      expect(other.copier.lines({ code: "TOKEN_DEAD" })).toEqual([]);
      expect(await saidOnBadUsage({ accounts: { arjun: { token: { file: "./is-not-there" } } } })).toContain("account arjun: ");
    },
  },
  "alerts[].webhook.url": {
    shows: "where alerts are posted",
    proof: async () => {
      const env = { HOOK: WEBHOOK_SECRET };
      const to = (path: string) => testAlert((origin) => ({ webhook: { url: `${origin}${path}`, secret: { env: "HOOK" } } }), env);
      expect(await to("/hook")).toMatchObject({ signed: 1, messages: [] });
      expect(await to("/elsewhere")).toMatchObject({ signed: 0, said: expect.stringContaining("not taken (HTTP 404, ") });
    },
  },
  "alerts[].webhook.secret.env": {
    shows: "with which secret alerts are signed",
    proof: async () => {
      const signedWith = (secret: string) => testAlert((origin) => ({ webhook: { url: `${origin}/hook`, secret: { env: "HOOK" } } }), { HOOK: secret });
      expect(await signedWith(WEBHOOK_SECRET)).toMatchObject({ signed: 1, unsigned: 0 });
      expect(await signedWith("another")).toMatchObject({ signed: 0, unsigned: 1 });
      const alerts = [{ webhook: { url: "http://127.0.0.1:9/", secret: { env: "NOT_SET" } } }];
      expect(await saidOnBadUsage({ top: { alerts } })).toContain("alerts[0]: the environment variable NOT_SET is not set");
    },
  },
  "alerts[].webhook.secret.file": {
    shows: "in which file the secret is with which alerts are signed",
    proof: async () => {
      const signedWith = (text: string) => testAlert((origin, folder) => ({ webhook: { url: `${origin}/hook`, secret: { file: written(folder, text) } } }));
      expect(await signedWith(WEBHOOK_SECRET)).toMatchObject({ signed: 1, unsigned: 0 });
      expect(await signedWith("another")).toMatchObject({ signed: 0, unsigned: 1 });
    },
  },
  "alerts[].telegram.botToken.env": {
    shows: "which bot writes",
    proof: async () => {
      for (const token of [BOT_TOKEN, "1:another"])
        expect(await testAlert((api) => ({ telegram: { botToken: { env: "BOT" }, chatId: "1", api } }), { BOT: token })).toMatchObject({
          messages: [{ path: `/bot${token}/sendMessage` }],
        });
    },
  },
  "alerts[].telegram.botToken.file": {
    shows: "in which file the bot's token is",
    proof: async () => {
      for (const token of [BOT_TOKEN, "1:another"])
        expect(await testAlert((api, folder) => ({ telegram: { botToken: { file: written(folder, token) }, chatId: "1", api } }))).toMatchObject({
          messages: [{ path: `/bot${token}/sendMessage` }],
        });
    },
  },
  "alerts[].telegram.chatId": {
    shows: "to which chat it is written",
    proof: async () => {
      for (const chatId of ["1", "-100200"])
        expect(await testAlert((api) => ({ telegram: { botToken: { env: "BOT" }, chatId, api } }), { BOT: BOT_TOKEN })).toMatchObject({
          messages: [{ chat_id: chatId }],
        });
    },
  },
  "alerts[].telegram.api": {
    shows: "whose Bot API is asked",
    proof: async () => {
      const at = (path: string) =>
        testAlert((origin) => ({ telegram: { botToken: { env: "BOT" }, chatId: "1", api: `${origin}${path}` } }), { BOT: BOT_TOKEN });
      expect(await at("")).toMatchObject({ messages: [{ path: `/bot${BOT_TOKEN}/sendMessage` }] });
      expect(await at("/of-our-own/")).toMatchObject({ messages: [{ path: `/of-our-own/bot${BOT_TOKEN}/sendMessage` }] });
    },
  },
  "copies[].forever": {
    shows: "whether the leader's forever orders wait at the follower's broker as well",
    proof: async () => {
      const terms = { transactionType: "BUY", exchangeSegment: "NSE_FNO", securityId: "37806", productType: "MARGIN", orderType: "LIMIT", quantity: 150 };
      const before = async (broker: Broker): Promise<void> =>
        void (await broker.act("forever", { clientId: broker.trader("meera").clientId, ...terms, price: 121, triggerPrice: 120.5 }));
      const [changed, other] = await Promise.all([run({ before, changes: () => ({ copy: { forever: "copy" } }) }), run({ before })]);
      await using _both = { [Symbol.asyncDispose]: async () => void (await Promise.all([changed, other].map((one) => one[Symbol.asyncDispose]()))) };
      const asked = await until("it waits at the follower's", async () => (await changed.broker.trader("arjun").orderCalls())[0]);
      expect(asked).toMatchObject({ method: "POST", path: "/v2/forever/orders", body: { triggerPrice: 120.5 } });
      await other.copier.tells({ code: "FOREVER_ORDER" });
      expect(await other.broker.trader("arjun").orderCalls()).toEqual([]);
    },
  },
};
