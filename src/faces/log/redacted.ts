/**
 * The last line of defence for secrets in texts that others wrote, such as a broker's error page that repeats the request. Dhan's
 * access tokens are JSON Web Tokens (reference 1.3): three parts, the first of which begins with `eyJ`. A Telegram bot's is a number, a
 * colon and 35 characters, and stands in the address of each of its calls.
 */
const TOKEN = /eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g;
const BOT_TOKEN = /\d{6,}:[\w-]{30,}/g;
const NAMED = /(access[-_ ]?token["']?\s*[:=]\s*["']?)[^\s"',}]+/gi;

export function redacted(text: string): string {
  return text.replace(TOKEN, "[redacted]").replace(BOT_TOKEN, "[redacted]").replace(NAMED, "$1[redacted]");
}
