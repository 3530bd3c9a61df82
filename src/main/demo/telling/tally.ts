/** What is counted for the summary. */
export interface Tally {
  orders: number;
  copies: number;
  changes: number;
  cancels: number;
  /** Executions at the followers, as they were reported. */
  fills: number;
  refusals: number;
}

export function emptyTally(): Tally {
  return { orders: 0, copies: 0, changes: 0, cancels: 0, fills: 0, refusals: 0 };
}
