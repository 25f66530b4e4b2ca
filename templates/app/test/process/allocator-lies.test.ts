import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  assertTruth,
  copyWithChild,
  end,
  infoOf,
  installed,
  launch,
  launchOptions,
  onBun,
  onDeno,
  withoutLibrary,
} from "../fixture/launched.ts";
import { buildLibrary, PAGE_SIZE_SOURCE, withoutCompiler } from "../fixture/library-source.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses } from "../fixture/server-process.ts";

describe("allocators that do not serve", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyWithChild();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  describe("of Deno, in threads", { skip: onDeno }, () => {
    it("a wrong path in LD_PRELOAD serves nothing, and the evidence names it", async () => {
      const { server, started, info } = await launch(
        launchOptions(copy, { "allocator.backend": "system" }, { LD_PRELOAD: "/nowhere/libjemalloc.so.2" }),
      );
      assertTruth(started, { backend: "glibc", requested: "system", mapped: true, serving: true });
      assert.match(
        String(started.allocator_evidence),
        /; \/nowhere\/libjemalloc\.so\.2 is not mapped: the loader ignored it$/,
      );
      assert.match(
        String(started.notes),
        /LD_PRELOAD of the environment names a library that does not serve: \/nowhere\/libjemalloc\.so\.2 cannot be read/,
      );
      assert.equal(info, infoOf(started));
      await end(server);
    });

    describe("with a library that this host cannot use", { skip: withoutCompiler() }, () => {
      let unfit: ProjectCopy;
      let folder: string;
      before(() => {
        folder = mkdtempSync(join(tmpdir(), "fastserve-libraries-"));
        buildLibrary(folder, "libjemalloc.so.2", PAGE_SIZE_SOURCE);
        unfit = copyProject();
        const search = unfit.path("src/config/allocator-library.ts");
        const text = readFileSync(search, "utf8");
        assert.match(text, /return folders\.flatMap/);
        // Only root may write where libraries are searched for.
        writeFileSync(search, text.replace("return folders.flatMap", `return [${JSON.stringify(folder)}].flatMap`));
      });
      after(() => {
        unfit.remove();
        rmSync(folder, { recursive: true });
      });

      it("the system's malloc serves, and the note says why", async () => {
        const { server, started, info } = await launch(launchOptions(unfit, { "allocator.backend": "jemalloc" }));
        assertTruth(started, { backend: "glibc", requested: "jemalloc", mapped: false, serving: false });
        assert.match(
          String(started.notes),
          /allocator\.backend = "jemalloc" is not available, the system's malloc serves: \S+\/libjemalloc\.so\.2 is not built for pages of \d+ KiB, as this kernel has; choose mimalloc or tcmalloc/,
        );
        assert.equal(info, infoOf(started));
        // Also where the log holds warnings only.
        const warned = await server.logged("the configured allocator does not serve");
        assert.deepEqual([warned.level, warned.requested, warned.serving], ["warn", "jemalloc", "glibc"]);
        assert.match(String(warned.notes), /is not built for pages of/);
        await end(server);
      });

      it("a missing one is told from it, with the command that installs it", async () => {
        const { server, started } = await launch(launchOptions(unfit, { "allocator.backend": "tcmalloc" }));
        assertTruth(started, { backend: "glibc", requested: "tcmalloc", mapped: false, serving: false });
        assert.match(String(started.notes), /no libtcmalloc_minimal\.so\.4 in the system's library folders; install/);
        await end(server);
      });
    });
  });

  describe("of Bun", { skip: onBun }, () => {
    for (const backend of ["jemalloc", "tcmalloc", "mimalloc"] as const) {
      it(`a preloaded ${backend} is mapped and serves nothing`, { skip: withoutLibrary(backend) }, async () => {
        const { server, started, info } = await launch(
          launchOptions(copy, { "allocator.backend": "jemalloc" }, { LD_PRELOAD: installed(backend) ?? "" }),
        );
        assertTruth(started, {
          backend: "mimalloc",
          requested: "jemalloc",
          mapped: backend === "jemalloc",
          serving: false,
        });
        assert.match(
          String(started.allocator_evidence),
          new RegExp(
            `^linked into Bun: its books grew by a buffer that was made; \\S+lib${backend}\\S+ is mapped and serves nothing$`,
          ),
        );
        assert.equal(info, infoOf(started));
        await end(server);
      });
    }
  });
});
