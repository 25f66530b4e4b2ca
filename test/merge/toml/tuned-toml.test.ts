import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { mergeToml } from "../../../src/merge/toml/merge-toml.ts";

const GOLDEN = "test/golden";
const names = readdirSync(GOLDEN, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const texts = names.map((name) => readFileSync(`${GOLDEN}/${name}/expected/fastserve.tuned.toml`, "utf8"));

/** A section and a key of the user's own, and a comment on a generated line. */
function edited(text: string): string {
  return text
    .replace("[server]\n", "[server]\n# my key\nmine = 1\n")
    .replace("\n[workers]\n", "\n[workers] # mine too\n")
    .concat("\n# my section\n[mine]\nkey = 1\n");
}

test("mergeToml() gives an edited tuned TOML of each golden target what any other has, and back again", () => {
  assert.ok(texts.length > 1, "golden targets to compare");
  for (const base of texts) {
    for (const next of texts) {
      const there = mergeToml("fastserve.tuned.toml", { base, local: edited(base), next });
      assert.deepEqual([there.clashes, there.kept], [[], []]);
      assert.equal(there.text, edited(next));
    }
  }
});

test("mergeToml() keeps a changed value of the reference's tuned TOML and takes all others", () => {
  const base = texts[names.indexOf("reference")] ?? "";
  const next = base.replace("\ncount = 3\n", "\ncount = 6\n").replace("\nport = 3000\n", "\nport = 4000\n");
  const { text, kept } = mergeToml("fastserve.tuned.toml", {
    base,
    local: base.replace("\ncount = 3\n", "\ncount = 4\n"),
    next,
  });
  assert.equal(text, base.replace("\ncount = 3\n", "\ncount = 4\n").replace("\nport = 3000\n", "\nport = 4000\n"));
  assert.deepEqual(kept, [{ key: "workers.count", mine: "4", recommended: "6" }]);
});
