import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import type { PreloadBackend } from "../../src/config/allocator-library.ts";
import { bunVariables, libraryTuning } from "../../src/config/allocator-variables.ts";
import { questions } from "../../src/config/library-answers.ts";
import { loaderProbe } from "../../src/config/loader-probe.ts";
import { readHost } from "../../src/control/host.ts";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter } from "../fixture/capability.ts";
import {
  assertTruth,
  childSees,
  copyWithChild,
  end,
  installed,
  LAUNCH_SETS,
  launch,
  launchOptions,
  onBun,
  onDeno,
  onLinux,
  startEnvironment,
  withoutLibrary,
} from "../fixture/launched.ts";
import type { ProjectCopy } from "../fixture/project-copy.ts";
import { endProcesses } from "../fixture/server-process.ts";

const isBun = runtimeOf(adapter) === "bun";

describe("what a launch sets for its own process", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyWithChild();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  for (const backend of ["mimalloc", "jemalloc", "tcmalloc"] as const) {
    it(`of Deno with ${backend} reaches this process and no child`, {
      skip: onDeno || withoutLibrary(backend),
    }, async () => {
      const { server } = await launch(
        launchOptions(copy, { "allocator.backend": backend, "allocator.profile": "lean" }),
      );
      const given = startEnvironment(server).filter((line) => LAUNCH_SETS.test(line));
      assert.equal(
        given.some((line) => line.startsWith("LD_PRELOAD=")),
        true,
      );
      assert.equal(
        given.some((line) => /^(MALLOC_CONF|MIMALLOC_|TCMALLOC_)/.test(line)),
        true,
        given.join(),
      );
      assert.deepEqual(await childSees(server), []);
      await end(server);
    });
  }

  it("a library that the environment preloads stays, for children too", {
    skip: onDeno || withoutLibrary("jemalloc"),
  }, async () => {
    const path = installed("jemalloc") ?? "";
    const { server, started } = await launch(
      launchOptions(copy, { "allocator.backend": "system" }, { LD_PRELOAD: path, MALLOC_CONF: "narenas:2" }),
    );
    assertTruth(started, { backend: "jemalloc", requested: "system", mapped: true, serving: false });
    assert.match(
      String(started.notes),
      /LD_PRELOAD=\S+libjemalloc\S+ of the environment stays; the plan has allocator\.backend = "system"\./,
    );
    assert.match(
      String(started.notes),
      /MALLOC_CONF=narenas:2 of the environment stays; the plan has background_thread/,
    );
    assert.deepEqual(await childSees(server), [`LD_PRELOAD=${path}`, "MALLOC_CONF=narenas:2"]);
    await end(server);
  });

  it("of Bun reaches this process and no child", { skip: onBun }, async () => {
    const { server } = await launch(
      launchOptions(copy, { "allocator.backend": "mimalloc", "allocator.profile": "lean" }),
    );
    assert.deepEqual(
      startEnvironment(server)
        .filter((line) => LAUNCH_SETS.test(line))
        .sort(),
      ["BUN_JSC_forceRAMSize=268435456", "MIMALLOC_PURGE_DELAY=0"],
    );
    assert.deepEqual(await childSees(server), []);
    await end(server);
  });

  it("dev runs plain: what the plan asks for is not preloaded, and the log says so", { skip: onLinux }, async () => {
    const backend = isBun ? "mimalloc" : "jemalloc";
    const environment = { FASTSERVE__LOG__FORMAT: "json" };
    const options = launchOptions(copy, { "allocator.backend": backend }, environment, "src/dev.ts");
    const { server, started } = await launch(options);
    assert.deepEqual(
      [started.tuned, started.allocator, started.allocator_requested, started.allocator_serving, started.notes],
      [false, isBun ? "mimalloc" : "glibc", backend, isBun, undefined],
    );
    await end(server);
  });

  it("what the environment sets stays, for this process and its children", { skip: onLinux }, async () => {
    const { server, started } = await launch(
      launchOptions(copy, { "allocator.profile": "lean" }, { MIMALLOC_PURGE_DELAY: "50" }),
    );
    if (isBun)
      assert.match(String(started.notes), /MIMALLOC_PURGE_DELAY=50 of the environment stays; the plan has 0\./);
    assert.equal(startEnvironment(server).includes("MIMALLOC_PURGE_DELAY=50"), true);
    assert.deepEqual(await childSees(server), ["MIMALLOC_PURGE_DELAY=50"]);
    await end(server);
  });
});

/** What a library or Bun says of its options when it starts with the variables of a profile. */
const honoured: readonly (readonly [backend: PreloadBackend, said: RegExp])[] = [
  ["mimalloc", /option '(decommit_delay|purge_delay)': 0\b/],
  ["jemalloc", /opt\.dirty_decay_ms: 1000 /],
];

for (const [backend, said] of honoured) {
  it(`${backend} says that it honours the lean profile`, { skip: onDeno || withoutLibrary(backend) }, () => {
    const path = installed(backend) ?? "";
    const library = loaderProbe(process.execPath, readHost()).examine(backend, path);
    assert.ok("path" in library);
    const { variables } = libraryTuning(backend, "lean", undefined, library);
    const asked = questions[backend];
    const conf = [variables.MALLOC_CONF, asked.MALLOC_CONF].filter((text) => text !== undefined).join(",");
    assert.match(versionOutput({ ...variables, ...asked, MALLOC_CONF: conf, LD_PRELOAD: path }), said);
  });
}

for (const [profile, ms] of [
  ["throughput", 1000],
  ["lean", 0],
] as const) {
  it(`Bun's mimalloc says that it honours the ${profile} profile`, { skip: onBun }, () => {
    const output = versionOutput({ ...bunVariables(profile), MIMALLOC_VERBOSE: "1" });
    assert.match(output, new RegExp(`option 'purge_delay': ${ms} `));
    // What the doctor and the notes rely on.
    assert.match(output, /option 'allow_thp': 0 /);
  });
}

function versionOutput(env: Readonly<Record<string, string>>): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["--version"], { env, encoding: "utf8" });
  return `${stdout}\n${stderr}`;
}
