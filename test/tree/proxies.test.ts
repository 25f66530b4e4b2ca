import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { root } from "../../scripts/test-stages.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { proxyView } from "../../src/tree/proxy-view.ts";
import { render } from "../../src/tree/render.ts";
import { factsOfCase, planOf, REFERENCE } from "./golden-cases.ts";
import { manyPlans } from "./many-plans.ts";

const folder = mkdtempSync(join(tmpdir(), "fastserve-proxies-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function rendered(name: "nginx.conf" | "haproxy.cfg", plan: Plan): string {
  const template = readFileSync(join(root, "templates", "text", `${name}.hbs`), "utf8");
  return render(name, template, proxyView(plan));
}

const checks = {
  "nginx.conf": (file: string) =>
    spawnSync("nginx", ["-t", "-q", "-p", folder, "-e", "stderr", "-g", `pid ${join(folder, "pid")};`, "-c", file], {
      encoding: "utf8",
    }),
  "haproxy.cfg": (file: string) => spawnSync("haproxy", ["-c", "-q", "-f", file], { encoding: "utf8" }),
} as const;

function without(program: string): string | false {
  return spawnSync(program, ["-v"]).status === 0 ? false : `${program} is not installed`;
}

/** The server's own catalogue on Deno.serve behind this proxy. */
function attackThrough(program: string, file: string, ...options: readonly string[]) {
  const run = ["run", "-A", "--unstable-net", "--no-check", "--config", "deno.json", "test/attack/main.ts"];
  const attack = [...run, "--through", program, "--config", file, "--json", ...options];
  return spawnSync(join(root, "node_modules", "deno", "deno"), attack, {
    cwd: join(root, "templates", "app"),
    encoding: "utf8",
  });
}

/** Hosts that the server would take; each must end at the proxy. */
const refusedHosts = ["host-twice-case", "host-question", "host-at-password", "host-port-slash", "host-port-large"];

describe("configurations of the proxies", () => {
  for (const [name, program] of [
    ["nginx.conf", "nginx"],
    ["haproxy.cfg", "haproxy"],
  ] as const) {
    it(`${name} passes ${program}'s own check for many plans`, { skip: without(program) }, async () => {
      const texts = new Map<string, string>();
      // Plans that differ in nothing that the proxy is told are checked once.
      for (const [plan, value] of await manyPlans()) texts.set(rendered(name, value), plan);
      assert.ok(texts.size >= 8, `only ${texts.size} different configurations`);
      const file = join(folder, name);
      for (const [text, plan] of texts) {
        writeFileSync(file, text);
        const { status, stderr } = checks[name](file);
        assert.equal(status, 0, `${plan}: ${stderr}`);
      }
    });
  }

  for (const [name, program] of [
    ["nginx.conf", "nginx"],
    ["haproxy.cfg", "haproxy"],
  ] as const) {
    it(`${program} and the server see the same requests, whatever is sent`, { skip: without(program) }, async () => {
      const plan = await planOf({ runtime: "deno", workload: "api", exposure: "proxy" }, factsOfCase(REFERENCE));
      const file = join(folder, `attacked-${name}`);
      writeFileSync(file, rendered(name, plan));
      const { status, stdout, stderr } = attackThrough(program, file);
      assert.equal(status, 0, `${stdout}${stderr}`);
      const { cases, forwarded, handled, desyncs } = JSON.parse(stdout);
      assert.deepEqual(desyncs, []);
      // Each case is followed by one valid request, and many begin with one.
      assert.ok(handled > cases && forwarded >= handled, `${forwarded} passed on, ${handled} seen`);
    });
  }

  for (const [name, program] of [
    ["nginx.conf", "nginx"],
    ["haproxy.cfg", "haproxy"],
  ] as const) {
    it(`${program} passes no Host on that is none`, { skip: without(program) }, async () => {
      const plan = await planOf({ runtime: "deno", workload: "api", exposure: "proxy" }, factsOfCase(REFERENCE));
      const file = join(folder, `hosts-${name}`);
      writeFileSync(file, rendered(name, plan));
      const cases = refusedHosts.flatMap((id) => ["--case", id]);
      const { status, stdout, stderr } = attackThrough(program, file, ...cases);
      assert.equal(status, 0, `${stdout}${stderr}`);
      // What is left is the one valid request behind each case.
      const { cases: count, forwarded, handled } = JSON.parse(stdout);
      assert.deepEqual([count, forwarded, handled], [refusedHosts.length, refusedHosts.length, refusedHosts.length]);
    });
  }

  it("carry the plan's limits", async () => {
    const answers = { runtime: "deno", workload: "api", exposure: "proxy" };
    const plan = await planOf(answers, factsOfCase(REFERENCE));
    const connections = plan.decisions["limits.connections_max"].value;
    const bodyBytes = plan.decisions["limits.body_bytes_max"].value;
    const nginx = rendered("nginx.conf", plan);
    assert.ok(nginx.includes(`limit_conn all ${Math.min(Number(connections), 65_535)};`));
    assert.ok(nginx.includes(`client_max_body_size ${bodyBytes};`));
    assert.ok(nginx.includes("proxy_set_header X-Forwarded-For $remote_addr;"));
    const haproxy = rendered("haproxy.cfg", plan);
    assert.ok(haproxy.includes(`maxconn ${connections}`));
    assert.ok(haproxy.includes(`gt ${bodyBytes} }`));
    assert.ok(haproxy.includes("set-header X-Forwarded-For %[src]"));
  });

  it("leave WebSockets their connections beside the requests", async () => {
    const plan = await planOf({ runtime: "bun", workload: "realtime", exposure: "proxy" }, factsOfCase(REFERENCE));
    const [all, requests, sockets] = (
      ["limits.connections_max", "limits.in_flight_max", "websocket.connections_max"] as const
    ).map((key) => Number(plan.decisions[key].value));
    assert.ok(Number(sockets) > Number(requests));
    const lines = rendered("haproxy.cfg", plan).split("\n");
    const server = lines.find((line) => line.startsWith("  server server "));
    assert.match(server ?? "", new RegExp(` maxconn ${Math.min(Number(all), Number(requests) + Number(sockets))} `));
  });
});
