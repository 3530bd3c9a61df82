/** What the configuration says, as far as a person should see it confirmed before money depends on it. */
import type { Finding } from "./finding.ts";

export interface FileFacts {
  readonly path: string;
  /** Names of the enabled copies, and of the accounts that take part in them. */
  readonly copies: readonly string[];
  readonly accounts: readonly string[];
  /** In no enabled copy. */
  readonly unused: readonly string[];
  /** A sentence for each default that does nothing yet. */
  readonly notActive: readonly string[];
  /** A sentence for each channel of alerts whose secret is not there. */
  readonly alertsWithoutSecret: readonly string[];
}

export function fileFinding({ path, copies, accounts, unused, notActive, alertsWithoutSecret }: FileFacts): Finding {
  if (alertsWithoutSecret.length > 0)
    return { check: "file", state: "failed", said: `${path}: ${alertsWithoutSecret.join("; ")}`, todo: "set it, or leave the channel out", notes: notActive };
  const rest = unused.length === 0 ? "" : `; in no enabled copy, and not looked at: ${unused.join(", ")}`;
  return { check: "file", state: "ok", said: `${path}: copies ${copies.join(", ")}; accounts ${accounts.join(", ")}${rest}`, notes: notActive };
}
