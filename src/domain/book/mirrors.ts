/** A follower's mirrors: found, and changed by what happened. Part of the fold. */
import { assert } from "../assert.ts";
import { stemOf } from "../correlation.ts";
import { orderEnded } from "../margin/reservations.ts";
import { filledOf, isOpen, waitsAsForever, wasRefused } from "../mirror/attempt.ts";
import { evolve, type MirrorEvent } from "../mirror/evolve.ts";
import { currentAttempts, isExit, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import type { FollowerBook } from "./book.ts";
import { mirrorBack } from "./put-away.ts";

export function mirrorIn(follower: FollowerBook, key: MirrorKey): Mirror {
  const mirror = mirrorBack(follower, key);
  assert(mirror !== undefined, `there is no mirror ${key}`);
  return mirror;
}

/** The mirror that an order of ours belongs to by the common part of its correlation id, whatever the attempt (R9). */
export function mirrorByCorrelation(follower: FollowerBook, id: Parameters<typeof stemOf>[0]): MirrorKey | undefined {
  return follower.byCorrelation.get(id) ?? follower.byStem.get(stemOf(id));
}

export function evolved(follower: FollowerBook, key: MirrorKey, event: MirrorEvent): void {
  const mirror = evolve(mirrorIn(follower, key), event);
  follower.mirrors.set(key, mirror);
  if (follower.reservations.ofMirrors.has(key))
    for (const attempt of mirror.attempts) if (!isOpen(attempt)) orderEnded(follower.reservations, key, attempt.number, filledOf(attempt));
  // What a forever order was refused for is said, and keeps nobody: the leader's waits as well.
  if (isExit(mirror) && currentAttempts(mirror).some((attempt) => wasRefused(attempt) && !waitsAsForever(attempt))) follower.refusedExits.add(key);
  else follower.refusedExits.delete(key);
}
