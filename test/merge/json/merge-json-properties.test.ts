/** Whatever people and the generator do to a JSON file, the merge keeps what was said and how it was written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseDocument, tableOf } from "../../../src/merge/json/json-document.ts";
import { mergeJson } from "../../../src/merge/json/merge-json.ts";
import type { KeyData } from "../../../src/merge/keys/key-data.ts";
import { sameData } from "../../../src/merge/keys/key-data.ts";
import { anyLayout, anyTable, changed, commentsOf, type Table, written } from "./any-json.ts";

const RUNS = Number(process.env.FASTSERVE_SEEDS ?? 500);

interface Case {
  readonly base: Table;
  readonly mine: Table;
  readonly next: Table;
  readonly layout: readonly number[];
}

const anyCase: fc.Arbitrary<Case> = anyTable.chain((base) =>
  fc.record({ base: fc.constant(base), mine: changed(base), next: changed(base), layout: anyLayout }),
);

test("mergeJson() keeps every comment of the user's, in its order", () => {
  check(({ base, mine, next, layout }) => {
    const local = written(mine, layout);
    const merged = mergeJson("x.json", { base: generated(base), local, next: generated(next) });
    assert.deepEqual(commentsOf(merged.text), commentsOf(local));
  });
});

test("mergeJson() gives the same text when it is run on its own result", () => {
  check(({ base, mine, next, layout }) => {
    const local = written(mine, layout);
    const { text } = mergeJson("x.json", { base: generated(base), local, next: generated(next) });
    const again = mergeJson("x.json", { base: generated(next), local: text, next: generated(next) });
    assert.equal(again.text, text);
    assert.deepEqual(again.kept, []);
  });
});

test("mergeJson() gives what was generated, when the user has changed the layout and nothing else", () => {
  check(({ base, next, layout }) => {
    const local = written(
      base,
      layout.map((choice) => (choice < 2 || choice === 3 ? 2 : choice)),
    );
    const { text, kept } = mergeJson("x.json", { base: generated(base), local, next: generated(next) });
    assert.deepEqual(kept, []);
    assert.ok(sameData(tableOf(parseDocument(text).root), dataOf(next)), text);
  });
});

test("mergeJson() changes nothing when the generator has changed nothing", () => {
  check(({ base, mine, layout }) => {
    const local = written(mine, layout);
    const merged = mergeJson("x.json", { base: generated(base), local, next: generated(base) });
    assert.equal(merged.text, local);
    assert.deepEqual(merged.kept, []);
  });
});

test("mergeJson() leaves what the user has added or changed, or the same was generated", () => {
  check(({ base, mine, next, layout }) => {
    const local = written(mine, layout);
    const { text } = mergeJson("x.json", { base: generated(base), local, next: generated(next) });
    const result = tableOf(parseDocument(text).root);
    for (const [key, value] of tableOf(parseDocument(local).root)) {
      const before = dataOf(base).get(key);
      if (sameData(before, value) || isTableOrList(value)) continue;
      assert.ok(sameData(result.get(key), value), `${key} is ${String(value)}`);
    }
  });
});

test("mergeJson() gives the user's text back, when what was added is taken away again", () => {
  check(({ base, mine, next }) => {
    const added = { ...base, ...Object.fromEntries(Object.entries(next).filter(([key]) => !Object.hasOwn(mine, key))) };
    const local = generated(mine);
    const there = mergeJson("x.json", { base: generated(base), local, next: generated({ ...base, ...added }) });
    const back = mergeJson("x.json", {
      base: generated({ ...base, ...added }),
      local: there.text,
      next: generated(base),
    });
    assert.equal(back.text, local);
  });
});

test("mergeJson() goes to another wish and back, and the text is the same, where the user has added keys at the end", () => {
  check(({ base, next }) => {
    const local = generated({ ...base, "own key": { own: [1, 2] } });
    const there = mergeJson("x.json", { base: generated(base), local, next: generated(next) });
    const back = mergeJson("x.json", { base: generated(next), local: there.text, next: generated(base) });
    assert.equal(back.text, local);
  });
});

function check(property: (one: Case) => void): void {
  fc.assert(fc.property(anyCase, property), { numRuns: RUNS });
}

function generated(data: Table): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function dataOf(data: Table): ReadonlyMap<string, KeyData> {
  return tableOf(parseDocument(generated(data)).root);
}

function isTableOrList(data: KeyData): boolean {
  return typeof data === "object" && data !== null;
}
