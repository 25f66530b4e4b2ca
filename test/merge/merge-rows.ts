/** Cases of a key-level merge as rows: three versions in, the whole text out, and nothing left for a second run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Merged, Versions } from "../../src/merge/merged.ts";

export interface MergeRow {
  readonly name: string;
  readonly base: string | undefined;
  readonly local: string;
  readonly next: string;
  readonly merged: string;
  /** "key: mine | recommended" of each key that stays the user's. */
  readonly kept?: readonly string[];
}

export function testMergeRows(
  merge: (path: string, versions: Versions) => Merged,
  path: string,
  rows: readonly MergeRow[],
): void {
  for (const { name, base, local, next, merged, kept } of rows) {
    test(`${merge.name}() ${name}`, () => {
      const result = merge(path, { base, local, next });
      assert.equal(result.text, merged);
      assert.deepEqual(result.clashes, []);
      assert.deepEqual(
        result.kept.map(({ key, mine, recommended }) => `${key}: ${mine} | ${recommended}`),
        kept ?? [],
      );
      // Carried out once more with the new base, nothing is left to do.
      assert.equal(merge(path, { base: next, local: merged, next }).text, merged);
    });
  }
}
