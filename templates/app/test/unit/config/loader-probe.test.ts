import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it, test } from "node:test";
import {
  type ChildOutcome,
  foreignImage,
  loaderProbe,
  type ProbedHost,
  traceRefusal,
  trialFailure,
} from "../../../src/config/loader-probe.ts";
import { readHost } from "../../../src/control/host.ts";
import {
  buildLibrary,
  CRASHING_SOURCE,
  HANGING_SOURCE,
  PAGE_SIZE_SOURCE,
  withoutCompiler,
} from "../../fixture/library-source.ts";

const host: ProbedHost = { arch: "arm64", libc: "glibc", pageBytes: 16_384 };
const JEMALLOC = "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2";
const LOADED = `\tlinux-vdso.so.1 (0x00007f6d94dce000)
\t${JEMALLOC} (0x00007f6d94dc1000)
\tlibc.so.6 => /lib/aarch64-linux-gnu/libc.so.6 (0x00007f6d94ac5000)
`;
const fine: ChildOutcome = { status: 0, signal: null, stdout: LOADED, stderr: "" };
const refused = (said: string) =>
  `ERROR: ld.so: object '${JEMALLOC}' from LD_PRELOAD cannot be preloaded (${said}): ignored.\n`;

const traces: readonly (readonly [
  name: string,
  trace: Partial<ChildOutcome>,
  unfit: string | undefined,
  said: RegExp,
])[] = [
  ["accepts a library that is listed", {}, undefined, /^$/],
  [
    "refuses one that is not",
    { stdout: LOADED.replace(JEMALLOC, "/usr/lib/other.so") },
    "ignored",
    /^the loader does not load \/usr\/lib\/aarch64-linux-gnu\/libjemalloc\.so\.2$/,
  ],
  [
    "names the libraries that one lacks",
    { stdout: `${LOADED}\tlibunwind.so.8 => not found\n` },
    "own-libraries",
    /libjemalloc\.so\.2 needs libunwind\.so\.8, which is not installed$/,
  ],
  ["refuses a longer path that ends like it", { stdout: LOADED.replace(JEMALLOC, `/old${JEMALLOC}`) }, "ignored", /./],
  [
    "repeats the loader's words",
    { stdout: "", stderr: refused("wrong ELF class: ELFCLASS32") },
    "ignored",
    /^the loader does not accept \S+ \(wrong ELF class: ELFCLASS32\)$/,
  ],
  [
    "knows an alignment below the kernel's pages",
    { stdout: "", stderr: refused("ELF load command address/offset not page-aligned") },
    "page-size",
    /is not built for pages of 16 KiB, as this kernel has; choose mimalloc or tcmalloc, or a build for these pages$/,
  ],
];

for (const [name, trace, unfit, said] of traces) {
  test(`traceRefusal() ${name}`, () => {
    const found = traceRefusal({ ...fine, ...trace }, JEMALLOC, host);
    assert.equal(found?.unfit, unfit);
    assert.match(found?.reason ?? "", said);
  });
}

const trials: readonly (readonly [
  name: string,
  trial: Partial<ChildOutcome>,
  unfit: string | undefined,
  said: RegExp,
])[] = [
  ["accepts a program that runs", { stderr: "option 'verbose': 1\n" }, undefined, /^$/],
  [
    "knows jemalloc's word for a page size, however the program ends",
    { status: 0, stderr: "<jemalloc>: Unsupported system page size\n" },
    "page-size",
    /pages of 16 KiB/,
  ],
  [
    "gives the signal and the last words of a crash",
    { status: null, signal: "SIGSEGV", stderr: "first\nlast words\n" },
    "crash",
    /^the runtime does not start with \S+ \(it ended with SIGSEGV: last words\)$/,
  ],
  ["gives the status of a failure", { status: 127 }, "crash", /\(it ended with status 127\)$/],
];

for (const [name, trial, unfit, said] of trials) {
  test(`trialFailure() ${name}`, () => {
    const found = trialFailure({ ...fine, ...trial }, JEMALLOC, host);
    assert.equal(found?.unfit, unfit);
    assert.match(found?.reason ?? "", said);
  });
}

test("foreignImage() tells machines and C libraries apart by the file's own head", () => {
  const arm = `\x7fELF\x02\x01\x01${"\0".repeat(9)}\x03\0\xb7\0`;
  assert.equal(foreignImage("/x", `${arm}\0libc.so.6\0`, host), undefined);
  assert.equal(
    foreignImage("/x", arm.replace("\xb7", "\x3e"), host)?.reason,
    "/x is built for x64, this host is arm64",
  );
  assert.equal(
    foreignImage("/x", arm.replace("\xb7", "\xf3"), host)?.reason,
    "/x is built for another architecture, this host is arm64",
  );
  for (const needed of ["libc.musl-aarch64.so.1", "libc.so"]) {
    const found = foreignImage("/x", `${arm}\0${needed}\0`, host);
    assert.equal(found?.unfit, "musl");
    assert.match(found?.reason ?? "", /a musl library cannot be preloaded into it; use a Debian or Ubuntu image/);
  }
  assert.equal(foreignImage("/x", "root:x:0:0", host)?.reason, "/x is no shared library");
});

describe("loaderProbe()", { skip: process.platform === "linux" ? false : "preloading needs Linux" }, () => {
  const probe = loaderProbe(process.execPath, readHost());

  it("refuses what is no library, and what is not there", () => {
    assert.equal(probe.fileOf("/nowhere/libjemalloc.so.2"), undefined);
    assert.match(reasonFor("/nowhere/libjemalloc.so.2"), /cannot be read/);
    assert.match(reasonFor("/etc/passwd"), /is no shared library$/);
    assert.match(reasonFor("libnowhere-jemalloc.so.2"), /^the loader does not find libnowhere-jemalloc\.so\.2$/);
  });

  it("accepts a library that the loader loads, by its path and by its name", () => {
    const libc = /(\/\S*\/libc\.so\.6)$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1];
    // On musl there is no such library, and no Deno to preload anything into.
    if (libc === undefined) return;
    assert.deepEqual(probe.examine("tcmalloc", libc), { path: libc, version: undefined, options: [] });
    assert.deepEqual(probe.examine("tcmalloc", "libc.so.6"), { path: "libc.so.6", version: undefined, options: [] });
  });

  it("refuses a pipe without waiting for its other end", () => {
    const folder = mkdtempSync(join(tmpdir(), "fastserve-library-"));
    const path = join(folder, "libjemalloc.so.2");
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    assert.equal(reasonFor(path), `${path} is no regular file`);
    rmSync(folder, { recursive: true });
  });

  describe("with libraries built here", { skip: withoutCompiler() }, () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "fastserve-library-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    it("names another page size", () => {
      assert.match(reasonFor(buildLibrary(folder, "libjemalloc.so.2", PAGE_SIZE_SOURCE)), /is not built for pages of/);
    });

    it("names a crash in the constructor", () => {
      const reason = reasonFor(buildLibrary(folder, "libmimalloc.so.2", CRASHING_SOURCE));
      assert.match(reason, /^the runtime does not start with \S+libmimalloc\.so\.2 \(it ended with /);
    });

    it("ends a child that hangs and ignores the signal that asks it to end", () => {
      const impatient = loaderProbe(process.execPath, readHost(), 500);
      const reason = reasonFor(buildLibrary(folder, "libjemalloc_hangs.so", HANGING_SOURCE), impatient);
      assert.match(reason, /^the runtime does not start with \S+libjemalloc_hangs\.so \(it ended with SIGKILL\)$/);
    });

    it("names a library that the library needs", () => {
      const needed = buildLibrary(folder, "libneeded.so", "int needed(void) { return 1; }\n");
      const flags = ["-Wl,--no-as-needed", needed, "-Wl,-soname,libtcmalloc.so.4"];
      const library = buildLibrary(folder, "libtcmalloc.so.4", "int own(void) { return 2; }\n", flags);
      rmSync(needed);
      assert.match(reasonFor(library), /needs \S*libneeded\.so, which is not installed$/);
    });

    it("names another architecture", () => {
      const path = buildLibrary(folder, "libforeign-jemalloc.so", "int own(void) { return 2; }\n");
      const bytes = readFileSync(path);
      // e_machine: AArch64 on x64 and the other way round.
      bytes.writeUInt16LE(arch() === "arm64" ? 62 : 183, 18);
      writeFileSync(path, bytes);
      assert.match(reasonFor(path), /is built for (arm64|x64), this host is (arm64|x64)$/);
    });
  });

  function reasonFor(path: string, by = probe): string {
    const finding = by.examine("jemalloc", path);
    return "reason" in finding ? finding.reason : "accepted";
  }
});
