import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { compose } from "../../src/tree/compose.ts";
import { freePort } from "../../templates/app/bench/server/free-port.ts";
import { factsOfCase, planOf, REFERENCE, repositoryRoot, templates } from "./golden-cases.ts";
import { until } from "./local-image.ts";

const START_MS_MAX = 20_000;

describe("npm start", { skip: process.platform === "win32" ? "needs a POSIX shell" : false }, () => {
  for (const runtime of ["bun", "deno"] as const) {
    it(`drains the server on ${runtime} when npm gets SIGTERM`, async () => {
      const project = mkdtempSync(join(tmpdir(), "fastserve npm-start "));
      after(() => rmSync(project, { recursive: true, force: true }));
      const plan = await planOf({ name: "npm-start-test", runtime, deploy: [] }, factsOfCase(REFERENCE));
      for (const { path, content } of compose(plan, templates).values()) {
        mkdirSync(dirname(join(project, path)), { recursive: true });
        writeFileSync(join(project, path), content);
      }
      symlinkSync(join(repositoryRoot, "node_modules"), join(project, "node_modules"));

      const port = String(await freePort());
      const env = { ...process.env, FASTSERVE__SERVER__PORT: "0", FASTSERVE__ADMIN__PORT: port };
      const npm = spawn("npm", ["start"], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] });
      let log = "";
      npm.stdout.on("data", (chunk) => (log += chunk));
      npm.stderr.on("data", (chunk) => (log += chunk));
      // "close" comes when the last process that holds the pipes has ended: npm, and the server below it.
      const closed = once(npm, "close");
      await until("/livez", START_MS_MAX, () => answers(`http://127.0.0.1:${port}/livez`));
      npm.kill("SIGTERM");
      await closed;
      assert.match(log, /\bstopped\b/);
      assert.equal(await answers(`http://127.0.0.1:${port}/livez`), undefined);
    });
  }
});

async function answers(url: string): Promise<number | undefined> {
  try {
    return (await fetch(url)).status;
  } catch {
    return undefined; // Nothing listens.
  }
}
