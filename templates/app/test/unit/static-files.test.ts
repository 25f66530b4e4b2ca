import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { assemble } from "../../src/features/static-files/assemble.ts";
import { buildFileTable, FileTable, REDIRECT } from "../../src/features/static-files/file-table.ts";
import { SmallFiles } from "../../src/features/static-files/small-files.ts";
import { staticFiles } from "../../src/features/static-files.ts";
import { Context } from "../../src/http/context.ts";
import { openFile } from "../../src/runtime/open-file.ts";
import { installed, pipelineServices } from "../fixture/services.ts";
import { fixtureConfig } from "../fixture/settings.ts";
import { staticFolder, staticOverrides } from "../fixture/static-folder.ts";

const stamp = (sizeBytes: number, modifiedMs = 0) => ({ sizeBytes, modifiedMs, changedMs: 0, inode: 1 });

describe("FileTable", () => {
  it("finds every name and no other", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 60 }), fc.array(name, { maxLength: 20 }), (paths, others) => {
        const files = paths.map((path, index) => ({ path, stamp: stamp(index), siblings: [-1, -1, -1] }));
        const names = [...paths.map((key, file) => ({ key, file }))];
        const table = new FileTable(buildFileTable(files, names));
        paths.forEach((path, index) => {
          assert.equal(table.find(path), index);
          assert.equal(table.path(index), path);
          assert.equal(table.sizeBytes(index), index);
        });
        for (const other of others) if (!paths.includes(other)) assert.equal(table.find(other), -1);
      }),
    );
  });

  it("holds digests, siblings and redirects", () => {
    const files = [
      { path: "a", stamp: stamp(3, 5.25), siblings: [1, -1, -1] },
      { path: "a.br", stamp: stamp(1), siblings: [-1, -1, -1] },
    ];
    const table = new FileTable(
      buildFileTable(files, [
        { key: "b", file: REDIRECT },
        { key: "b/", file: 0 },
      ]),
    );
    assert.equal(table.find("b"), REDIRECT);
    assert.equal(table.find("b/"), 0);
    assert.equal(table.find("a"), -1);
    assert.equal(table.sibling(0, 0), 1);
    assert.deepEqual(table.stamp(0), stamp(3, 5.25));
    assert.equal(table.digest(0), undefined);
    table.setDigest(0, new Uint8Array(16).fill(7));
    assert.deepEqual(table.digest(0), new Uint8Array(16).fill(7));
    assert.equal(table.digest(1), undefined);
  });

  it("takes about 190 bytes for a file with a path of 40 characters", () => {
    const paths = Array.from({ length: 10_000 }, (_, index) => `assets/pictures/${index}`.padEnd(40, "x"));
    const files = paths.map((path) => ({ path, stamp: stamp(1), siblings: [-1, -1, -1] }));
    const { buffer } = buildFileTable(
      files,
      paths.map((key, file) => ({ key, file })),
    );
    assert.ok(buffer.byteLength / 10_000 < 195, String(buffer.byteLength / 10_000));
  });
});

describe("assemble()", () => {
  const found = (key: string, sizeBytes: number, modifiedMs = 0) => ({
    key,
    path: key,
    stamp: stamp(sizeBytes, modifiedMs),
  });

  it("pairs siblings, leaves out what is stale or not smaller, and names folders by their index", () => {
    const { files, names, unused } = assemble(
      [
        found("index.html", 100, 10),
        found("index.html.br", 50, 10),
        found("index.html.gz", 50, 9),
        found("index.html.zst", 100, 11),
        found("docs/index.html", 10),
        found("own.gz", 10),
      ],
      "index.html",
    );
    assert.deepEqual(files[0]?.siblings, [1, -1, -1]);
    assert.deepEqual(
      unused.map(({ path }) => path),
      ["index.html.zst", "index.html.gz"],
    );
    assert.deepEqual(names, [
      { key: "index.html", file: 0 },
      { key: "", file: 0 },
      { key: "docs/index.html", file: 4 },
      { key: "docs/", file: 4 },
      { key: "docs", file: REDIRECT },
      { key: "own.gz", file: 5 },
    ]);
  });
});

describe("SmallFiles", () => {
  it("stays within its budget and keeps what is used", () => {
    const files = new SmallFiles<string>(10_000);
    for (let file = 0; file < 100; file += 1) {
      files.set(file, String(file), 500);
      assert.ok(files.bytes <= 10_000);
      assert.equal(files.get(0), "0");
    }
    assert.equal(files.get(99), "99");
    assert.equal(files.get(50), undefined);
  });

  it("does not take what is larger than all of it", () => {
    const files = new SmallFiles<string>(5000);
    files.set(1, "a", 900);
    files.set(2, "b", 2000);
    assert.equal(files.get(2), undefined);
    assert.equal(files.get(1), "a");
  });
});

describe("the feature static-files", () => {
  it("answers 503 when the system cannot open a file now, and nothing when it is gone", async () => {
    const folder = staticFolder({ "page.txt": "page" });
    const config = fixtureConfig({ ...staticOverrides(folder), "static.memory_bytes": 0 });
    const answer = async (code: string) => {
      const openFile = () => Promise.reject(Object.assign(new Error(code), { code }));
      const { hooks } = await installed(staticFiles, config, { openFile });
      const request = new Request("http://localhost/page.txt");
      return hooks.fallback?.(new Context(request, {}, undefined, undefined, pipelineServices()));
    };
    await assert.rejects(answer("EMFILE"), { status: 503, code: "FILE_UNREADABLE" });
    assert.equal(await openFile(`${folder.path}/nothing`), undefined);
    assert.equal(await openFile(folder.path), undefined);
    folder.remove();
  });
});
