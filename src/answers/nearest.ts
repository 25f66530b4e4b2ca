/** The nearest valid word, for "did you mean". */
import { distance } from "fastest-levenshtein";

/**
 * The candidate with the fewest edits, the first one of equals; undefined when every candidate differs in more
 * than `editsMax` letters.
 */
export function nearest(word: string, candidates: readonly string[], editsMax = Infinity): string | undefined {
  let best: string | undefined;
  let bestEdits = Infinity;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return bestEdits <= editsMax ? best : undefined;
}

/** How many letters may be wrong before a suggestion is a guess: a third of the word, at least two. */
export function editsAllowed(word: string): number {
  return Math.max(2, Math.floor(word.length / 3));
}
