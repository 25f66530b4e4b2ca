import assert from "node:assert/strict";
import { test } from "node:test";
import {
  findLibrary,
  type LibraryFinding,
  libraryPaths,
  preloadBackendOf,
  preloadPaths,
} from "../../../src/config/allocator-library.ts";

test("libraryPaths() tries what an administrator built, then multiarch, then Fedora's and Arch's folders", () => {
  assert.deepEqual(libraryPaths("jemalloc", "arm64"), [
    "/usr/local/lib/aarch64-linux-gnu/libjemalloc.so.2",
    "/usr/local/lib64/libjemalloc.so.2",
    "/usr/local/lib/libjemalloc.so.2",
    "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2",
    "/lib/aarch64-linux-gnu/libjemalloc.so.2",
    "/usr/lib64/libjemalloc.so.2",
    "/usr/lib/libjemalloc.so.2",
  ]);
});

test("libraryPaths() tries the newest name of a folder first, and knows no multiarch folder of a foreign machine", () => {
  assert.deepEqual(libraryPaths("mimalloc", "riscv64").slice(0, 4), [
    "/usr/local/lib64/libmimalloc.so.3",
    "/usr/local/lib64/libmimalloc.so.2",
    "/usr/local/lib64/libmimalloc.so",
    "/usr/local/lib/libmimalloc.so.3",
  ]);
  assert.ok(libraryPaths("tcmalloc", "x64").includes("/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4"));
});

/** A host with these libraries. */
function probeOf(libraries: Readonly<Record<string, LibraryFinding>>) {
  const unknown: LibraryFinding = { unfit: "missing", reason: "never asked for" };
  return {
    fileOf: (path: string) => (path in libraries ? path : undefined),
    examine: (_backend: string, path: string) => libraries[path] ?? unknown,
  };
}

const built = "/usr/local/lib/libjemalloc.so.2";
const packaged = "/usr/lib64/libjemalloc.so.2";
const install = "install it with: dnf install jemalloc";

test("findLibrary() takes the first library that a trial accepts, and tells what it passed over", () => {
  const good = { path: packaged, version: "5.3.0", options: ["narenas"] };
  const probe = probeOf({ [built]: { unfit: "crash", reason: `${built} crashes` }, [packaged]: good });
  assert.deepEqual(findLibrary("jemalloc", "x64", probe, install), { ...good, passedOver: [`${built} crashes`] });
  assert.deepEqual(findLibrary("jemalloc", "x64", probeOf({ [packaged]: good }), install), { ...good, passedOver: [] });
});

test("findLibrary() tries a library once that has two paths", () => {
  const tried: string[] = [];
  const probe = {
    fileOf: (path: string) => path.replace(/^\/lib\//, "/usr/lib/"),
    examine: (_backend: string, path: string): LibraryFinding => {
      tried.push(path);
      return { unfit: "crash", reason: "it crashes" };
    },
  };
  assert.deepEqual(findLibrary("jemalloc", "x64", probe, undefined), { unfit: "crash", reason: "it crashes" });
  assert.equal(tried.includes("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"), true);
  assert.equal(tried.includes("/lib/x86_64-linux-gnu/libjemalloc.so.2"), false);
});

const failures: readonly (readonly [string, Readonly<Record<string, LibraryFinding>>, string | undefined, object])[] = [
  [
    "a missing library, with the command that installs it",
    {},
    install,
    { unfit: "missing", reason: `no libjemalloc.so.2 in the system's library folders; ${install}` },
  ],
  [
    "a missing library that no command installs",
    {},
    undefined,
    { unfit: "missing", reason: "no libjemalloc.so.2 in the system's library folders" },
  ],
  [
    "a broken file, which the package replaces",
    { [built]: { unfit: "own-libraries", reason: `${built} needs libunwind.so.8, which is not installed` } },
    install,
    { unfit: "own-libraries", reason: `${built} needs libunwind.so.8, which is not installed; ${install}` },
  ],
  [
    "a library for other pages, which no package cures",
    { [packaged]: { unfit: "page-size", reason: `${packaged} is not built for pages of 16 KiB` } },
    install,
    { unfit: "page-size", reason: `${packaged} is not built for pages of 16 KiB` },
  ],
  [
    "two unfit ones, each with its reason",
    {
      [built]: { unfit: "musl", reason: `${built} is built for musl` },
      [packaged]: { unfit: "crash", reason: `${packaged} crashes` },
    },
    install,
    { unfit: "musl", reason: `${built} is built for musl, and ${packaged} crashes` },
  ],
];

for (const [name, libraries, command, expected] of failures) {
  test(`findLibrary() names ${name}`, () => {
    assert.deepEqual(findLibrary("jemalloc", "x64", probeOf(libraries), command), expected);
  });
}

const names: readonly (readonly [path: string, expected: string | undefined])[] = [
  ["/usr/lib/x86_64-linux-gnu/libmimalloc.so.2.0", "mimalloc"],
  ["libjemalloc.so.2", "jemalloc"],
  ["/usr/lib/libtcmalloc_minimal.so.4.5.10", "tcmalloc"],
  ["/opt/libmimalloc-secure.so.2.1", "mimalloc"],
  ["/usr/lib/libfaketime.so.1", undefined],
  ["/usr/lib/libjemalloc.a", undefined],
  ["/opt/notlibjemalloc.so.2", undefined],
];

for (const [path, expected] of names) {
  test(`preloadBackendOf() takes ${path} for ${expected ?? "no allocator"}`, () => {
    assert.equal(preloadBackendOf(path), expected);
  });
}

test("preloadPaths() splits at colons and spaces", () => {
  assert.deepEqual(preloadPaths("/a.so:/b.so  /c.so:"), ["/a.so", "/b.so", "/c.so"]);
  assert.deepEqual(preloadPaths(undefined), []);
});
