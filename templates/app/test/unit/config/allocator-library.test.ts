import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { findLibrary, libraryPaths, loaderProbe, traceAccepts } from "../../../src/config/allocator-library.ts";

test("libraryPaths() tries multiarch, Fedora's and administrators' folders, newest name first", () => {
  assert.deepEqual(libraryPaths("mimalloc", "arm64"), [
    "/usr/lib/aarch64-linux-gnu/libmimalloc.so.3",
    "/lib/aarch64-linux-gnu/libmimalloc.so.3",
    "/usr/lib64/libmimalloc.so.3",
    "/usr/local/lib/libmimalloc.so.3",
    "/usr/lib/libmimalloc.so.3",
    "/usr/lib/aarch64-linux-gnu/libmimalloc.so.2",
    "/lib/aarch64-linux-gnu/libmimalloc.so.2",
    "/usr/lib64/libmimalloc.so.2",
    "/usr/local/lib/libmimalloc.so.2",
    "/usr/lib/libmimalloc.so.2",
  ]);
  assert.equal(libraryPaths("jemalloc", "x64")[0], "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2");
});

test("findLibrary() takes the first library that the loader accepts", () => {
  const present = ["/usr/lib64/libjemalloc.so.2", "/usr/local/lib/libjemalloc.so.2"];
  const probe = {
    exists: (path: string) => present.includes(path),
    loads: (path: string) => path.startsWith("/usr/local/"),
  };
  assert.deepEqual(findLibrary("jemalloc", "x64", probe), { path: "/usr/local/lib/libjemalloc.so.2" });
});

test("findLibrary() tells a missing library from an unfit one", () => {
  assert.deepEqual(findLibrary("tcmalloc", "x64", { exists: () => false, loads: () => true }), {
    reason: "no libtcmalloc_minimal.so.4 in the system's library folders; on Debian install libtcmalloc-minimal4",
  });
  const unfit = { exists: (path: string) => path === "/usr/lib64/libjemalloc.so.2", loads: () => false };
  assert.deepEqual(findLibrary("jemalloc", "x64", unfit), {
    reason: "the loader does not accept /usr/lib64/libjemalloc.so.2",
  });
});

const JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2";
const LOADED = `\tlinux-vdso.so.1 (0x00007f6d94dce000)
\t${JEMALLOC} (0x00007f6d94dc1000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f6d94ac5000)
`;

const traces: readonly (readonly [name: string, trace: string, expected: boolean])[] = [
  ["accepts a library that is listed", LOADED, true],
  ["refuses one that is not", LOADED.replace(JEMALLOC, "/usr/lib/other.so"), false],
  ["refuses one whose own libraries are missing", `${LOADED}\tlibunwind.so.8 => not found\n`, false],
  ["refuses a longer path that ends like it", LOADED.replace(JEMALLOC, `/old${JEMALLOC}`), false],
];

for (const [name, trace, expected] of traces) {
  test(`traceAccepts() ${name}`, () => assert.equal(traceAccepts(trace, JEMALLOC), expected));
}

test("loaderProbe() refuses a library that ends the program", { skip: process.platform !== "linux" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-library-"));
  try {
    const source = "#include <stdlib.h>\n__attribute__((constructor)) static void unfit(void) { abort(); }\n";
    const library = join(folder, "libjemalloc.so.2");
    const built = spawnSync("cc", ["-shared", "-fPIC", "-o", library, "-x", "c", "-"], { input: source });
    // Without a compiler there is nothing to try.
    if (built.status === 0) assert.equal(loaderProbe(process.execPath).loads(library), false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("loaderProbe() refuses a path a path that is no library, as ld.so does", {
  skip: process.platform !== "linux",
}, () => {
  const probe = loaderProbe(process.execPath);
  assert.equal(probe.exists("/proc/self/exe"), true);
  assert.equal(probe.loads("/nowhere/libjemalloc.so.2"), false);
  assert.equal(probe.loads("/etc/passwd"), false);
});

test("loaderProbe() accepts a library that the loader loads", { skip: process.platform !== "linux" }, () => {
  const libc = /(\/\S*\/libc\.so\.6)$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1];
  // On musl there is no such library, and no Deno to preload anything into.
  if (libc !== undefined) assert.equal(loaderProbe(process.execPath).loads(libc), true);
});
