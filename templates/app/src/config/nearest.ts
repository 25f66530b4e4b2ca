/** The candidate most like a mistyped word: a suggestion is better than a refusal alone. */

/** undefined when nothing is close: at most a third of the word's letters, and never fewer than two, may differ. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let distanceMax = Math.max(2, Math.floor(word.length / 3));
  for (const candidate of candidates) {
    // Lengths differ by more than the bound: the distance does too, and need not be computed.
    if (Math.abs(candidate.length - word.length) > distanceMax) continue;
    const distance = editDistance(word, candidate);
    if (distance < distanceMax || (distance === distanceMax && best === undefined)) {
      best = candidate;
      distanceMax = distance;
    }
  }
  return best;
}

/** Levenshtein's distance with one row of memory: insertions, deletions and replacements, one each. */
export function editDistance(from: string, to: string): number {
  const row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= to.length; j += 1) {
      const above = row[j] ?? 0;
      const left = row[j - 1] ?? 0;
      const replaced = diagonal + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(above + 1, left + 1, replaced);
      diagonal = above;
    }
  }
  return row[to.length] ?? 0;
}
