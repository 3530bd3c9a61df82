/**
 * The simulator's own source of randomness: the same seed gives the same day on every machine. Each use draws from its own
 * named stream, so that a new use does not shift the others.
 */
export interface Random {
  /** A whole number from 0 up to, and without, `bound`. */
  below(bound: number): number;
  /** True in about `share` of the calls: 0 never, 1 always. */
  chance(share: number): boolean;
}

/** mulberry32: 32 bits of state, whole-number arithmetic only, good enough for prices and order numbers. */
export function seededRandom(seed: number, stream: string): Random {
  let state = mixed(seed, stream);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (bits ^ (bits >>> 14)) >>> 0;
  };
  return {
    below: (bound) => next() % bound,
    chance: (share) => next() < share * 0x1_0000_0000,
  };
}

/** FNV-1a over the stream's name, started from the seed. */
function mixed(seed: number, stream: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of stream) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
