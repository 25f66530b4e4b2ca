import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeToml } from "../../../src/merge/toml/merge-toml.ts";
import { Unparsable } from "../../../src/merge/unparsable.ts";
import { type MergeRow, testMergeRows } from "../merge-rows.ts";

const rows: readonly MergeRow[] = [
  {
    name: "replaces a value and the comment that came with it",
    base: "# why: two cores\ncount = 2 # two\nother = 1\n",
    local: "# why: two cores\ncount = 2 # two\n\n# mine\nother = 5\n",
    next: "# why: four cores\ncount = 4 # four\nother = 1\n",
    merged: "# why: four cores\ncount = 4 # four\n\n# mine\nother = 5\n",
  },
  {
    name: "keeps the user's value, and its comment follows the recommendation",
    base: "# why: two cores\ncount = 2\n",
    local: "# why: two cores\ncount = 3\n",
    next: "# why: four cores\ncount = 4\n",
    merged: "# why: four cores\ncount = 3\n",
    kept: ["count: 3 | 4"],
  },
  {
    name: "keeps the user's words in front of a value that changes",
    base: "# why: two cores\ncount = 2\n",
    local: "# Ask Ann first!\n# why: two cores\ncount = 2 # hm\n",
    next: "# why: four cores\ncount = 4\n",
    merged: "# Ask Ann first!\n# why: four cores\ncount = 4 # hm\n",
  },
  {
    name: "keeps a comment that the user has reworded",
    base: "# why: two cores\n# source: a\ncount = 2\n",
    local: "# why: Ann said so\n# source: a\ncount = 2\n",
    next: "# why: four cores\n# source: b\ncount = 4\n",
    merged: "# why: Ann said so\n# source: b\ncount = 4\n",
  },
  {
    name: "leaves comments out that the user has taken out",
    base: "[a]\n\n# why: two\nx = 2\n\n# why: three\ny = 3\n",
    local: "[a]\nx = 2\ny = 3\n",
    next: "[a]\n\n# why: four\nx = 4\n\n# why: three\ny = 3\n",
    merged: "[a]\nx = 4\ny = 3\n",
  },
  {
    name: "keeps alignment, indentation, order and the style of keys",
    base: "[a]\nx = 1\nlonger = 2\n",
    local: '[a]\n  longer = 2\n  "x"    = 1\n',
    next: "[a]\nx = 7\nlonger = 2\nnew = 3\n",
    merged: '[a]\n  longer = 2\n  new = 3\n  "x"    = 7\n',
  },
  {
    name: "adds a setting where a note said that it is left out",
    base: "[a]\n\n# X.\n# x is not set.\n\n# Y.\ny = 1\n",
    local: "[a]\n\n# X.\n# x is not set.\n\n# Y.\ny = 5\n",
    next: "[a]\n\n# X.\nx = 2\n\n# Y.\ny = 1\n",
    merged: "[a]\n\n# X.\nx = 2\n\n# Y.\ny = 5\n",
  },
  {
    name: "takes a setting out and says so",
    base: "[a]\n\n# X.\nx = 2\n\n# Y.\ny = 1\n",
    local: "[a]\n\n# X.\nx = 2\n\n# Y.\ny = 5\n",
    next: "[a]\n\n# X.\n# x is not set.\n\n# Y.\ny = 1\n",
    merged: "[a]\n\n# X.\n# x is not set.\n\n# Y.\ny = 5\n",
  },
  {
    name: "leaves the user's words where a setting goes",
    base: "# X.\nx = 2\ny = 1\n",
    local: "# X.\n# Mine about x.\nx = 2\ny = 1\n",
    next: "y = 1\n",
    merged: "# Mine about x.\ny = 1\n",
  },
  {
    name: "adds a table behind its neighbour, and before tables of the user",
    base: "[a]\nx = 1\n\n[c]\nz = 1\n",
    local: "[a]\nx = 5\n\n[c]\nz = 1\n\n[mine]\nm = 1\n",
    next: "[a]\nx = 1\n\n# B.\n[b]\ny = 1\n\n[c]\nz = 1\n\n[d]\nw = 1\n",
    merged: "[a]\nx = 5\n\n# B.\n[b]\ny = 1\n\n[c]\nz = 1\n\n[d]\nw = 1\n\n[mine]\nm = 1\n",
  },
  {
    name: "removes a table, and keeps the user's key in another",
    base: "[a]\nx = 1\n\n# B.\n[b]\ny = 1\n\n[c]\nz = 1\n",
    local: "[a]\nx = 1\n\n# B.\n[b]\ny = 1\n\n[c]\nz = 1\nm = 2\n",
    next: "[a]\nx = 1\n\n[c]\nz = 1\n",
    merged: "[a]\nx = 1\n\n[c]\nz = 1\nm = 2\n",
  },
  {
    name: "keeps the user's key of a table that is dropped",
    base: "[a]\nx = 1\n[b]\ny = 1\n",
    local: "[a]\nx = 1\n[b]\ny = 1\nmine = 2\n",
    next: "[a]\nx = 1\n",
    merged: "[a]\nx = 1\n[b]\nmine = 2\n",
  },
  {
    name: "reports a dropped key that the user has changed",
    base: "[b]\n# Y.\ny = 1\n# Z.\nz = 1\n",
    local: "[b]\n# Y.\ny = 5\n# Z.\nz = 1\n",
    next: "",
    merged: "[b]\n# Y.\ny = 5\n",
    kept: ["b.y: 5 | absent"],
  },
  {
    name: "adds a pair to the root, above the first table",
    base: "# Head.\n\n[a]\nx = 1\n",
    local: "# Head.\n\n[a]\nx = 5\n",
    next: "# Head.\nr = 1\n\n[a]\nx = 1\n",
    merged: "# Head.\nr = 1\n\n[a]\nx = 5\n",
  },
  {
    name: "adds to a table that the user writes with dotted keys",
    base: "[a]\nx = 1\n",
    local: "a.x = 1\na.mine = 2\n",
    next: "[a]\nx = 3\ny = 4\n",
    merged: "a.x = 3\na.y = 4\na.mine = 2\n",
  },
  {
    name: "adds to a table that the user writes inline",
    base: "[a]\nx = 1\n",
    local: "a = { x = 1, mine = 2 }\n",
    next: "[a]\nx = 3\ny = 4\n",
    merged: "a = { x = 3, y = 4, mine = 2 }\n",
  },
  {
    name: "adds a pair to a table that has no header",
    base: "[a.b]\nx = 1\n",
    local: "[a.b]\nx = 5\n",
    next: "[a.b]\nx = 1\n[a]\ny = 2\n",
    merged: "[a.b]\nx = 5\n[a]\ny = 2\n",
  },
  {
    name: "keeps comments and lines of an array that both change",
    base: 'l = ["a", "b"]\n',
    local: 'l = [\n  "a", # first\n  # mine:\n  "m",\n  "b",\n]\n',
    next: 'l = ["b", "c"]\n',
    merged: 'l = [ # first\n  # mine:\n  "m",\n  "b",\n  "c",\n]\n',
  },
  {
    name: "takes an array that the user has not touched as it is written now",
    base: 'l = ["a"]\nk = 1\n',
    local: 'l = ["a"]\nk = 2\n',
    next: 'l = [\n  "a",\n  "b",\n]\nk = 1\n',
    merged: 'l = [\n  "a",\n  "b",\n]\nk = 2\n',
  },
  {
    name: "edits arrays on one line",
    base: "l = [1, 2, 3]\n",
    local: "l = [1, 2, 3, 9]\n",
    next: "l = [0, 2, 3, 4]\n",
    merged: "l = [0, 2, 3, 4, 9]\n",
  },
  {
    name: "merges lists of tables by their names",
    base: '[[p]]\nname = "a"\nv = 1\n\n[[p]]\nname = "b"\nv = 1\n',
    local: '[[p]]\nname = "a"\nv = 1\nmine = 1\n\n[[p]]\nname = "b"\nv = 1\n',
    next: '[[p]]\nname = "a"\nv = 2\n\n[[p]]\nname = "c"\nv = 3\n',
    merged: '[[p]]\nname = "a"\nv = 2\nmine = 1\n\n[[p]]\nname = "c"\nv = 3\n',
  },
  {
    name: "adds an item before others of a list of tables",
    base: '[[p]]\nname = "b"\n',
    local: '[[p]]\nname = "b"\nmine = 1\n',
    next: '[[p]]\nname = "a"\n[p.sub]\nk = 1\n[[p]]\nname = "b"\n',
    merged: '[[p]]\nname = "a"\n[p.sub]\nk = 1\n[[p]]\nname = "b"\nmine = 1\n',
  },
  {
    name: "replaces a value by a table",
    base: "a = 1\nb = 2\n",
    local: "a = 1\nb = 3\n",
    next: "b = 2\n\n[a]\nx = 1\n",
    merged: "b = 3\n\n[a]\nx = 1\n",
  },
  {
    name: "replaces a table by a value",
    base: "b = 2\n[a]\nx = 1\n",
    local: "b = 3\n[a]\nx = 1\n",
    next: "a = 1\nb = 2\n",
    merged: "b = 3\na = 1\n",
  },
  {
    name: "keeps a missing final newline",
    base: "a = 1\nb = 1\n",
    local: "b = 2\na = 1",
    next: "a = 3\nb = 1\nc = 4\n",
    merged: "b = 2\nc = 4\na = 3",
  },
  {
    name: "adds only what is missing where no base is kept",
    base: undefined,
    local: "# mine\na = 1\n[t]\nx = 1\n",
    next: "# ours\na = 2\nb = 3\n[t]\nx = 1\n# y\ny = 2\n",
    merged: "# mine\na = 1\nb = 3\n[t]\nx = 1\n# y\ny = 2\n",
    kept: ["a: 1 | 2"],
  },
  {
    name: "takes a base that is no TOML for none",
    base: "<<<<<<< mine\n",
    local: "a = 1\n",
    next: "a = 2\nb = 3\n",
    merged: "a = 1\nb = 3\n",
    kept: ["a: 1 | 2"],
  },
  {
    name: "tells whole numbers from texts, and dates from both",
    base: "a = 1\nd = 1979-05-27\ni = 12345678901234567890\n",
    local: 'a = "1"\nd = 1979-05-27\ni = 12345678901234567890\n',
    next: "a = 2\nd = 1979-05-28\ni = 12345678901234567891\n",
    merged: 'a = "1"\nd = 1979-05-28\ni = 12345678901234567891\n',
    kept: ['a: "1" | 2'],
  },
  {
    name: "does not take a text in a string for a comment",
    base: "# c\na = 1\nb = 1\n",
    local: '# mine\nm = """\n# c\n"""\n# c\na = 1\nb = 2\n',
    next: "# d\na = 1\nb = 1\n",
    merged: '# mine\nm = """\n# c\n"""\n# d\na = 1\nb = 2\n',
  },
  {
    name: "takes __proto__ as a key",
    base: "",
    local: "a = 1\n",
    next: "[__proto__]\nx = 1\n",
    merged: "a = 1\n[__proto__]\nx = 1\n",
  },
];

testMergeRows(mergeToml, "a.toml", rows);

test("mergeToml() names the line at which the user's file is no TOML", () => {
  assert.throws(
    () => mergeToml("a.toml", { base: "a = 1\n", local: "a = 1\n<<<<<<< mine\n", next: "a = 2\n" }),
    (error) => error instanceof Unparsable && error.line === 2,
  );
});

test("mergeToml() refuses a file that is nested without end", () => {
  const local = `a = ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`;
  assert.throws(() => mergeToml("a.toml", { base: "", local, next: "a = 1\n" }), Unparsable);
});
