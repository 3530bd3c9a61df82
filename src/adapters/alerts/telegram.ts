/** Telegram's Bot API, `sendMessage` alone. The bot's token stands in the address of each call, so no address is ever told. */
import { z } from "zod";
import type { TokenSource } from "../dhan/token.ts";
import { Secret } from "../system/secret.ts";
import { type DeliveryOutcome, isRefusedAsSuch, notTaken } from "./outcome.ts";
import type { Poster } from "./post.ts";

/** One message a second in one chat is what Telegram asks for (core.telegram.org/bots/faq). */
export const TELEGRAM_PACE_MS = 1_000;
/** It may ask for many minutes; then what waits is kept in its bounds. */
const RETRY_AFTER_MAX_S = 3_600;
const SAID_CHARACTERS_MAX = 200;
const BOT_TOKEN = /^\d+:[\w-]+$/;

export interface TelegramOptions {
  /** `https://api.telegram.org`, without a slash at its end. */
  readonly api: string;
  readonly botToken: TokenSource;
  readonly chatId: string;
  readonly poster: Poster;
}

const answer = z.object({
  description: z.string().catch(""),
  parameters: z.object({ retry_after: z.number().optional().catch(undefined) }).catch({ retry_after: undefined }),
});

export function telegramSender({ api, botToken, chatId, poster }: TelegramOptions): (text: string) => Promise<DeliveryOutcome> {
  return async (text) => {
    const token = botToken();
    if (!(token instanceof Secret)) return notTaken(token.noToken);
    if (!BOT_TOKEN.test(token.open())) return notTaken("the bot token is none: it should look like 123456:ABC-DEF…");
    const body = JSON.stringify({ chat_id: chatId, text, link_preview_options: { is_disabled: true } });
    const reply = await poster.post({ url: `${api}/bot${token.open()}/sendMessage`, headers: {}, body });
    if (!reply.came) return notTaken(reply.said);
    if (reply.status >= 200 && reply.status < 300) return { taken: true, status: reply.status };
    const { description, parameters } = answer.parse(jsonOf(reply.body) ?? {});
    const said = [`HTTP ${reply.status}`, description.replaceAll(token.open(), "[redacted]").slice(0, SAID_CHARACTERS_MAX)].filter((part) => part !== "");
    const { retry_after: seconds } = parameters;
    return notTaken(said.join(": "), {
      isFinal: isRefusedAsSuch(reply.status),
      ...(seconds === undefined ? {} : { retryAfterMs: Math.min(Math.max(0, seconds), RETRY_AFTER_MAX_S) * 1_000 }),
    });
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
