/**
 * The known word that somebody most likely meant. Case, dashes and underscores do not count; otherwise about one letter
 * in three may be wrong. Undefined when nothing is that near.
 */
export function nearestWord(written: string, known: readonly string[]): string | undefined {
  const near = known.map((word) => ({ word, distance: distance(bare(written), bare(word)) })).sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= Math.max(1, Math.floor(near.word.length / 3)) ? near.word : undefined;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, "");
}

/** Letters to add, drop or replace to turn one word into the other (Levenshtein). */
function distance(from: string, to: string): number {
  let costs = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [row, letter] of [...from].entries()) {
    const next = [row + 1];
    for (const [at, wanted] of [...to].entries()) {
      const replaced = (costs[at] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (costs[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    costs = next;
  }
  return costs[to.length] ?? 0;
}
