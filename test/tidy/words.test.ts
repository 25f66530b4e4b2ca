/** Words that must not be in the repository: paths of one machine, left-overs, switched-off checks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listFiles, readText } from "./source-files.ts";

const self = "test/tidy/words.test.ts";
const texts = listFiles().filter((path) => path !== self && !/\.(png|ico|gz|br|zst)$/.test(path));

function linesWith(pattern: RegExp, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

test("no file names a path of a developer's machine, because nobody else has it", () => {
  assert.deepEqual(
    linesWith(
      /(?<![\w.])\/(work|root|home\/\w+|tmp)\/(?!\.)[\w-]/,
      texts.filter((path) => !path.startsWith("test/")),
    ),
    [],
  );
});

test("no source file has a left-over: it is done, or it is an issue", () => {
  const code = texts.filter((path) => /\.(ts|js|mjs|hbs)$/.test(path));
  assert.deepEqual(linesWith(/\b(TODO|FIXME|XXX)\b|not implemented/i, code), []);
});

test("no check is switched off: no any, no ignored type error, no focused or skipped-for-good test", () => {
  const code = texts.filter((path) => /\.(ts|js|mjs)$/.test(path));
  assert.deepEqual(linesWith(/@ts-(ignore|nocheck)|\bas any\b|\.only\(/, code), []);
});
