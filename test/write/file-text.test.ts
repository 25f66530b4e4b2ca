import assert from "node:assert/strict";
import { test } from "node:test";
import { dressedLike, textHashOf } from "../../src/write/file-text.ts";

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

test("dressedLike() gives a text the line endings of most lines and the byte order mark on disk", () => {
  const dressed = dressedLike(bytes("größe\nb\n"), bytes("\ufeffx\r\ny\r\nz\n"));
  assert.equal(Buffer.from(dressed).toString("utf8"), "\ufeffgröße\r\nb\r\n");
});
