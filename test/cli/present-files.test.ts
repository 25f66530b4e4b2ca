import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileLines, isChange, notableKept } from "../../src/cli/present/present-files.ts";
import { makeStyle } from "../../src/cli/present/style.ts";
import type { Change } from "../../src/write/changes/change.ts";

const style = makeStyle({}, false);

function entryOf(path: string, content = "four"): Change["entry"] & object {
  return { path, content, owner: "merged", mode: 0o644 };
}

function created(path: string): Change {
  return { kind: "create", path, reason: "new", entry: entryOf(path) };
}

describe("fileLines()", () => {
  const rows: readonly (readonly [string, Change, readonly string[]])[] = [
    ["a new file with its size", created("a.ts"), ["  create    a.ts  4 B"]],
    ["a file that goes", { kind: "delete", path: "b.ts", reason: "dropped" }, ["  delete    b.ts  no longer needed"]],
    [
      "a file that moves",
      { kind: "update", path: "new.ts", from: "old.ts", reason: "moved", entry: entryOf("new.ts") },
      ["  update    old.ts → new.ts"],
    ],
    [
      "a conflict with the lines that it is about",
      {
        kind: "conflict",
        path: "c.cfg",
        reason: "both_changed",
        clashes: [{ where: "lines 3 to 4", base: "", mine: "", next: "" }],
      },
      ["  conflict  c.cfg  you and the new version both changed lines 3 to 4"],
    ],
    [
      "a key that the user keeps, its values in one line each and cut short",
      {
        kind: "merge",
        path: "package.json",
        reason: "merged",
        kept: [{ key: "scripts.start", mine: '"bun\n  mine.ts"', recommended: `"${"x".repeat(80)}"` }],
      },
      [
        "  merge     package.json  your edits and the new version together",
        '            your scripts.start stays: "bun mine.ts"; recommended:',
        `            "${"x".repeat(56)}...`,
      ],
    ],
    [
      "a key that the user has deleted",
      {
        kind: "merge",
        path: "package.json",
        reason: "merged",
        kept: [{ key: "scripts.bench", mine: "absent", recommended: '"bench"' }],
      },
      [
        "  merge     package.json  your edits and the new version together",
        '            scripts.bench stays away; recommended: "bench"',
      ],
    ],
    [
      "a file that was deleted and would differ now",
      { kind: "keep", path: "d.ts", reason: "deleted_by_user" },
      ["  Deleted by you, stays deleted: d.ts. --restore PATH brings one back."],
    ],
    ["nothing of a file that is as it should be", { kind: "keep", path: "e.ts", reason: "as_wanted" }, []],
    ["nothing of an edit that no new version meets", { kind: "keep", path: "f.ts", reason: "edited" }, []],
  ];
  for (const [criterion, change, lines] of rows) {
    it(`shows ${criterion}`, () => assert.deepEqual(fileLines([change], style, 120), lines));
  }

  it("stays within the columns: a note that has no room beside the name stands below it", () => {
    const change: Change = {
      kind: "conflict",
      path: "deploy/haproxy.cfg",
      reason: "both_changed",
      clashes: [{ where: "lines 10 to 11", base: "", mine: "", next: "" }],
    };
    assert.deepEqual(fileLines([change], style, 80), [
      "  conflict  deploy/haproxy.cfg",
      "            you and the new version both changed lines 10 to 11",
    ]);
    assert.deepEqual(fileLines([{ kind: "keep", path: "deploy/nginx.conf", reason: "deleted_by_user" }], style, 60), [
      "  Deleted by you, stays deleted: deploy/nginx.conf.",
      "  --restore PATH brings one back.",
    ]);
  });

  it("folds four files of a folder that come or go alike, and names three", () => {
    const files = ["a", "b", "c", "d"].map((name) => created(`src/x/${name}.ts`));
    assert.deepEqual(fileLines(files, style, 120), ["  create    src/x/  4 files"]);
    assert.equal(fileLines(files.slice(1), style, 120).length, 3);
    const mixed = [...files, { kind: "delete", path: "src/x/e.ts", reason: "dropped" } as const];
    assert.deepEqual(fileLines(mixed, style, 120), [
      "  create    src/x/  4 files",
      "  delete    src/x/e.ts  no longer needed",
    ]);
  });

  it("never folds what a person must decide or has edited, nor files directly in the project", () => {
    const edits = ["a", "b", "c", "d"].map(
      (name): Change => ({ kind: "merge", path: `src/x/${name}`, reason: "merged" }),
    );
    assert.equal(fileLines(edits, style, 120).length, 4);
    assert.equal(fileLines(["a", "b", "c", "d"].map(created), style, 120).length, 4);
  });

  it("names four of many kept files and counts the rest", () => {
    const deleted = ["a", "b", "c", "d", "e", "f"].map(
      (path): Change => ({ kind: "keep", path, reason: "deleted_by_user" }),
    );
    assert.match(fileLines(deleted, style, 120).join(), /stays deleted: a, b, c, d and 2 more\./);
  });
});

describe("isChange()", () => {
  it("counts a conflict, which waits for a decision, and no kept file", () => {
    assert.equal(isChange({ kind: "conflict", path: "a" }), true);
    assert.equal(isChange({ kind: "keep", path: "a", reason: "dropped_but_edited" }), false);
  });
});

describe("notableKept()", () => {
  it("is what the generator has another version of, or has dropped", () => {
    const reasons = ["as_wanted", "dropped_but_edited", "seeded", "not_ours"] as const;
    const kept = reasons.map((reason): Change => ({ kind: "keep", path: reason, reason }));
    assert.deepEqual(
      notableKept(kept).map(({ path }) => path),
      ["dropped_but_edited", "not_ours"],
    );
  });
});
