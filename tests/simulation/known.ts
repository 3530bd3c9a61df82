/**
 * Seeds that the engine of today does not pass, each with what is known of it. A run fails when one of them passes, so that the list only
 * shrinks, and when any other seed does not. `npm test` runs none of these.
 */
export const KNOWN: ReadonlyMap<number, string> = new Map<number, string>([
  [
    372,
    "I12. Of a position in two products, two exits that rest divide what they may sell differently: together they leave an exit at the market nothing of either, and it waits (EXIT_WAITS).",
  ],
  [30292, "I14. With the journal lost, a copy of a seller's super order holds 300 units, and no stop stands for the leader's. Not traced."],
]);
