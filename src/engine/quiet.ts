/**
 * Mirrors that have nothing to do and are over, the longest quiet first: those that are put away (`put-away.ts`). A few at once, so that the
 * packing holds up no order.
 */
import { getOrAdd } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";

/** So long nothing of it was heard: far longer than frames are late, books lag and streams are half open, so that few are taken back. */
const QUIET_MS = 60_000;
/** Together they take a fraction of what each takes alone. */
const BUNDLE = 16;
/** A bundle that does not get full waits no longer than this. */
const FULL_WITHIN_MS = 30_000;

export class QuietMirrors {
  /** Since when each is quiet, in elapsed time; the longest first. */
  readonly #since = new Map<ClientId, Map<MirrorKey, number>>();

  /** It has nothing to do; the count begins. */
  begin(follower: ClientId, key: MirrorKey, now: number): void {
    const its = getOrAdd(this.#since, follower, () => new Map<MirrorKey, number>());
    its.delete(key);
    its.set(key, now);
  }

  end(follower: ClientId, key: MirrorKey): void {
    this.#since.get(follower)?.delete(key);
  }

  /** A bundle of one follower's that have been quiet for long enough; they are not counted any more. */
  take(now: number): { readonly follower: ClientId; readonly keys: readonly MirrorKey[] } | undefined {
    for (const [follower, its] of this.#since) {
      const due = dueOf(its, now);
      if (due.length === 0) continue;
      for (const key of due) its.delete(key);
      // The others' turn comes first next time.
      this.#since.delete(follower);
      this.#since.set(follower, its);
      return { follower, keys: due };
    }
    return undefined;
  }
}

function dueOf(its: ReadonlyMap<MirrorKey, number>, now: number): readonly MirrorKey[] {
  const due: MirrorKey[] = [];
  let longest = 0;
  for (const [key, since] of its) {
    if (now - since < QUIET_MS || due.length === BUNDLE) break;
    longest = Math.max(longest, now - since);
    due.push(key);
  }
  return due.length === BUNDLE || longest >= QUIET_MS + FULL_WITHIN_MS ? due : [];
}
