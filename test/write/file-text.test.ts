import assert from "node:assert/strict";
import { test } from "node:test";
import { dressedLike, saysSame, textHashOf, textOf } from "../../src/write/disk/file-text.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");

const rows: readonly (readonly [string, string, string, boolean])[] = [
  ["line endings", "a\r\nb\r\n", "a\nb\n", true],
  ["a byte order mark", "\ufeffa\n", "a\n", true],
  ["a lone carriage return", "a\rb", "a\nb", false],
  ["a final newline", "a\n", "a", false],
  ["line endings of binary files", "a\r\n\0", "a\n\0", false],
];
for (const [what, a, b, equal] of rows) {
  test(`textHashOf() ${equal ? "ignores" : "sees"} ${what}`, () => {
    assert.equal(textHashOf(bytes(a)) === textHashOf(bytes(b)), equal);
  });
}

const dressed: readonly (readonly [string, string, string, string])[] = [
  ["LF where the file has LF", "größe\nb\n", "x\ny\n", "größe\nb\n"],
  ["CRLF and a byte order mark where the file has them", "größe\nb", "\ufeffx\r\ny\r\n", "\ufeffgröße\r\nb"],
  ["each line its own ending where the file mixes them", "a\nb\nc\n", "a\r\nb\nc\r\n", "a\r\nb\nc\r\n"],
  [
    "new lines the ending of most lines",
    "a\nnew\nb\nc\nchanged\ne\n",
    "a\r\nb\nc\r\nd\ne\r\n",
    "a\r\nnew\r\nb\nc\r\nchanged\r\ne\r\n",
  ],
  ["lines between others their own", "x\nb\ny\nd\nz\n", "a\r\nb\nc\r\nd\ne\r\n", "x\r\nb\ny\r\nd\nz\r\n"],
  ["a last line no ending", "a\nb\nc", "a\r\nb\nc\r\n", "a\r\nb\nc"],
  ["LF where the file is a single line", "a\nb\n", "a", "a\nb\n"],
  ["LF where the file is binary", "a\n", "\0\r\n", "a\n"],
];
for (const [what, content, disk, expected] of dressed) {
  test(`dressedLike() gives ${what}`, () => {
    assert.equal(Buffer.from(dressedLike(bytes(content), bytes(disk))).toString("utf8"), expected);
  });
}

const same: readonly (readonly [string, string, string, boolean])[] = [
  ["line endings", "a\r\nb\r\n", "a\nb\n", true],
  ["a missing newline at the end", "a", "a\n", true],
  ["a newline too many at the end", "a\r\n\r\n", "a\n", true],
  ["a newline that the text never had", "a\n", "a", true],
  ["a word", "a\n", "b\n", false],
  ["a blank line in the middle", "a\n\nb\n", "a\nb\n", false],
  ["the end of binary files", "a\0\n", "a\0", false],
];
for (const [what, disk, text, expected] of same) {
  test(`saysSame() ${expected ? "ignores" : "sees"} ${what}`, () => {
    assert.equal(saysSame(bytes(disk), textHashOf(bytes(text))), expected);
  });
}

test("textOf() gives UTF-8 texts with LF and without a byte order mark, and nothing of other bytes", () => {
  assert.equal(textOf(bytes("\ufeffgröße\r\n")), "größe\n");
  assert.equal(textOf(bytes("\ufeff\ufeffa")), "\ufeffa");
  assert.equal(textOf(Buffer.from("größe", "latin1")), undefined);
  assert.equal(textOf(bytes("a\0")), undefined);
});
