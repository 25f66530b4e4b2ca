/** Size limits: a file that fits a few screens can be read before it is changed. Data tables are exempt. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listFiles, readText } from "./source-files.ts";

const FILE_LINES_MAX = 300;
/** Tables: their length is the number of their rows. */
const tables: ReadonlySet<string> = new Set([
  "src/facts/presets.ts",
  "src/answers/questions.ts",
  "src/plan/sentences.ts",
  "src/tree/setting-descriptions.ts",
  "templates/app/src/config/schema.ts",
  "templates/app/src/runtime/capabilities.ts",
  "templates/app/test/attack/deviations.ts",
]);

const code = listFiles().filter((path) => /\.(ts|js|mjs)$/.test(path) && !path.startsWith("test/golden/"));

test("a source file has at most 300 lines", () => {
  const long = code
    .filter((path) => !tables.has(path))
    .map((path) => ({ path, lines: readText(path).split("\n").length - 1 }))
    .filter(({ lines }) => lines > FILE_LINES_MAX);
  assert.deepEqual(long, []);
});

test("no folder is a drawer: utils, helpers, common and misc say nothing about what is in them", () => {
  assert.deepEqual(
    code.filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path)),
    [],
  );
});

test("src/ has no barrels: an index file hides where a thing is", () => {
  assert.deepEqual(
    code.filter((path) => path.startsWith("src/") && path.endsWith("/index.ts")),
    [],
  );
});
