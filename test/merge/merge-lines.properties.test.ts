import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";
import type { Versions } from "../../src/merge/merged.ts";

/** Twenty lines that are all different, so that each can be followed through a merge. */
const base: readonly string[] = Array.from({ length: 20 }, (_, index) => `line ${index}`);

/** For some lines what stands instead of them; the names of the new lines say whose they are. */
function edits(owner: string): fc.Arbitrary<readonly string[]> {
  const edit = fc.record({ at: fc.nat(base.length - 1), drop: fc.boolean(), add: fc.nat(2) });
  return fc.array(edit, { maxLength: 5 }).map((list) =>
    base.flatMap((line, index) => {
      const own = list.filter(({ at }) => at === index);
      const added = own.flatMap(({ add }, edit) =>
        Array.from({ length: add }, (_, count) => `${owner} ${index}.${edit}.${count}`),
      );
      return own.some(({ drop }) => drop) ? added : [line, ...added];
    }),
  );
}

const versions: fc.Arbitrary<Versions> = fc
  .record({ local: edits("mine"), next: edits("next") })
  .map(({ local, next }) => ({ base: asText(base), local: asText(local), next: asText(next) }));

const RUNS = { numRuns: 1000 };

test("mergeLines() keeps every line that the user added, and brings back none that they deleted", () => {
  fc.assert(
    fc.property(versions, (given) => {
      const { text } = mergeLines("main", given);
      for (const line of linesOf(given.local).filter((line) => !base.includes(line))) {
        assert.ok(linesOf(text).includes(line), `${line} is lost`);
      }
      for (const line of base.filter((line) => !linesOf(given.local).includes(line))) {
        assert.ok(!linesOf(text).includes(line), `${line} is back`);
      }
    }),
    RUNS,
  );
});

test("mergeLines() takes every change of the generator, or names it in a clash", () => {
  fc.assert(
    fc.property(versions, (given) => {
      const merged = mergeLines("main", given);
      const taken = linesOf(merged.decided("next"));
      const clashing = merged.clashes.flatMap((clash) => [...linesOf(clash.base), ...linesOf(clash.next)]);
      for (const line of linesOf(given.next).filter((line) => !base.includes(line))) {
        assert.ok(taken.includes(line), `${line} is missing`);
        assert.ok(linesOf(merged.text).includes(line) || clashing.includes(line), `${line} is not named`);
      }
      for (const line of base.filter((line) => !linesOf(given.next).includes(line))) {
        assert.ok(!taken.includes(line), `${line} is still there`);
        assert.ok(!linesOf(merged.text).includes(line) || clashing.includes(line), `${line} is not named`);
      }
    }),
    RUNS,
  );
});

test("mergeLines() gives the same text whichever side is called the user's, when nothing clashes", () => {
  fc.assert(
    fc.property(versions, (given) => {
      const merged = mergeLines("main", given);
      const swapped = mergeLines("main", { ...given, local: given.next, next: given.local });
      assert.equal(merged.clashes.length, swapped.clashes.length);
      if (merged.clashes.length === 0) assert.equal(merged.text, swapped.text);
    }),
    RUNS,
  );
});

test("mergeLines() there and back gives the user's text byte for byte, unless something clashes or went on both sides", () => {
  fc.assert(
    fc.property(versions, (given) => {
      const there = mergeLines("main", given);
      // A line that both removed comes back with the generator: nothing tells that the user had removed it, too.
      const goneTwice = base.some(
        (line) => !linesOf(given.local).includes(line) && !linesOf(given.next).includes(line),
      );
      if (there.clashes.length > 0 || goneTwice) return;
      const back = mergeLines("main", { base: given.next, local: there.text, next: asText(base) });
      if (back.clashes.length === 0) assert.equal(back.text, given.local);
    }),
    RUNS,
  );
});

test("mergeLines() marks every clash, and between the markers both sides stand whole", () => {
  fc.assert(
    fc.property(versions, (given) => {
      const merged = mergeLines("README.md", given);
      const marked = merged.decided("markers");
      const unmarked = (side: "mine" | "next"): string => {
        const [first, second] = side === "mine" ? ["$1", ""] : ["", "$2"];
        const block =
          /<{7} mine\n([\s\S]*?)(?:\|{7} as generated last time\n[\s\S]*?)?={7}\n([\s\S]*?)>{7} as generated now\n/g;
        return marked.replace(block, first + second);
      };
      assert.equal(unmarked("mine"), merged.decided("mine"));
      assert.equal(unmarked("next"), merged.decided("next"));
      assert.equal(marked.split("<<<<<<< mine\n").length - 1, merged.clashes.length);
    }),
    RUNS,
  );
});

test("mergeLines() answers with the user's text alone or a clash, for any texts with and without a base", () => {
  const text = fc.array(fc.constantFrom("a", "b", "", "  a", "\t", "x y"), { maxLength: 10 }).map(asText);
  const any = fc.record({ base: fc.option(text, { nil: undefined }), local: text, next: text });
  fc.assert(
    fc.property(any, fc.constantFrom("a.txt", "a.ts", "a.conf", "a"), (given, path) => {
      const merged = mergeLines(path, given);
      assert.equal(merged.decided("mine"), merged.text);
      if (given.base === undefined && merged.clashes.length === 0)
        assert.equal(meaning(merged.text), meaning(given.next));
      if (given.local === given.base && merged.clashes.length === 0)
        assert.equal(meaning(merged.text), meaning(given.next));
    }),
    RUNS,
  );
});

/** Without blanks. */
function meaning(text: string): string {
  return text.replace(/\s+/g, "");
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
