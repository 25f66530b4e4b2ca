/** What holds for every format that is merged key by key, whatever two targets and a user make of a file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Merged, Versions } from "../../src/merge/merged.ts";
import {
  edited,
  type Setting,
  sameKeys,
  twoVersions,
  type UserEdit,
  type UserEditWays,
  userEdits,
} from "./random-settings.ts";

const RUNS = Number(process.env.FASTSERVE_SEEDS ?? 200);

export interface KeyedFormat {
  readonly name: string;
  readonly ways: UserEditWays;
  /** Edits that no change of values and reasons meets. */
  readonly separate: fc.Arbitrary<readonly UserEdit[]>;
  merge(versions: Versions): Merged;
  print(settings: readonly Setting[]): string;
  parse(text: string): unknown;
}

export function testEditProperties({ name, ways, separate, merge, print, parse }: KeyedFormat): void {
  const leaves = (text: string) => leavesOf(parse(text));
  const cases = fc.record({ versions: twoVersions, edits: userEdits }).map(({ versions, edits }) => {
    const base = print(versions.base);
    return { base, local: edited(base, edits, ways), next: print(versions.next) };
  });

  /** Targets that differ in values and reasons alone. */
  const sameKeyCases = fc.record({ versions: sameKeys, edits: separate }).map(({ versions, edits }) => {
    const base = print(versions.base);
    return { base, local: edited(base, edits, ways), next: print(versions.next) };
  });

  test(`${name}() keeps every line of the user and decides every key by itself`, () => {
    fc.assert(
      fc.property(cases, ({ base, local, next }) => {
        const { text, clashes } = merge({ base, local, next });
        assert.deepEqual(clashes, []);
        for (const words of local.match(/mine[ _]\d|reworded, mine \d/g) ?? [])
          assert.ok(text.includes(words), `${words} is lost`);
        const [was, mine, now, result] = [base, local, next, text].map(leaves);
        for (const key of new Set([was, mine, now, result].flatMap((each) => [...(each?.keys() ?? [])]))) {
          const theirs = mine?.get(key);
          const expected = theirs === was?.get(key) ? now?.get(key) : theirs;
          const isList = [was, mine, now].some((each) => each?.get(key)?.startsWith("["));
          // A user who takes out the last key of a YAML map leaves null, which is the user's value.
          const isEmptied = [...(mine ?? [])].some(([each, value]) => value === "null" && key.startsWith(`${each}.`));
          if (!isList && !isEmptied && !isPart(key)) assert.equal(result?.get(key), expected, key);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test(`${name}() has nothing to do when it runs once more`, () => {
    fc.assert(
      fc.property(cases, ({ base, local, next }) => {
        const { text } = merge({ base, local, next });
        assert.equal(merge({ base: next, local: text, next }).text, text);
      }),
      { numRuns: RUNS },
    );
  });

  test(`${name}() gives an unedited file as it is generated now, and an edited one as it is`, () => {
    fc.assert(
      fc.property(cases, ({ base, local, next }) => {
        assert.equal(merge({ base, local: base, next: base }).text, base);
        assert.equal(merge({ base, local, next: base }).text, local);
        assert.deepEqual(leaves(merge({ base, local: base, next }).text), leaves(next));
      }),
      { numRuns: RUNS },
    );
  });

  test(`${name}() gives back the user's file byte for byte when the target with the same settings comes back`, () => {
    fc.assert(
      fc.property(sameKeyCases, ({ base, local, next }) => {
        const there = merge({ base, local, next });
        assert.equal(merge({ base: next, local: there.text, next: base }).text, local);
      }),
      { numRuns: RUNS },
    );
  });

  test(`${name}() gives back what the user's file said when the target comes back`, () => {
    fc.assert(
      fc.property(cases, ({ base, local, next }) => {
        const there = merge({ base, local, next });
        const back = merge({ base: next, local: there.text, next: base });
        const [was, mine, result] = [base, local, back.text].map(leaves);
        for (const [key, value] of mine ?? []) {
          if (!isPart(key) && !value.startsWith("[")) assert.equal(result?.get(key), value);
        }
        // A key that the user has deleted comes back only after the generator had none.
        for (const key of result?.keys() ?? []) assert.ok(mine?.has(key) || was?.has(key), key);
      }),
      { numRuns: RUNS },
    );
  });
}

/** Parts of inline tables, which the settings have at these keys, come and go with them. */
function isPart(key: string): boolean {
  return /\.[kl]$/.test(key);
}

/** Values by their dotted keys, as JSON. */
function leavesOf(data: unknown): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  function visit(value: unknown, key: string): void {
    if (typeof value !== "object" || value === null || Array.isArray(value)) result.set(key, JSON.stringify(value));
    else for (const [name, inner] of Object.entries(value)) visit(inner, key === "" ? name : `${key}.${name}`);
  }
  visit(data ?? {}, ""); // A YAML file of comments says null.
  return result;
}
