/** Spans of time as people write them: a whole number and its unit, such as `500ms`, `3s`, `2m`, `1h`, `1d`. */
export const DURATION_PATTERN = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Timers count in 31 bits of milliseconds (24.8 days) and fire at once beyond that; no span in the file needs a week. */
export const LONGEST_DURATION_MS = 7 * 86_400_000;

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, more than 0 (unless it may be none) and a week at most. Undefined for what is no such span. */
export function parseDuration(text: string, least: "some" | "none" = "some"): number | undefined {
  const [, count = "", unit = ""] = DURATION_PATTERN.exec(text) ?? [];
  const span = Number(count) * (MILLISECONDS[unit] ?? Number.NaN);
  return span >= (least === "some" ? 1 : 0) && span <= LONGEST_DURATION_MS ? span : undefined;
}
