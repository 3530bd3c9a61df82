/**
 * From which prices an exit stop of the copier's may be priced that has triggered and did not fill (design 5, `stopMarket.after`): those of the stop
 * that triggered, of what the leader asks for by now and what he got, and what its own frames have told. Not those that he has left.
 */
import { type Kept, newest } from "./evidence.ts";

/** `stopMarket.after` of every copy. */
const RESTS_MS = 2_000;

export interface TriggeredStop {
  /** Since when it has rested for so long that it may be priced to execute. */
  readonly dueAt: number;
  readonly references: readonly number[];
}

/** Undefined: it is no stop that has triggered. `told`: the version of the leader's order that had surely been told. */
export function triggeredStop(kept: Kept, leader: Kept, told: number): TriggeredStop | undefined {
  const armed = kept.versions.findLastIndex(({ version }) => version.trigger > 0);
  const stop = kept.versions[armed]?.version;
  const since = kept.versions[armed + 1]?.at;
  if (stop === undefined || since === undefined || newest(kept).type !== "LIMIT") return undefined;
  // A stop of his that triggered has lost its trigger, and he has not left it.
  const from = leader.versions.findLastIndex(({ version }, index) => index <= told && version.trigger > 0);
  const his = leader.versions.flatMap(({ version }, index) => (index < from ? [version.average] : [version.average, version.trigger, version.price]));
  const shown = kept.versions.slice(armed).map(({ version }) => version.last);
  return { dueAt: since + RESTS_MS, references: [stop.trigger, stop.price, ...his, ...shown].filter((price) => price > 0) };
}
