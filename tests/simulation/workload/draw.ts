/** Draws from a seeded stream. */
import type { Random } from "../../../src/simulator/exchange/random.ts";

export function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[random.below(choices.length)];
  if (chosen === undefined) throw new Error("there is nothing to choose from");
  return chosen;
}

/** A whole number from `least` to `most`, both included. */
export function between(random: Random, least: number, most: number): number {
  return least + random.below(most - least + 1);
}

/** Each choice as often as its weight says. */
export function weighted<T extends string>(random: Random, weights: Readonly<Record<T, number>>): T {
  const entries = Object.entries(weights) as [T, number][];
  let left = random.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [choice, weight] of entries) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new Error("no weight was left");
}
