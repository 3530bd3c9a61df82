/**
 * A POST to somewhere that is not the broker, on connections of its own, so that a dead receiver of alerts shares nothing with orders. Sent
 * once, nothing is followed, and what is told of a failure never holds the address: it may be a secret.
 */
import { Agent, request } from "undici";
import type { Timers } from "../../domain/time.ts";

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Reply = { readonly came: true; readonly status: number; readonly body: string } | { readonly came: false; readonly said: string };

export interface Poster {
  /** Never rejects. */
  post(post: Post): Promise<Reply>;
  close(): Promise<void>;
}

const WITHIN_MS = 10_000;
/** Only a word of the receiver's is ever wanted. */
const BODY_BYTES_MAX = 16 * 1024;

export function openPoster({ timers }: { readonly timers: Timers }): Poster {
  const agent = new Agent({ connections: 2, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connectTimeout: WITHIN_MS });
  return {
    post: async ({ url, headers, body }) => {
      const deadline = new AbortController();
      const cancel = timers.after(WITHIN_MS, () => deadline.abort());
      try {
        const { statusCode, body: answer } = await request(url, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
          dispatcher: agent,
          signal: deadline.signal,
        });
        let text = "";
        for await (const piece of answer) {
          text += String(piece);
          if (text.length > BODY_BYTES_MAX) break;
        }
        return { came: true, status: statusCode, body: text };
      } catch (error) {
        return { came: false, said: deadline.signal.aborted ? `no answer within ${WITHIN_MS / 1_000} s` : faultWord(error) };
      } finally {
        cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

/** The code alone, e.g. `ECONNREFUSED`: a message may repeat the address. */
function faultWord(error: unknown): string {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return code ?? (error instanceof Error ? error.name : "unknown");
}
