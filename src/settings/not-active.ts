/**
 * Defaults of the design whose mechanism is not built yet (design section 6). A user who left a key out is told at start
 * that the default he may have read about does nothing. Whoever builds one deletes its row here.
 */
import type { SettingsFile } from "./file.ts";

/** Defaults of keys that cannot be written yet. */
const ALWAYS: readonly string[] = ["dhan.auth is not active in this version: tokens are made elsewhere, and read from where each account's token says"];

const IN_EVERY_COPY: readonly string[] = [
  "maxSlippage: { percent: 2 } is not active in this version: no entry is refused for its distance from the leader's price",
  "forever: report is not active in this version: a leader's forever order is not reported",
  "basket: { window: 2s } is not active in this version: each leader order stands alone",
];

export function notActive(file: SettingsFile): readonly string[] {
  const unchecked = file.copies.filter(({ enabled, margin }) => enabled && margin === undefined).map(({ id }) => id);
  return [
    ...ALWAYS,
    ...IN_EVERY_COPY,
    ...(unchecked.length > 0 ? [`margin: check is not active in this version: the broker decides whether an order can be paid (${unchecked.join(", ")})`] : []),
  ];
}
