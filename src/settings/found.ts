/**
 * A value as a problem shows it after "found". What may be a secret is never repeated: nothing that stands where a token
 * or an alert's channel belongs, nothing long, nothing that looks like a token or holds a password.
 */
import { type KeyPath, keyPattern } from "./key.ts";

const LONGEST_SHOWN = 40;

export function found(value: unknown, path: KeyPath): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (maySecretlyBe(String(value), path)) return `a ${typeof value === "string" ? "text" : typeof value} that is not shown, as it may be a secret`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function maySecretlyBe(text: string, path: KeyPath): boolean {
  return text.length > LONGEST_SHOWN || text.startsWith("eyJ") || text.includes("@") || /^(?:accounts\[\]\.token|alerts)/.test(keyPattern(path));
}
