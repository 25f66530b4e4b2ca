import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { compose } from "../../src/tree/compose.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { freePort } from "../../templates/app/bench/server/free-port.ts";
import { factsOfCase, planOf, REFERENCE, templates } from "./golden-cases.ts";
import { ImageStore, processOf, processTree, type Runtime, until, whyNoImages } from "./local-image.ts";

const START_MS_MAX = 20_000;
const skip = whyNoImages() ?? false;

describe("Dockerfile", { skip }, () => {
  for (const runtime of ["bun", "deno"] as const) {
    it(`builds offline on ${runtime}, serves /livez as a user that is not root, and drains on SIGTERM`, async () => {
      const store = new ImageStore();
      after(() => store.remove());
      const container = buildProject(store, runtime, compose(await planFor(runtime), templates));
      const config = JSON.parse(store.buildah("inspect", "--type", "container", container)).Docker.config;
      assert.equal(config.User, "10001:10001");
      assert.equal(config.StopSignal, "SIGTERM");

      const adminPort = await freePort();
      const settings = [`FASTSERVE__SERVER__PORT=0`, `FASTSERVE__ADMIN__PORT=${adminPort}`];
      const run = ["run", ...settings.flatMap((one) => ["--env", one]), container, "--"];
      const server = store.start(...run, ...config.Entrypoint);
      let log = "";
      server.stdout.on("data", (chunk) => (log += chunk));
      server.stderr.on("data", (chunk) => (log += chunk));
      const ended = once(server, "exit");

      const status = await until(`/livez of ${log}`, START_MS_MAX, () => livez(adminPort));
      assert.equal(status, 200);
      // The health check runs in the container, as the container's user, and needs no other program.
      const [kind, ...healthCheck] = config.Healthcheck.Test;
      assert.equal(kind, "CMD");
      store.buildah(...run, ...healthCheck);

      const pid = processTree(server.pid ?? 0).find((id) => /^\/usr\/local\/bin\/.*src\/main\.ts/.test(commandOf(id)));
      assert.ok(pid !== undefined, `no server process; log: ${log}`);
      assert.equal(processOf(pid)?.uid, 10_001);
      process.kill(pid, "SIGTERM");
      assert.deepEqual(await ended, [0, null], log);
    });
  }
});

function planFor(runtime: Runtime) {
  // The allocator packages need Debian's archive, which an offline build does not have.
  const allocator = runtime === "deno" ? { allocator: "system" } : {};
  return planOf({ name: "image-test", runtime, deploy: ["docker"], ...allocator }, factsOfCase(REFERENCE));
}

/** @returns the name of a container made from the built image */
function buildProject(store: ImageStore, runtime: Runtime, tree: FileTree): string {
  const project = join(store.folder, "project with spaces");
  for (const { path, content, mode } of tree.values()) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content, { mode });
  }
  const images = store.makeBase(runtime);
  const packages = store.packages(["zod", "toml-eslint-parser", "eslint-visitor-keys"]);
  const context = ["--build-context", `dependencies=${packages}`];
  store.buildah("build", "--format", "docker", ...images, ...context, "--tag", "image-test", project);
  return store.buildah("from", "localhost/image-test");
}

async function livez(port: number): Promise<number | undefined> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/livez`)).status;
  } catch {
    return undefined; // Nothing listens yet.
  }
}

function commandOf(pid: number): string {
  return processOf(pid)?.command ?? "";
}
