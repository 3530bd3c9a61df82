/** The channels' senders against a server on this machine: what arrives there, and what is made of its answers. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { Secret } from "../system/secret.ts";
import { systemTimers } from "../system/timers.ts";
import { openPoster } from "./post.ts";
import { telegramSender } from "./telegram.ts";
import { SIGNATURE_HEADER, TIMESTAMP_HEADER, webhookSender } from "./webhook.ts";

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Answers each request with this; undefined: with nothing, and the connection is cut. */
async function receiver(answer: () => { readonly status: number; readonly body?: string } | undefined) {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      arrived.push({ method: request.method, url: request.url, headers: request.headers, body });
      const given = answer();
      if (given === undefined) response.destroy();
      else response.writeHead(given.status, { location: "/elsewhere" }).end(given.body ?? "");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const poster = openPoster({ timers: systemTimers });
  onTestFinished(async () => {
    await poster.close();
    server.close();
  });
  return { arrived, poster, origin: `http://127.0.0.1:${address.port}` };
}

const clock = { now: () => unixMs(1_795_250_000_417), elapsed: () => 0 };
const BOT = "123456789:AAF-bot_token_that_nobody_may_see00";

describe("a webhook", () => {
  test("is one POST of the body as it is, signed over the time and the body, as docs/alerts.md tells how to verify", async () => {
    const { arrived, poster, origin } = await receiver(() => ({ status: 204 }));
    const send = webhookSender({ url: `${origin}/hook/`, secret: () => new Secret("shared"), poster, clock });
    expect(await send('{"message":"₹ 75"}')).toEqual({ taken: true, status: 204 });
    const [one] = arrived;
    expect(one).toMatchObject({ method: "POST", url: "/hook/", body: '{"message":"₹ 75"}', headers: { "content-type": "application/json" } });
    const timestamp = String(one?.headers[TIMESTAMP_HEADER]);
    expect(timestamp).toBe("1795250000");
    const expected = `sha256=${createHmac("sha256", "shared").update(`${timestamp}.${one?.body}`).digest("hex")}`;
    expect(timingSafeEqual(Buffer.from(String(one?.headers[SIGNATURE_HEADER])), Buffer.from(expected))).toBe(true);
    expect(JSON.stringify(arrived)).not.toContain("shared");
  });

  test.each([
    [500, false],
    [429, false],
    [404, false],
    [401, false],
    [302, false],
    [400, true],
    [413, true],
    [422, true],
  ])("answered %i: not taken, for good: %s", async (status, isFinal) => {
    const { arrived, poster, origin } = await receiver(() => ({ status }));
    const send = webhookSender({ url: origin, secret: () => new Secret("shared"), poster, clock });
    expect(await send("{}")).toEqual({ taken: false, said: `HTTP ${status}`, isFinal, retryAfterMs: undefined });
    expect(arrived).toHaveLength(1);
  });

  test("that is not there, or cuts the line, is told by a code and not by its address", async () => {
    const { poster, origin } = await receiver(() => undefined);
    const to = (url: string) => webhookSender({ url, secret: () => new Secret("shared"), poster, clock })("{}");
    expect(await to(`${origin}/of-secret-path`)).toMatchObject({ taken: false, said: "UND_ERR_SOCKET" });
    expect(await to("http://127.0.0.1:9/of-secret-path")).toMatchObject({ taken: false, said: "ECONNREFUSED" });
  });

  test("without its secret is not sent at all", async () => {
    const { arrived, poster, origin } = await receiver(() => ({ status: 200 }));
    const send = webhookSender({ url: origin, secret: () => ({ noToken: "the file is empty" }), poster, clock });
    expect(await send("{}")).toMatchObject({ taken: false, said: "the file is empty" });
    expect(arrived).toEqual([]);
  });
});

describe("a Telegram chat", () => {
  async function sent(answer: { readonly status: number; readonly body?: string }, token = BOT) {
    const { arrived, poster, origin } = await receiver(() => answer);
    const outcome = await telegramSender({ api: origin, botToken: () => new Secret(token), chatId: "-100200", poster })("CRITICAL TOKEN_DEAD");
    return { arrived, outcome };
  }

  test("gets the text by sendMessage of the bot", async () => {
    const { arrived, outcome } = await sent({ status: 200, body: '{"ok":true}' });
    expect(outcome).toEqual({ taken: true, status: 200 });
    expect(arrived[0]?.url).toBe(`/bot${BOT}/sendMessage`);
    expect(JSON.parse(arrived[0]?.body ?? "")).toEqual({ chat_id: "-100200", text: "CRITICAL TOKEN_DEAD", link_preview_options: { is_disabled: true } });
  });

  test("that asks for patience is given it", async () => {
    const { outcome } = await sent({ status: 429, body: '{"ok":false,"description":"Too Many Requests: retry after 37","parameters":{"retry_after":37}}' });
    expect(outcome).toEqual({ taken: false, said: "HTTP 429: Too Many Requests: retry after 37", isFinal: false, retryAfterMs: 37_000 });
  });

  test("that refuses says why, without the bot's token", async () => {
    const { outcome } = await sent({ status: 401, body: `{"ok":false,"description":"Unauthorized for ${BOT}"}` });
    expect(outcome).toEqual({ taken: false, said: "HTTP 401: Unauthorized for [redacted]", isFinal: false, retryAfterMs: undefined });
    expect((await sent({ status: 502, body: "<html>" })).outcome).toMatchObject({ said: "HTTP 502", isFinal: false });
  });

  test("is not asked with a token that is none: it would be another address", async () => {
    const { arrived, outcome } = await sent({ status: 200 }, "../elsewhere");
    expect(outcome).toMatchObject({ taken: false });
    expect(JSON.stringify(outcome)).not.toContain("elsewhere");
    expect(arrived).toEqual([]);
  });
});
