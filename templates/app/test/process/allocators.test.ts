import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  assertTruth,
  bannerRow,
  copyWithChild,
  end,
  infoOf,
  launch,
  launchOptions,
  onBun,
  onDeno,
  withoutLibrary,
} from "../fixture/launched.ts";
import type { ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses } from "../fixture/server-process.ts";

describe("allocators that serve", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyWithChild();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  describe("of Deno, in threads", { skip: onDeno }, () => {
    for (const backend of ["system", "glibc"] as const) {
      it(`${backend}: the C library serves and says so`, async () => {
        const { server, started, info } = await launch(launchOptions(copy, { "allocator.backend": backend }));
        assertTruth(started, { backend: "glibc", requested: backend, mapped: true, serving: true });
        assert.match(
          String(started.allocator_evidence),
          /^malloc is \/\S*\/libc\S*'s, and its books grew by a buffer that was made$/,
        );
        assert.equal(started.notes, undefined);
        assert.equal(info, infoOf(started));
        await end(server);
        assert.match(
          await bannerRow(copy, { "allocator.backend": backend }),
          /^glibc \d+\.\d+ \(malloc is \S+'s, and its books grew/,
        );
      });
    }

    for (const backend of ["mimalloc", "jemalloc", "tcmalloc"] as const) {
      it(`${backend}: the preloaded library serves and says so`, { skip: withoutLibrary(backend) }, async () => {
        const { server, started, info } = await launch(launchOptions(copy, { "allocator.backend": backend }));
        assertTruth(started, { backend, requested: backend, mapped: true, serving: true });
        const evidence = new RegExp(
          `^malloc is \\S*lib${backend}\\S*'s, which owns the memory of a buffer that was made$`,
        );
        assert.match(String(started.allocator_evidence), evidence);
        assert.equal(info, infoOf(started));
        await end(server);
        const row = new RegExp(`^${backend} \\d+\\.\\d+\\S* \\(malloc is \\S+'s, which owns the memory`);
        assert.match(await bannerRow(copy, { "allocator.backend": backend }), row);
      });
    }
  });

  describe("of Deno, inline", { skip: onDeno }, () => {
    it("claims only what a trial before the start has seen", { skip: withoutLibrary("jemalloc") }, async () => {
      const { server, started, info } = await launch(
        launchOptions(copy, {
          "allocator.backend": "jemalloc",
          "workers.mode": "inline",
          "workers.count": 1,
        }),
      );
      assert.deepEqual(
        [started.allocator, started.allocator_mapped, started.allocator_serving],
        ["jemalloc", undefined, undefined],
      );
      assert.match(
        String(started.allocator_evidence),
        /^a trial before the start loaded \S+libjemalloc\S+; this process may not look at itself$/,
      );
      assert.match(
        info,
        /^fastserve_allocator_info\{backend="jemalloc",version="[\d.]+",mapped="unknown",serving="unknown",requested="jemalloc"\} 1$/,
      );
      await end(server);
    });
  });

  describe("of Bun", { skip: onBun }, () => {
    for (const backend of ["system", "mimalloc"] as const) {
      it(`${backend}: its own mimalloc serves and says so`, async () => {
        const { server, started, info } = await launch(launchOptions(copy, { "allocator.backend": backend }));
        assertTruth(started, { backend: "mimalloc", requested: backend, mapped: true, serving: true });
        assert.equal(started.allocator_evidence, "linked into Bun: its books grew by a buffer that was made");
        assert.equal(info, infoOf(started));
        await end(server);
        assert.match(
          await bannerRow(copy, { "allocator.backend": backend }),
          /^mimalloc 3\.\d+\.\d+ \(linked into Bun: its books grew by a buffer that was made\)$/,
        );
      });
    }

    for (const backend of ["jemalloc", "tcmalloc", "glibc"] as const) {
      it(`${backend}: has no effect, and says so`, async () => {
        const { server, started, info } = await launch(launchOptions(copy, { "allocator.backend": backend }));
        assertTruth(started, { backend: "mimalloc", requested: backend, mapped: false, serving: false });
        assert.match(
          String(started.notes),
          new RegExp(`^allocator\\.backend = "${backend}" has no effect: Bun links its own mimalloc`),
        );
        assert.equal(info, infoOf(started));
        await end(server);
      });
    }
  });
});
