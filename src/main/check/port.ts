/** Who is at the port that the copier would take: nobody, the running copier, or somebody else. Asked by connecting; it is never taken. */
import { z } from "zod";
import type { PortFacts } from "../../faces/check/machine.ts";
import { addressText } from "../../faces/http/address.ts";
import type { Settings } from "../../settings/settings.ts";

/** Nobody was reached: the name or the way is wrong. */
const NO_WAY_THERE = new Set(["ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL", "EHOSTUNREACH", "ENETUNREACH"]);
const READINESS = z.object({ ready: z.boolean(), reasons: z.array(z.string()) });

export async function portFacts({ host, port }: Settings["server"], withinMs: number): Promise<PortFacts> {
  if (port === 0) return { is: "any" };
  let answer: Response;
  try {
    answer = await fetch(`http://${addressText(reachable(host), port)}/readyz`, { signal: AbortSignal.timeout(withinMs) });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ECONNREFUSED") return { is: "free" };
    if (error instanceof Error && error.name === "TimeoutError") return { is: "other", said: "it does not answer in time" };
    return NO_WAY_THERE.has(code) || code === "" ? { is: "unclear", said: code || String(cause) } : { is: "other", said: `it does not speak HTTP (${code})` };
  }
  const read = READINESS.safeParse(await answer.json().catch(() => undefined));
  return read.success ? { is: "copier", ...read.data } : { is: "other", said: `it answers HTTP ${answer.status}, and not as Lockstep does` };
}

/** What listens on every address is reached by the machine's own. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
