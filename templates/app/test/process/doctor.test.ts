import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server } from "node:net";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { adapter } from "../fixture/capability.ts";
import { copyProject, type ProjectCopy } from "../fixture/project-copy.ts";
import { type Exit, endProcesses, ServerProcess } from "../fixture/server-process.ts";
import type { Overrides } from "../fixture/settings.ts";

interface Row {
  readonly subject: string;
  readonly status: string;
  readonly value: string;
  readonly reason: string;
  readonly next?: string;
}

const isBun = runtimeOf(adapter) === "bun";
const onLinux = process.platform === "linux" ? false : "other systems' malloc is not asked";
/** Small enough for every host that runs the tests. */
const modest: Overrides = { "limits.nofile_min": 64, "server.backlog_max": 16, "limits.connections_max": 32 };

describe("doctor", () => {
  let copy: ProjectCopy;
  before(() => {
    copy = copyProject();
  });
  after(() => {
    endProcesses();
    copy.remove();
  });

  const run = (args: readonly string[], overrides: Overrides = {}, environment = {}): Promise<Exit> => {
    const script = [copy.path("src/doctor.ts"), ...args];
    return new ServerProcess({
      command: isBun ? script : ["run", "--allow-all", ...script],
      cwd: copy.directory,
      directory: copy.directory,
      overrides: { ...modest, ...overrides },
      environment,
    }).exit();
  };
  const rowsOf = async (overrides: Overrides, environment = {}) => {
    const { code, stdout, stderr } = await run(["--json"], overrides, environment);
    const { ready, findings } = JSON.parse(stdout) as { ready: boolean; findings: readonly Row[] };
    const row = (subject: string) => findings.find((finding) => finding.subject === subject);
    return { code, ready, findings, row, stderr };
  };

  it("ends with 0 and text for people on a host that is ready", async () => {
    const { code, stdout, stderr } = await run([]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.match(
      stdout,
      /^ {2}ok +configuration +fastserve\.tuned\.toml; \d+ overridden\n +Every setting is valid\.\n/,
    );
    assert.match(stdout, /^ {2}ok +runtime +(Bun|Deno) \d/m);
    assert.match(stdout, /\nThis host is ready for the plan: 0 problems, \d+ warnings?\.\n$/);
  });

  it("proves the allocator that would serve, by a child", { skip: onLinux }, async () => {
    const { row } = await rowsOf({ "allocator.backend": "system" });
    assert.equal(row("allocator")?.status, "ok");
    const expected = isBun
      ? /^mimalloc 3\.\S+ would serve: linked into Bun: its books grew by a buffer that was made$/
      : /^glibc \S+ would serve: malloc is \S+'s, and its books grew by a buffer that was made$/;
    assert.match(row("allocator")?.value ?? "", expected);
  });

  it("ends with 4 and names what is not as planned, with the next step", async () => {
    const { server, port } = await occupied();
    const { code, ready, row } = await rowsOf({ "limits.nofile_min": 2_000_000_000, "server.port": port });
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual([code, ready], [4, false]);
    assert.deepEqual(row("server.port"), {
      subject: "server.port",
      status: "problem",
      value: `127.0.0.1:${port}`,
      reason: `127.0.0.1:${port} is taken by another process.`,
      next: "set server.port to a free port",
    });
    if (process.platform === "linux") assert.match(row("open files")?.next ?? "", /ulimit -n 2000000000/);
  });

  it("tells a server of this kind that already runs from another program", async () => {
    const { server, port } = await occupied(
      "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n# HELP x\nfastserve_build_info{} 1\n",
    );
    const { row } = await rowsOf({ "admin.port": port });
    server.close();
    assert.equal(row("admin.port")?.status, "warning");
    assert.match(row("admin.port")?.reason ?? "", /^A fastserve server has it/);
  });

  it("refuses an allocator that the environment preloads against the plan", {
    skip: isBun ? "Bun's malloc cannot be replaced" : onLinux,
  }, async () => {
    const { row } = await rowsOf({ "allocator.backend": "system" }, { LD_PRELOAD: "/nowhere/libjemalloc.so.2" });
    assert.equal(row("allocator")?.status, "ok");
    assert.match(row("allocator")?.value ?? "", /\/nowhere\/libjemalloc\.so\.2 is not mapped: the loader ignored it$/);
    assert.match(row("allocator")?.reason ?? "", /names a library that does not serve/);
  });

  it("ends with 2 when the configuration is not valid, and when it is called wrongly", async () => {
    const { code, findings } = await rowsOf({}, { FASTSERVE__WORKERS__COUNT: "many" });
    assert.equal(code, 2);
    assert.deepEqual(
      findings.map(({ subject, status }) => [subject, status]),
      [["configuration", "problem"]],
    );
    assert.match(findings[0]?.value ?? "", /FASTSERVE__WORKERS__COUNT: workers\.count = "many" must be a number\./);
    const wrong = await run(["--jsno"]);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.equal(wrong.stderr, "doctor: --jsno is no option; the only one is --json.\n");
  });
});

/** A listener that gives every connection this answer. */
function occupied(answer = ""): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.once("data", () => socket.end(answer)));
    server.listen({ host: "127.0.0.1", port: 0 }, () =>
      resolve({ server, port: (server.address() as AddressInfo).port }),
    );
  });
}
