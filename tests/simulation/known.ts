/**
 * Seeds that the engine of today does not pass, each with what is known of it. A run fails when one of them passes, so that the list only
 * shrinks, and when any other seed does not. `npm test` runs none of these.
 */
export const KNOWN: ReadonlyMap<number, string> = new Map([
  [
    63815,
    "I17: what was withdrawn of an entry, for a part exit whose sale had left as well, fills late when the leader's full exit has been sized: 150 units stay, and the next entry opens beside them in another product",
  ],
]);
