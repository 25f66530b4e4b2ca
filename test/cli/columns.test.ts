import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brokenLines, hangingLines } from "../../src/cli/present/columns.ts";

describe("brokenLines()", () => {
  const rows: readonly (readonly [string, string, number, number, readonly string[]])[] = [
    ["keeps a short text whole", "one two", 10, 80, ["one two"]],
    ["breaks between words", "aaaaaaaaaa bbbbbbbbbb cccccccccc", 10, 40, ["aaaaaaaaaa bbbbbbbbbb", "cccccccccc"]],
    [
      "fills a line to its last character",
      "aaaaaaaaaaaaaa bbbbbbbbbbbbbbb",
      10,
      40,
      ["aaaaaaaaaaaaaa bbbbbbbbbbbbbbb"],
    ],
    ["keeps a long word whole", "x".repeat(50), 10, 40, ["x".repeat(50)]],
    ["gives one line for no text", "", 10, 40, [""]],
    ["leaves a narrow terminal to break lines", "aaaaaaaaaa bbbbbbbbbbbbb", 60, 40, ["aaaaaaaaaa bbbbbbbbbbbbb"]],
  ];
  for (const [criterion, text, indent, columns, expected] of rows) {
    it(criterion, () => assert.deepEqual(brokenLines(text, indent, columns), expected));
  }
});

describe("hangingLines()", () => {
  it("indents what follows the first line, within the columns", () => {
    const lines = hangingLines("aaaaaaaaaaaaa bbbbbbbbbbbbb ccccccccccccc ddddddddddddd", 30);
    assert.deepEqual(lines, ["aaaaaaaaaaaaa bbbbbbbbbbbbb", "  ccccccccccccc ddddddddddddd"]);
  });
});
