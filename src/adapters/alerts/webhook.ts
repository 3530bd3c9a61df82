/**
 * A webhook: one POST for each notice, signed, so that its receiver can tell it from anybody else's (docs/alerts.md). The signature is the
 * HMAC-SHA256 of the time and the body with the shared secret; the time is in it so that an old message cannot be played again.
 */
import { createHmac } from "node:crypto";
import type { Clock } from "../../domain/time.ts";
import type { TokenSource } from "../dhan/token.ts";
import { Secret } from "../system/secret.ts";
import { type DeliveryOutcome, isRefusedAsSuch, notTaken } from "./outcome.ts";
import type { Poster } from "./post.ts";

export const TIMESTAMP_HEADER = "lockstep-timestamp";
export const SIGNATURE_HEADER = "lockstep-signature";

export interface WebhookOptions {
  readonly url: string;
  readonly secret: TokenSource;
  readonly poster: Poster;
  readonly clock: Clock;
}

export function webhookSender({ url, secret, poster, clock }: WebhookOptions): (body: string) => Promise<DeliveryOutcome> {
  return async (body) => {
    const key = secret();
    if (!(key instanceof Secret)) return notTaken(key.noToken);
    const timestamp = String(Math.floor(clock.now() / 1_000));
    const headers = { [TIMESTAMP_HEADER]: timestamp, [SIGNATURE_HEADER]: `sha256=${signature(key, timestamp, body)}` };
    const reply = await poster.post({ url, headers, body });
    if (!reply.came) return notTaken(reply.said);
    if (reply.status >= 200 && reply.status < 300) return { taken: true, status: reply.status };
    return notTaken(`HTTP ${reply.status}`, { isFinal: isRefusedAsSuch(reply.status) });
  };
}

/** Hexadecimal, of `<timestamp>.<body>`. */
function signature(key: Secret, timestamp: string, body: string): string {
  return createHmac("sha256", key.open()).update(`${timestamp}.${body}`).digest("hex");
}
