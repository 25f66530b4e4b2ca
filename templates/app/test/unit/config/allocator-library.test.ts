import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { findLibrary, libraryPaths, loaderProbe } from "../../../src/config/allocator-library.ts";

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

test("loaderProbe() refuses a path that is no library, as ld.so does", { skip: process.platform !== "linux" }, () => {
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
