import assert from "node:assert/strict";
import { test } from "node:test";
import { leftoverMarkers } from "../../src/lib/leftover-markers.ts";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";
import { mergeVersions } from "../../src/merge/merge.ts";

/** Each letter becomes a line. */
function lines(letters: string): string {
  return [...letters].map((letter) => `${letter}\n`).join("");
}

test("mergeLines() takes what only one side changed, and once what both changed alike", () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    // base, local, next, merged
    ["abcdef", "abcdefX", "Yabcdef", "YabcdefX"],
    ["abcdef", "aXcdef", "abcdYf", "aXcdYf"],
    ["abcdef", "bcdef", "abcde", "bcde"],
    ["abcdef", "aXcdef", "aXcdeY", "aXcdeY"],
    ["abcdef", "abcdef", "aXf", "aXf"],
    ["abcdef", "", "abcdef", ""],
  ];
  for (const [base, local, next, expected] of rows) {
    const merged = mergeLines("main.txt", { base: lines(base), local: lines(local), next: lines(next) });
    assert.equal(merged.text, lines(expected), `${base} ${local} ${next}`);
    assert.deepEqual(merged.clashes, []);
    assert.equal(merged.decided("next"), lines(expected));
  }
});

test("mergeLines() keeps the user's lines where both changed the same ones, and says where", () => {
  const merged = mergeLines("README.md", { base: lines("abcde"), local: lines("aXYde"), next: lines("abZdeW") });
  assert.equal(merged.text, lines("aXYdeW"));
  assert.deepEqual(merged.clashes, [{ where: "lines 2 to 3", base: "b\nc\n", mine: "X\nY\n", next: "b\nZ\n" }]);
  assert.equal(merged.decided("mine"), lines("aXYdeW"));
  assert.equal(merged.decided("next"), lines("abZdeW"));
  assert.equal(
    merged.decided("markers"),
    [
      "a",
      "<<<<<<< mine",
      "X",
      "Y",
      "||||||| as generated last time",
      "b",
      "c",
      "=======",
      "b",
      "Z",
      ">>>>>>> as generated now",
      "d",
      "e",
      "W",
      "",
    ].join("\n"),
  );
});

test("mergeLines() counts a line that the user deleted and the generator changed as a clash after the line before", () => {
  const middle = mergeLines("a.conf", { base: lines("abc"), local: lines("ac"), next: lines("aXc") });
  assert.deepEqual(middle.clashes, [{ where: "after line 1", base: "b\n", mine: "", next: "X\n" }]);
  const first = mergeLines("a.conf", { base: lines("abc"), local: lines("bc"), next: lines("Xbc") });
  assert.deepEqual(first.clashes, [{ where: "before line 1", base: "a\n", mine: "", next: "X\n" }]);
  const one = mergeLines("a.conf", { base: lines("abc"), local: lines("aYc"), next: lines("aXc") });
  assert.deepEqual(one.clashes, [{ where: "line 2", base: "b\n", mine: "Y\n", next: "X\n" }]);
});

test("mergeLines() takes both where one side inserts beside a line that the other one replaces", () => {
  const base = "FROM image:1\nWORKDIR /app\nCMD run\n";
  const local = "FROM image:1\nRUN install fonts\nWORKDIR /app\nCMD run\n";
  const merged = mergeLines("Dockerfile", { base, local, next: "FROM image:2\nWORKDIR /app\nCMD run\n" });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, "FROM image:2\nRUN install fonts\nWORKDIR /app\nCMD run\n");
  const above = mergeLines("Dockerfile", { base, local, next: "FROM image:1\nWORKDIR /srv\nCMD run\n" });
  assert.equal(above.text, "FROM image:1\nRUN install fonts\nWORKDIR /srv\nCMD run\n");
  const rows: readonly (readonly [string, string])[] = [
    ["both insert at one place", lines("aXbc")],
    ["the line beside is deleted", lines("bc")],
    ["the line beside is replaced as well", lines("Xbc")],
  ];
  for (const [name, next] of rows) {
    const mine = name.endsWith("as well") ? lines("aYc") : lines("aYbc");
    assert.equal(mergeLines("a.ts", { base: lines("abc"), local: mine, next }).clashes.length, 1, name);
  }
});

test("mergeLines() leaves out of a clash what both sides added alike", () => {
  const merged = mergeLines("a.md", { base: lines("abc"), local: lines("aXYZc"), next: lines("aXWZc") });
  assert.deepEqual(merged.clashes, [{ where: "line 3", base: "b\n", mine: "Y\n", next: "W\n" }]);
  assert.equal(merged.decided("next"), lines("aXWZc"));
  const settled = mergeLines("a.md", { base: lines("abc"), local: lines("aXYc"), next: lines("aXbc") });
  assert.deepEqual(settled.clashes, []);
  assert.equal(settled.text, lines("aXYc"));
});

test("mergeLines() refuses markers for a file that a program parses, and needs none when nothing clashes", () => {
  const clashing = mergeLines("src/main.ts", { base: lines("abc"), local: lines("aXc"), next: lines("aYc") });
  assert.throws(() => clashing.decided("markers"), { code: "MARKERS_REFUSED" });
  const clean = mergeLines("src/main.ts", { base: lines("abc"), local: lines("Xabc"), next: lines("abcY") });
  assert.equal(clean.decided("markers"), lines("XabcY"));
});

test("mergeLines() takes every difference for a clash when there is no base", () => {
  const merged = mergeLines("notes.txt", { base: undefined, local: lines("abXd"), next: lines("abYde") });
  assert.equal(merged.text, lines("abXd"));
  assert.deepEqual(merged.clashes, [
    { where: "line 3", base: "", mine: "X\n", next: "Y\n" },
    { where: "after line 4", base: "", mine: "", next: "e\n" },
  ]);
  assert.equal(merged.decided("next"), lines("abYde"));
});

test("mergeLines() ends the text as the user's ends: a missing last line feed stays missing", () => {
  const versions = { base: lines("abc"), local: "a\nb\nc", next: lines("Xabc") };
  assert.equal(mergeLines("a.txt", versions).text, "X\na\nb\nc");
  assert.equal(mergeLines("a.txt", { ...versions, local: "a\nb\nX" }).text, "X\na\nb\nX");
});

test("mergeLines() gives one clash for texts with over a million pairs of equal lines, and does not compare them", () => {
  const base = "same\n".repeat(1200);
  const start = performance.now();
  const merged = mergeLines("a.txt", { base, local: `X\n${base}`, next: `${base}Y\n` });
  assert.ok(performance.now() - start < 500);
  assert.equal(merged.clashes.length, 1);
  assert.equal(merged.clashes[0]?.where, "the whole file: it has too many equal lines to tell which one moved");
  assert.equal(merged.text, `X\n${base}`);
  assert.equal(merged.decided("next"), `${base}Y\n`);
});

test("mergeVersions() needs no merge when two of the three are equal", () => {
  const rows: readonly (readonly [string | undefined, string, string, string])[] = [
    ["a", "a", "b", "b"],
    ["a", "b", "a", "b"],
    ["a", "b", "b", "b"],
    [undefined, "b", "b", "b"],
  ];
  for (const [base, local, next, expected] of rows) {
    // No JSON at all: nothing is parsed.
    const merged = mergeVersions("package.json", { base, local, next });
    assert.equal(merged.text, expected);
    assert.deepEqual(merged.clashes, []);
  }
});

test("mergeVersions() gives one clash for a file that cannot be parsed, and never markers in it", () => {
  const local = '{\n  "a": 1,\n  "b" 2\n}\n';
  const merged = mergeVersions("package.json", { base: '{ "a": 1 }\n', local, next: '{ "a": 2 }\n' });
  assert.equal(merged.text, local);
  assert.equal(merged.clashes.length, 1);
  assert.match(merged.clashes[0]?.where ?? "", /^the whole file: it cannot be parsed \(line 3: .+\)$/);
  assert.equal(merged.clashes[0]?.mine, local);
  assert.equal(merged.decided("mine"), local);
  assert.equal(merged.decided("next"), '{ "a": 2 }\n');
  assert.throws(() => merged.decided("markers"), { code: "MARKERS_REFUSED" });
});

test("leftoverMarkers() finds the conflicts that nobody decided, and no heading of a document", () => {
  const merged = mergeLines("README.md", { base: lines("abc"), local: lines("aXc"), next: lines("aYc") });
  assert.deepEqual(leftoverMarkers(merged.decided("markers")), [2]);
  assert.deepEqual(leftoverMarkers(merged.decided("markers").replaceAll("\n", "\r\n")), [2]);
  assert.deepEqual(leftoverMarkers("Title\n=======\n\n<<<<<<< quoted\n"), []);
  assert.deepEqual(leftoverMarkers("x <<<<<<< a\n<<<<<<<b\n>>>>>>> c\n"), []);
});

test("mergeLines() leaves a clash where a line beside the user's new one becomes several, or leaves the function", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["a.ts", "return a();"],
    ["a.ts", "if (c) {\n  a();\n} else"],
    ["Dockerfile", "RUN a \\\n  b"],
  ];
  for (const [path, ours] of rows) {
    const versions = {
      base: "s();\na();\nt();\n",
      local: "s();\na();\nmine();\nt();\n",
      next: `s();\n${ours}\nt();\n`,
    };
    assert.equal(mergeLines(path, versions).clashes.length, 1, ours);
  }
});
