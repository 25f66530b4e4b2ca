import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";

/** A call of a name with two arguments. Each name is in a program once, so that it can be followed through a merge. */
type Call = readonly [name: string, first: string, second: string];

const base: readonly Call[] = Array.from({ length: 12 }, (_, index) => [`call${index}`, `a${index}`, `b${index}`]);

const edit = fc.record({ at: fc.nat(base.length - 1), what: fc.constantFrom("drop", "first", "second", "add") });

/** The names of new words say whose they are. */
function edits(owner: string): fc.Arbitrary<readonly Call[]> {
  return fc.array(edit, { maxLength: 4 }).map((list) =>
    base.flatMap((call, index): readonly Call[] => {
      const own = list.filter(({ at }) => at === index).map(({ what }) => what);
      const [name, first, second] = call;
      const changed: Call = [
        name,
        own.includes("first") ? `${owner}First${index}` : first,
        own.includes("second") ? `${owner}Second${index}` : second,
      ];
      const added: Call = [`${owner}Call${index}`, `${owner}A${index}`, `${owner}B${index}`];
      return [...(own.includes("drop") ? [] : [changed]), ...(own.includes("add") ? [added] : [])];
    }),
  );
}

type Style = "as generated" | "wrapped" | "without semicolons" | "indented";

function printed(calls: readonly Call[], style: Style): string {
  const statement = ([name, first, second]: Call): string => {
    if (style === "wrapped") return `${name}(\n  ${first},\n  ${second},\n);\n`;
    if (style === "without semicolons") return `${name}( ${first}, ${second} )\n`;
    return style === "indented" ? `\t${name}(${first}, ${second});\n` : `${name}(${first}, ${second});\n`;
  };
  return calls.map(statement).join("");
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\w+/g) ?? []);
}

const given = fc.record({
  mine: edits("mine"),
  next: edits("next"),
  style: fc.constantFrom<Style>("as generated", "wrapped", "without semicolons", "indented"),
});

test("mergeLines() keeps every word that the user wrote into a file that was formatted, and brings back none", () => {
  fc.assert(
    fc.property(given, ({ mine, next, style }) => {
      const local = printed(mine, style);
      const merged = mergeLines("a.ts", {
        base: printed(base, "as generated"),
        local,
        next: printed(next, "as generated"),
      });
      const before = wordsOf(printed(base, "as generated"));
      const now = wordsOf(merged.text);
      for (const word of wordsOf(local)) if (!before.has(word)) assert.ok(now.has(word), `${word} is lost`);
      for (const word of before) if (!wordsOf(local).has(word)) assert.ok(!now.has(word), `${word} is back`);
    }),
    { numRuns: 400 },
  );
});

test("mergeLines() takes every word of the generator into a file that was formatted, when nothing clashes", () => {
  fc.assert(
    fc.property(given, ({ mine, next, style }) => {
      const wanted = printed(next, "as generated");
      const before = printed(base, "as generated");
      const merged = mergeLines("a.ts", { base: before, local: printed(mine, style), next: wanted });
      if (merged.clashes.length > 0) return;
      const now = wordsOf(merged.text);
      for (const word of wordsOf(wanted))
        if (!wordsOf(before).has(word)) assert.ok(now.has(word), `${word} is missing`);
      for (const word of wordsOf(before)) if (!wordsOf(wanted).has(word)) assert.ok(!now.has(word), `${word} stays`);
    }),
    { numRuns: 400 },
  );
});

test("mergeLines() clashes in a formatted file hardly more often than in the same file as it was generated", () => {
  const clean = fc.sample(given, { seed: 1, numRuns: 1000 }).flatMap(({ mine, next, style }) => {
    const versions = { base: printed(base, "as generated"), next: printed(next, "as generated") };
    const plain = mergeLines("a.ts", { ...versions, local: printed(mine, "as generated") });
    const styled = mergeLines("a.ts", { ...versions, local: printed(mine, style) });
    return plain.clashes.length === 0 ? [styled.clashes.length === 0] : [];
  });
  const clashing = clean.filter((isClean) => !isClean).length;
  assert.ok(clashing * 100 <= clean.length, `${clashing} of ${clean.length}`);
});
