/** Results of merges that need no decision, or one for the whole file. */
import { checkMarkers, markedClash } from "./conflict-markers.ts";
import type { KeptKey, Merged, Versions } from "./merged.ts";

/** A merge that is decided as a whole. */
export function withoutClash(text: string, kept: readonly KeptKey[] = []): Merged {
  return { text, clashes: [], kept, decided: () => text };
}

/** One clash over the whole file. @param why such as "it cannot be parsed (line 3: a quote is missing)" */
export function wholeFileClash(path: string, versions: Versions, why: string): Merged {
  const { base, local, next } = versions;
  const clash = { where: `the whole file: ${why}`, base: base ?? "", mine: local, next };
  return {
    text: local,
    clashes: [clash],
    kept: [],
    decided(side) {
      if (side !== "markers") return side === "mine" ? local : next;
      checkMarkers(path);
      return markedClash(clash);
    },
  };
}
