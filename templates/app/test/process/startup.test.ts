import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { makeCertificate, withoutOpenssl } from "../fixture/certificate.ts";
import { exchange } from "../fixture/connection.ts";
import { endProcesses, ServerProcess, startServer } from "../fixture/server-process.ts";
import { fixtureDirectory } from "../fixture/settings.ts";

describe("the start of the process", () => {
  after(endProcesses);

  for (const setting of ["server.port", "admin.port"] as const) {
    it(`fails with 1 and names the address and the setting when ${setting} is taken`, async () => {
      const { server, port } = await occupied();
      const { code, stderr } = await new ServerProcess({ overrides: { [setting]: port } }).exit();
      server.close();
      assert.equal(code, 1);
      assert.equal(stderr, `fastserve: 127.0.0.1:${port} is taken by another process; set ${setting} to a free port\n`);
    });
  }

  it("fails with 1 when the address is not one of this machine", async () => {
    // 192.0.2.0/24 is reserved for documentation (RFC 5737).
    const { code, stderr } = await new ServerProcess({ overrides: { "server.host": "192.0.2.1" } }).exit();
    assert.equal(code, 1);
    assert.equal(stderr, "fastserve: 192.0.2.1 is no address of this machine; set server.host\n");
  });

  it("fails with 2 and lists every error of an invalid configuration", async () => {
    const { directory, remove } = configured('[server]\nprot = 1\n\n[limits]\nbody_bytes_max = "big"\n');
    const environment = { FASTSERVE__WORKERS__COUNT: "many", FASTSERVE__SERVER__HOTS: "x" };
    const { code, stderr, stdout } = await new ServerProcess({ directory, environment }).exit();
    remove();
    assert.deepEqual([code, stdout], [2, ""]);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 5, stderr);
    assert.equal(lines[0], "The configuration is not valid:");
    assert.match(lines[1] ?? "", /^fastserve\.toml:2: server\.prot is not a setting; did you mean server\.port\?$/);
    assert.match(lines[2] ?? "", /^fastserve\.toml:5: limits\.body_bytes_max = "big" /);
    assert.match(lines[3] ?? "", /^FASTSERVE__SERVER__HOTS: is not a setting; did you mean FASTSERVE__SERVER__HOST\?$/);
    assert.match(lines[4] ?? "", /^FASTSERVE__WORKERS__COUNT: workers\.count = "many" must be a number\.$/);
  });

  it("takes the user's file over the tuned one, and the environment over both", async () => {
    const { server, port } = await occupied();
    await new Promise((resolve) => server.close(resolve));
    const { directory, remove } = configured("[limits]\nin_flight_max = 7\nbody_bytes_max = 7\n");
    const running = await startServer({
      directory,
      overrides: { "server.port": port, "limits.body_bytes_max": 8 },
    });
    remove();
    assert.equal(running.port, port);
    const { text } = await exchange({ port: running.admin }, "GET", "/-/config");
    const { settings } = JSON.parse(text) as { settings: Record<string, unknown> };
    assert.deepEqual(settings["server.port"], { value: port, origin: "environment" });
    assert.deepEqual(settings["limits.body_bytes_max"], { value: 8, origin: "environment" });
    assert.deepEqual(settings["limits.in_flight_max"], { value: 7, origin: "user" });
    assert.deepEqual(settings["server.host"], { value: "127.0.0.1", origin: "tuned" });
    assert.equal((await exchange(running, "POST", "/echo", "123456789")).status, 413);
    running.process.signal("SIGTERM");
    assert.equal((await running.process.exit()).code, 0);
  });

  it("serves TLS from certificate files", { skip: withoutOpenssl() }, async () => {
    const certificate = makeCertificate();
    const running = await startServer({
      overrides: { "tls.mode": "files", "tls.cert": certificate.certPath, "tls.key": certificate.keyPath },
    });
    certificate.remove();
    assert.match(String((await running.process.logged("started")).url), /^https:/);
    const response = await exchange({ port: running.port, ca: certificate.certPem }, "GET", "/exact");
    assert.equal(response.text, "exact");
    running.process.signal("SIGTERM");
    assert.equal((await running.process.exit()).code, 0);
  });

  it("fails with 1 and names the setting when a certificate cannot be read", async () => {
    const overrides = { "tls.mode": "files", "tls.cert": "/nowhere/cert.pem", "tls.key": "/nowhere/key.pem" } as const;
    const { code, stderr } = await new ServerProcess({ overrides }).exit();
    assert.equal(code, 1);
    assert.match(stderr, /^fastserve: tls\.cert = "\/nowhere\/cert\.pem" cannot be read: /);
  });

  it("writes what it has to say as text where people read it", async () => {
    const server = new ServerProcess({ overrides: { "log.format": "text" } });
    const output = await server.outputMatching(/ {2}admin +http:\/\/127\.0\.0\.1:\d+\n/);
    for (const row of [
      /^ {2}runtime +(Bun|Deno) \d/m,
      /^ {2}allocator +\w+( [\d.]+)? \(/m,
      /^ {2}machine +.+CPUs/m,
      /^ {2}workers +1 thread$/m,
    ]) {
      assert.match(output, row);
    }
    // Threads, and others with the same descriptor, count on a write that waits (O_NONBLOCK is 04000 in proc(5)).
    if (process.platform === "linux") {
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/fdinfo/1`, "utf8"))?.[1] ?? "";
      assert.equal(Number.parseInt(flags, 8) & 0o4000, 0);
    }
    server.signal("SIGTERM");
    assert.equal((await server.exit()).code, 0);
  });
});

function occupied(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen({ host: "127.0.0.1", port: 0 }, () =>
      resolve({ server, port: (server.address() as AddressInfo).port }),
    );
  });
}

/** A folder with the fixture's tuned file and this user's file. */
function configured(userToml: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "fastserve-test-"));
  copyFileSync(join(fixtureDirectory, "fastserve.tuned.toml"), join(directory, "fastserve.tuned.toml"));
  writeFileSync(join(directory, "fastserve.toml"), userToml);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
