import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { exchange } from "../fixture/connection.ts";
import { basic, CredentialFiles, userLine } from "../fixture/credential-files.ts";
import { guardedApp } from "../fixture/guarded/app.ts";
import { endProcesses, metric, runCommand, ServerProcess, startServer } from "../fixture/server-process.ts";
import { fixtureDirectory } from "../fixture/settings.ts";
import { until } from "../fixture/until.ts";

const command = runCommand(fileURLToPath(new URL("../fixture/guarded/main.ts", import.meta.url)), [fixtureDirectory]);

const password = "Tr0ub4dor-and-3";
const wrong = "Tr0ub4dor-and-4";
const token = "c2VjcmV0LXRva2VuLW9mLXRoZS10ZXN0";
const digest = createHash("sha256").update(token).digest("hex");

describe("a server with authentication", () => {
  const files = new CredentialFiles();
  after(() => {
    endProcesses();
    files.remove();
  });

  it("verifies in its worker threads, reloads at SIGHUP, and logs no secret", async () => {
    const line = await userLine("anna", password);
    const server = await startServer({
      command,
      overrides: {
        "workers.count": 2,
        "log.level": "debug",
        "log.requests": "all",
        "auth.users_file": files.write("users", line),
        "auth.bearer_file": files.write("tokens", `ci:${digest}\n`, 0o644),
        "auth.failures_max": 100,
        "auth.remembered_max": 10,
        "auth.remembered_ms": 60_000,
        "request_id.header": "x-request-id",
        "compression.types": "text/*",
        "compression.bytes_max": 4096,
      },
    });
    const get = (path: string, authorization: string) => exchange(server, "GET", path, undefined, { authorization });
    const sent = [basic("anna", password), basic("anna", wrong), basic("nobody", wrong), "Basic c2VjcmV0", "Basic !"];
    const statuses: number[] = [];
    for (const authorization of sent) statuses.push((await get("/basic", authorization)).status);
    assert.deepEqual(statuses, [200, 401, 401, 401, 401]);
    assert.equal((await get("/bearer", `Bearer ${token}`)).text, "ci");
    assert.equal((await get("/bearer", `Bearer ${token}x`)).status, 401);
    assert.equal(await metric(server, 'fastserve_auth_requests_total{result="failed"}'), 5);

    // A server may be made without compression.
    if (guardedApp.features.some(({ name }) => name === "compression")) {
      const text = await exchange(server, "GET", "/text", undefined, { "accept-encoding": "gzip" });
      assert.equal(gunzipSync(text.body).length, 2800);
    }

    // Refused: the old file holds on. Then a good one: others may come, and nobody is remembered.
    files.write("users", `anna:${password}`);
    server.process.signal("SIGHUP");
    await until("the reload was refused", () => /auth\.users_file, line 1/.test(server.process.output));
    assert.equal((await get("/basic", basic("anna", password))).status, 200);
    files.write("users", await userLine("ben", password));
    server.process.signal("SIGHUP");
    await until(
      "the reload reached a worker",
      async () => (await get("/basic", basic("ben", password))).status === 200,
    );
    await until("anna is let in no more", async () => (await get("/basic", basic("anna", password))).status === 401);
    server.process.signal("SIGTERM");
    const { stdout, stderr } = await server.process.exit();
    const output = stdout + stderr;
    assert.match(output, /a file of credentials is open to others/);
    const secrets = [password, wrong, token, digest, line.split(":")[1]?.trim() ?? "", ...sent, "authorization"];
    for (const secret of secrets) {
      assert.ok(!output.toLowerCase().includes(secret.toLowerCase()), `the log holds ${secret}: ${output}`);
    }
  });

  it("does not start where a route asks for what has no file, and says what to do", async () => {
    const server = new ServerProcess({ command, overrides: { "workers.restarts_max": 1 } });
    const { code, stdout, stderr } = await server.exit();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /route \\?"GET \/basic\\?" asks for \\?"basic\\?" authentication/);
    assert.match(stdout + stderr, /npm run hash-password/);
  });
});
