/**
 * The last line of defence for secrets in texts that others wrote, such as a broker's error page that repeats the request. Dhan's
 * access tokens are JSON Web Tokens (reference 1.3): three parts, the first of which begins with `eyJ`.
 */
const TOKEN = /eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g;
const NAMED = /(access[-_ ]?token["']?\s*[:=]\s*["']?)[^\s"',}]+/gi;

export function redacted(text: string): string {
  return text.replace(TOKEN, "[redacted]").replace(NAMED, "$1[redacted]");
}
