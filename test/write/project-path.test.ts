import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import { checkProjectPaths, pathFault } from "../../src/write/disk/project-path.ts";

const unsafe = [
  "/etc/passwd",
  "../outside",
  "a/../../outside",
  "./a",
  "a//b",
  "a/",
  "",
  "C:/windows",
  "a\\b",
  "a/b\u0000",
  "a/b\n",
  "aux",
  "src/con.ts",
  "com1",
  "lpt¹.txt",
  "a/b.",
  "a/b ",
  'a/"b"',
  "what?",
  "a*",
  "a|b",
  ".git/hooks/post-checkout",
  "vendor/.GIT/config",
  ".g\u200cit/hooks/post-checkout",
  "GIT~1/hooks/post-checkout",
  `a/${"x".repeat(256)}`,
];
for (const path of unsafe) {
  test(`pathFault() refuses ${JSON.stringify(path).slice(0, 40)}`, () => assert.notEqual(pathFault(path), undefined));
}

for (const path of [
  "src/main.ts",
  ".gitignore",
  ".github/workflows/ci.yml",
  "größe/файл.ts",
  "console.ts",
  "a b/c d",
]) {
  test(`pathFault() accepts ${path}`, () => assert.equal(pathFault(path), undefined));
}

const collisions: readonly (readonly string[])[] = [
  ["README.md", "readme.md"],
  ["Src/a", "src/b"],
  ["src", "src/a"],
  ["src/a", "src"],
  ["Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"],
  [".fastserve/lock.json"],
  [`a/${"x".repeat(242)}`],
  [".FastServe/x"],
  [".fa\u017ftserve/x"],
];
for (const paths of collisions) {
  test(`checkProjectPaths() refuses ${JSON.stringify(paths)}`, () => {
    assert.throws(
      () => checkProjectPaths(paths, "DIRECTORY_UNSAFE", "the file tree"),
      (error) =>
        error instanceof AppError && error.code === "DIRECTORY_UNSAFE" && error.problems[0]?.key === paths.at(-1),
    );
  });
}
