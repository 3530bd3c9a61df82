/**
 * Seeds that the engine of today does not pass, each with what is known of it. A run fails when one of them passes, so that the list only
 * shrinks, and when any other seed does not. `npm test` runs none of these.
 */
export const KNOWN: ReadonlyMap<number, string> = new Map([
  [
    162855,
    "I12: an exit that the leader has filled, and that rests here, gives way to his later stop and reverse, and waits for it as long as it rests; that is told (EXIT_WAITS)",
  ],
]);
