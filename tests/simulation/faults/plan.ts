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

/** How far books and look-ups are behind in a session above the grace: three looks over `lookupGrace` (5 s) after a time-out (3 s) find nothing. */
export const ABOVE_GRACE_MS = 15_000;
/** Steps of the session between two placements of which nothing is heard. */
const UNHEARD_EVERY = 12;

/**
 * Of a session in which books and look-ups lag longer than `lookupGrace`, which nobody can act rightly in (docs/proof.md): placements are
 * accepted and not answered, while the stream is silent, so that the lagging look is the only one to ask.
 */
export function planAboveGrace(seed: number, steps: number): readonly PlannedFault[] {
  const random = seededRandom(seed, "above the grace");
  return Array.from({ length: Math.ceil(steps / UNHEARD_EVERY) }, (_, index) => index * UNHEARD_EVERY).flatMap((step) =>
    (["stream silent", "request timed out after"] as const).map((fault) => ({ fault, step, chance: random.below(1_000_000) })),
  );
}

const KINDS_MIN = 3;
const KINDS_MAX = 8;
/** Of each kind that was chosen. */
const TIMES_MAX = 4;

/** `certain`: kinds that strike whatever is drawn, and before the orders are placed, however fast. */
export function planOf(seed: number, steps: number, certain: readonly Fault[] = []): readonly PlannedFault[] {
  const random = seededRandom(seed, "faults");
  const kinds = new Set<Fault>(certain);
  const count = between(random, KINDS_MIN, KINDS_MAX);
  while (kinds.size < count) kinds.add(pick(random, FAULTS));
  const within = (fault: Fault): number => (certain.includes(fault) ? Math.ceil(steps / 4) : steps);
  return [...kinds]
    .flatMap((fault) =>
      Array.from({ length: between(random, 1, TIMES_MAX) }, () => ({ fault, step: random.below(within(fault)), chance: random.below(1_000_000) })),
    )
    .sort((a, b) => a.step - b.step);
}
