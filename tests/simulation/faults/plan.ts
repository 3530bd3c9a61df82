/** What goes wrong in a session, and when: at least three kinds of fault, from the seed. */
import { seededRandom } from "../../../src/simulator/exchange/random.ts";
import { FAULTS, type Fault } from "../counts.ts";
import { between, pick } from "../workload/draw.ts";

export interface PlannedFault {
  readonly fault: Fault;
  /** Before which step of the session. */
  readonly step: number;
  /** Which of the accounts, which of the batches, how long: whatever the fault needs. */
  readonly chance: number;
}

const KINDS_MIN = 3;
const KINDS_MAX = 8;
/** Of each kind that was chosen. */
const TIMES_MAX = 4;

export function planOf(seed: number, steps: number): readonly PlannedFault[] {
  const random = seededRandom(seed, "faults");
  const kinds = new Set<Fault>();
  const count = between(random, KINDS_MIN, KINDS_MAX);
  while (kinds.size < count) kinds.add(pick(random, FAULTS));
  return [...kinds]
    .flatMap((fault) => Array.from({ length: between(random, 1, TIMES_MAX) }, () => ({ fault, step: random.below(steps), chance: random.below(1_000_000) })))
    .sort((a, b) => a.step - b.step);
}
