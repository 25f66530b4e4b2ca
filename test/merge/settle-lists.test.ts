import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";
import { type Item, mergedItems } from "../../src/merge/lines/merged-items.ts";

function wiring(features: readonly string[], list: "one line" | "many lines", above: readonly string[] = []): string {
  const names =
    list === "one line" ? `[${features.join(", ")}]` : `[\n${features.map((name) => `  ${name},\n`).join("")}]`;
  return [
    ...features.toSorted().map((name) => `import { ${name} } from "./features/${name}.ts";`),
    ...above,
    "",
    `export const features: readonly Feature[] = ${names};`,
    "",
  ].join("\n");
}

test("mergeLines() keeps the user's own feature where the generator changes the features beside it", () => {
  const base = wiring(["auth", "cors", "tasks"], "one line");
  const local = wiring(["auth", "cors", "mine", "tasks", "zeal"], "one line");
  const rows: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ["auth", "tasks"],
      ["auth", "mine", "tasks", "zeal"],
    ],
    [["tasks"], ["mine", "tasks", "zeal"]],
    [[], ["mine", "zeal"]],
    [
      ["auth", "cors", "limit", "tasks", "websocket"],
      ["auth", "cors", "limit", "mine", "tasks", "websocket", "zeal"],
    ],
    [
      ["overload", "auth", "cors", "tasks"],
      ["overload", "auth", "cors", "mine", "tasks", "zeal"],
    ],
  ];
  for (const [wanted, expected] of rows) {
    for (const list of ["one line", "many lines"] as const) {
      const merged = mergeLines("src/wiring.ts", { base, local, next: wiring(wanted, list) });
      assert.deepEqual(merged.clashes, [], wanted.join());
      assert.equal(merged.text, wiring(expected, "one line"));
    }
  }
});

test("mergeLines() keeps the form of the user's list, and there and back gives it byte for byte", () => {
  const base = wiring(["auth", "cors", "tasks"], "many lines");
  const local = base.replace("  tasks,\n", "  tasks,\n    // last of all\n  mine,\n");
  const next = wiring(["auth"], "one line");
  const there = mergeLines("src/wiring.ts", { base, local, next });
  assert.deepEqual(there.clashes, []);
  assert.equal(
    there.text,
    'import { auth } from "./features/auth.ts";\n\nexport const features: readonly Feature[] = [\n  auth,\n    // last of all\n  mine,\n];\n',
  );
  const back = mergeLines("src/wiring.ts", { base: next, local: there.text, next: base });
  assert.equal(back.text, local);
});

test("mergeLines() leaves a clash where the way back would not know where the user's item stood", () => {
  const base = wiring(["auth", "cors", "tasks"], "many lines");
  const next = wiring(["auth"], "many lines");
  const between = mergeLines("src/wiring.ts", { base, local: base.replace("  cors,\n", "  mine,\n  cors,\n"), next });
  assert.deepEqual(
    between.clashes.map(({ mine }) => mine),
    ["  mine,\n  cors,\n  tasks,\n"],
  );
  const above = mergeLines("src/wiring.ts", { base, local: base.replace(/(?=import \{ cors)/, "// why\n"), next });
  assert.equal(above.clashes.length, 1);
  assert.match(above.text, /^\/\/ why$/m);
});

test("mergeLines() joins what both import from one module", () => {
  const base = 'import { a } from "./x.ts";\nimport { b } from "./y.ts";\n';
  const merged = mergeLines("a.ts", {
    base,
    local: base.replace("{ a }", "{ a, mine }"),
    next: base.replace("{ a }", "{ a, c }"),
  });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, base.replace("{ a }", "{ a, c, mine }"));
});

test("mergeLines() leaves a clash where both change the same name, and where more than a list differs", () => {
  const base = 'import { a } from "./x.ts";\nimport { b } from "./y.ts";\n';
  const moved = {
    base,
    local: base.replace("{ a }", "{ a, mine }").replace("{ b }", "{ c }"),
    next: base.replace("{ a }", "{ n }").replace("{ b }", "{ d }"),
  };
  assert.equal(mergeLines("a.ts", moved).clashes.length, 1);
  const order = { base: "const a = [x, y];\n", local: "const a = [x, y, z];\n", next: "const a = [y, x];\n" };
  assert.equal(mergeLines("a.ts", order).clashes.length, 1);
  const value = { base: "const a = [x, y];\n", local: "const mine = [x, y, z];\n", next: "const a = [y];\n" };
  assert.equal(mergeLines("a.ts", value).clashes.length, 1);
  const call = { base: "f([x, g(y)]);\n", local: "f([x, g(y), z]);\n", next: "f([g(y)]);\n" };
  assert.equal(mergeLines("a.ts", call).clashes.length, 1);
});

test("mergedItems() keeps the user's items in their order, and takes every change of the generator", () => {
  const list = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e"), { maxLength: 5 });
  const own = fc.uniqueArray(fc.constantFrom<string>("x", "y", "z"), { maxLength: 3 });
  fc.assert(
    fc.property(list, list, list, own, (base, kept, next, added) => {
      const mine = [...kept.filter((key) => base.includes(key)), ...added];
      const items = (keys: readonly string[]): readonly Item[] => keys.map((key) => ({ key }));
      const merged = mergedItems(items(base), items(mine), items(next)).map(({ key }) => key);
      assert.deepEqual(
        merged.filter((key) => mine.includes(key)),
        mine.filter((key) => added.includes(key) || next.includes(key)),
      );
      assert.deepEqual(
        merged.filter((key) => !mine.includes(key)).toSorted(),
        next.filter((key) => !base.includes(key)).toSorted(),
      );
    }),
  );
});

test("mergeLines() leaves a clash where a place in a list has a meaning, or a name would be imported twice", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["f(\n  a,\n  b,\n);\n", "  b,", "  b,\n  NEW,"],
    ["function f(\n  a,\n  b,\n) {}\n", "  b,", "  b,\n  NEW,"],
    ["const [a, b] = f();\n", "b]", "b, NEW]"],
    ["type T = [A, B];\n", "B]", "B, NEW]"],
    ["enum E { A, B }\n", "B }", "B, NEW }"],
    ["const a = [1, 2];\n", "2]", "2, 7NEW]"],
    ['const flags = [\n  "--a",\n];\n', '  "--a",', '  "--a",\n  "--NEW",\n  "1",'],
    ['import { a } from "./x.ts";\n', ";\n", ';\nimport { c } from "./NEW.ts";\n'],
  ];
  for (const [base, from, to] of rows) {
    const changed = (name: string): string => base.replace(from, to.replace("NEW", name));
    const merged = mergeLines("a.ts", { base, local: changed("mine"), next: changed("ours") });
    assert.equal(merged.clashes.length, 1, base);
    assert.equal(merged.text, changed("mine"));
  }
});
