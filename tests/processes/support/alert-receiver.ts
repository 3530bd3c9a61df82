/** A receiver of alerts on this machine: a webhook that verifies what it is sent, as docs/alerts.md says, and a Bot API. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { z } from "zod";

export const WEBHOOK_SECRET = "a-secret-that-nobody-may-see";
export const BOT_TOKEN = "123456789:AAF-bot_token_that_nobody_may_see00";

const webhookAlert = z.object({
  severity: z.string(),
  code: z.string(),
  account: z.string().nullable(),
  copy: z.string().nullable(),
  order: z.string().nullable(),
  message: z.string(),
  at: z.string(),
  state: z.string(),
  count: z.number(),
});
const message = z.object({ chat_id: z.string(), text: z.string() });

export interface AlertReceiver extends AsyncDisposable {
  readonly origin: string;
  /** What came to `/hook`, signed with the secret; anything else there is refused. */
  readonly alerts: readonly z.infer<typeof webhookAlert>[];
  /** What the bot was told to say. */
  readonly messages: readonly (z.infer<typeof message> & { readonly path: string })[];
  /** Requests whose signature was wrong or missing. */
  readonly unsigned: readonly string[];
  /** From now on `/hook` answers with this status, or not at all. */
  answer(status: number | "silence"): void;
}

export async function startAlertReceiver(): Promise<AlertReceiver> {
  const alerts: z.infer<typeof webhookAlert>[] = [];
  const messages: (z.infer<typeof message> & { path: string })[] = [];
  const unsigned: string[] = [];
  let given: number | "silence" = 204;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += piece;
    });
    request.on("end", () => {
      const { url: path = "", headers } = request;
      if (path.endsWith("/sendMessage")) {
        messages.push({ ...message.parse(JSON.parse(body)), path });
        response.end('{"ok":true}');
      } else if (path !== "/hook") {
        response.writeHead(404).end();
      } else if (!isFromLockstep(headers, body)) {
        unsigned.push(body);
        response.writeHead(401).end();
      } else if (given !== "silence") {
        if (given < 300) alerts.push(webhookAlert.parse(JSON.parse(body)));
        response.writeHead(given).end();
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    alerts,
    messages,
    unsigned,
    answer: (status) => {
      given = status;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function isFromLockstep(headers: IncomingHttpHeaders, body: string): boolean {
  const timestamp = String(headers["lockstep-timestamp"]);
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) < 300)) return false;
  const expected = Buffer.from(`sha256=${createHmac("sha256", WEBHOOK_SECRET).update(`${timestamp}.${body}`).digest("hex")}`);
  const signed = Buffer.from(String(headers["lockstep-signature"]));
  return signed.length === expected.length && timingSafeEqual(signed, expected);
}
