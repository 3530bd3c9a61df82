/** What became of one delivery to a channel. `isFinal`: the receiver will never take it as it is. `said` holds no secret. */
export type DeliveryOutcome =
  | { readonly taken: true; readonly status: number }
  | { readonly taken: false; readonly said: string; readonly isFinal: boolean; readonly retryAfterMs: number | undefined };

export function notTaken(
  said: string,
  { isFinal = false, retryAfterMs }: { readonly isFinal?: boolean; readonly retryAfterMs?: number } = {},
): DeliveryOutcome {
  return { taken: false, said, isFinal, retryAfterMs };
}

/** The receiver has read it and finds fault with what it says: the same again would be no better. */
export function isRefusedAsSuch(status: number): boolean {
  return status === 400 || status === 413 || status === 422;
}
