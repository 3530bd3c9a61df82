/** Many measured times as the few figures that are told of them. Milliseconds throughout. */
export interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function figuresOf(times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: rank(sorted, 0.5), p99: rank(sorted, 0.99), max: rank(sorted, 1) };
}

export function median(times: readonly number[]): number {
  return figuresOf(times).p50;
}

/** The smallest time that at least this share of all times does not exceed (nearest rank): always one that was measured. */
function rank(sorted: readonly number[], share: number): number {
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new Error("there are no figures of no times");
  return found;
}
