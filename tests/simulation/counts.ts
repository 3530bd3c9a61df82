/** How often each fault and each premise of the proof occurred. A range of 500 seeds in which one never did proves nothing about it. */

/** What happens to the copier, its wires and its disk. */
export const FAULTS = [
  "frame lost",
  "frame doubled",
  "frame late",
  "frames reordered",
  "frame noise",
  "frame garbage",
  "two objects in one frame",
  "other casing",
  "stream cut",
  "stream half-open",
  "stream refused",
  "stream silent",
  "token dead",
  "request slow",
  "request reset before",
  "request reset after",
  "request timed out before",
  "request timed out after",
  "request 429",
  "request 5xx before",
  "request 5xx after",
  "request 200 with an error",
  "books lag",
  "look-ups lag",
  "crash",
  "power cut: batch dropped",
  "power cut: batch torn",
  "power cut: batch kept",
  "journal lost",
  "journal full",
  "clock stepped",
] as const;
export type Fault = (typeof FAULTS)[number];

/** What must have happened now and then for the invariants to mean anything. */
export const PREMISES = [
  "leader entry",
  "leader exit",
  "leader stop and reverse",
  "leader modification",
  "leader cancel",
  "leader rejected",
  "leader burst",
  "modify storm",
  "partial fill of a leader",
  "partial fill of a follower",
  "fill of a follower after a cancel was accepted",
  "follower rejected",
  "follower trades by hand",
  "follower cancels our order by hand",
  "alternatives resting together",
  "alternatives filled together",
  "alternatives filled while the process was down",
  "token dead as a stop is placed",
  "unknown outcome, accepted",
  "unknown outcome, not accepted",
  "crash between append and send",
  "request held back by the budget",
  "order adopted",
  "placement proved absent",
  "mirrors put away",
  "day turned",
  "journal cut and resumed",
  "margin asked",
  "entry refused for money",
  "entry refused: it would trade with its own account",
  "exit while entries are refused for money",
  "entry chased",
  "exit chased",
  "entry given up",
  "exit left to rest",
  "session by a calendar",
  "after-market order of a leader",
  "after-market order withdrawn before the open",
  "after-market order that went out at the open",
  "copied position ended by expiry",
  "number of an expired contract used again",
  "session on a file",
  "copy of a log opened",
  "entry sized by capital",
  "entry given what was carried",
  "position of a copy that carries, judged",
  "entry sent as slices of the leader's own",
  "exit sent as slices of the leader's own",
  "entry given what was left of a slice before",
  "exit given what was left of a slice before",
  "entry in slices of the leader's own, judged as a whole",
  "exit in slices of the leader's own, judged as a whole",
  "slice beyond the first of an entry",
  "slice beyond the first of an exit",
  "slice in doubt",
  "slice adopted",
  "basket sent",
  "leg of a basket refused",
  "leg missing beside another",
  "leg missing beside another, judged",
  "missing leg stood after all",
  "legs beside a missing one gone",
  "super order",
  "super order of a seller",
  "super order cancelled",
  "super entry changed",
  "super leg changed",
  "super leg cancelled",
  "super leg fired on both sides",
  "super leg fired at the leader alone",
  "super leg fired at a follower alone",
  "super leg reached by the price",
  "super stop refused alone",
  "super target refused alone",
  "trail moved at a leader",
  "trail moved at a follower",
  "exit beside super legs",
  "super order adopted",
  "super leg of a follower changed",
  "plain order in the place of a super leg",
  "super order above the freeze quantity",
  "forever order, single",
  "forever order, OCO",
  "forever order changed",
  "forever order deleted",
  "forever order fired, an entry",
  "forever order fired, an exit",
  "conditional order",
  "conditional order fired",
  "forever or conditional order told",
  "position converted at a leader",
  "position converted at a follower",
  "conversion of a leader seen",
  "conversion of a follower seen",
  "exit in another product than the leader's",
  "entry in the product that the leader has converted to",
  "exit sent before its conversion was seen",
] as const;
export type Premise = (typeof PREMISES)[number];

export type Counted = Fault | Premise;

export class Counts {
  readonly #counts = new Map<string, number>();

  add(what: Counted, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  of(what: Counted): number {
    return this.#counts.get(what) ?? 0;
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...FAULTS, ...PREMISES].map((what) => [what, this.of(what)]));
  }

  static readonly all: readonly Counted[] = [...FAULTS, ...PREMISES];
}
