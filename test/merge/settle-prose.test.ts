import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";

const base = [
  "# shop",
  "",
  "An HTTP server on Bun, tuned for 4 CPUs and 4 GiB of memory.",
  "",
  "## Settings",
  "",
  "| setting | value |",
  "|---|---|",
  "| workers.count | 4 |",
  "| limits.body_bytes_max | 1 MiB |",
  "",
  "## Tests",
  "",
  "Run them with `npm test`.",
  "",
].join("\n");

const next = base
  .replace("4 CPUs and 4 GiB", "2 CPUs and 1 GiB")
  .replace("| workers.count | 4 |", "| workers.count | 2 |");

test("mergeLines() merges a document's lines by words where the user changed other words than the generator", () => {
  const local = base
    .replace("An HTTP server on Bun,", "The shop's **server** on Bun,")
    .replace("| 4 |", "| 4 | <!-- enough --> ");
  const merged = mergeLines("README.md", { base, local, next });
  assert.deepEqual(merged.clashes, []);
  assert.equal(
    merged.text,
    next.replace("An HTTP server on Bun,", "The shop's **server** on Bun,").replace("| 2 |", "| 2 | <!-- enough --> "),
  );
});

test("mergeLines() leaves a clash where the user rewrote a line of a document, and in code where words would merge", () => {
  const local = base.replace(/^An HTTP.*$/m, "My own words.");
  assert.deepEqual(
    mergeLines("README.md", { base, local, next }).clashes.map(({ where, mine }) => [where, mine]),
    [["line 3", "My own words.\n"]],
  );
  const few = local.replace("My own words.", "Shoes tuned for 4 feet.");
  const word = base.replace("tuned for", "tuned well for");
  assert.equal(mergeLines("README.md", { base, local: few, next: word }).clashes.length, 1);
  const code = {
    base: "f(first, second, third);\n",
    local: "f(mine, second, third);\n",
    next: "f(first, second, ours);\n",
  };
  assert.equal(mergeLines("src/main.ts", code).clashes.length, 1);
  assert.equal(mergeLines("README.md", code).text, "f(mine, second, ours);\n");
});

test("mergeLines() leaves deleted what the user deleted from a document, and reports the new text", () => {
  const local = base.replace(/## Settings[\s\S]*(?=## Tests)/, "");
  const merged = mergeLines("README.md", { base, local, next });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, local.replace("4 CPUs and 4 GiB", "2 CPUs and 1 GiB"));
  assert.equal(merged.kept.length, 1);
  assert.deepEqual(
    [merged.kept[0]?.key, merged.kept[0]?.mine, merged.kept[0]?.recommended.includes("| workers.count | 2 |")],
    ["text after line 4", "deleted", true],
  );
});

test("mergeLines() leaves a document alone that the user wrote anew", () => {
  const local = "# Our shop\n\nHere is how we work.\n\n## Tests\n\nAsk somebody.\n";
  const merged = mergeLines("README.md", { base, local, next });
  assert.equal(merged.text, local);
  assert.deepEqual(merged.clashes, []);
  assert.deepEqual(merged.kept, [{ key: "text", mine: local, recommended: next }]);
});
