import assert from "node:assert/strict";
import { test } from "node:test";
import { launchCommand, serverHost, settingVariables } from "../../../bench/server/launch-command.ts";
import { parseMetrics, sumOf } from "../../../bench/server/read-metrics.ts";
import { benchSettings } from "../../../bench/server/server-process.ts";
import { startedLineIn } from "../../../bench/server/started-line.ts";
import { LAUNCH_VARIABLE } from "../../../src/config/launch-facts.ts";
import { readHost } from "../../../src/control/host.ts";
import { load } from "../reference-config.ts";

const started =
  '{"level":"info","message":"started","allocator":"mimalloc","allocator_version":"3.5.3","url":"http://127.0.0.1:4711","admin_url":"http://127.0.0.1:4712","notes":"2 workers share 1 CPU."}';

test("startedLineIn() finds both ports among other lines", () => {
  assert.deepEqual(startedLineIn(`plain text\n{"message":"static files"}\n${started}\n{"message":"req`), {
    dataPort: 4711,
    adminPort: 4712,
    allocator: "mimalloc 3.5.3",
    notes: "2 workers share 1 CPU.",
  });
});

test("startedLineIn() waits for the line's end, and takes no other line for it", () => {
  assert.equal(startedLineIn(started), undefined);
  assert.equal(startedLineIn(started.slice(0, 40)), undefined);
  assert.equal(startedLineIn('{"level":"info","message":"starting"}\n'), undefined);
  assert.equal(startedLineIn(""), undefined);
});

test("startedLineIn() leaves out what the server does not know", () => {
  const line = '{"message":"started","allocator":"glibc","url":"http://[::1]:80","admin_url":"http://127.0.0.1:1"}\n';
  assert.deepEqual(startedLineIn(line), { dataPort: 80, adminPort: 1, allocator: "glibc", notes: "" });
});

const page = `# HELP fastserve_cache_requests_total Requests.
# TYPE fastserve_cache_requests_total counter
fastserve_cache_requests_total{result="hit"} 10
fastserve_cache_requests_total{result="miss"} 2.5
fastserve_cache_requests_total_other 7
fastserve_ready 1
`;

test("parseMetrics() reads samples by name and labels, and sumOf() adds those of one name", () => {
  const metrics = parseMetrics(page);
  assert.equal(metrics.size, 4);
  assert.equal(metrics.get('fastserve_cache_requests_total{result="hit"}'), 10);
  assert.equal(sumOf(metrics, "fastserve_cache_requests_total"), 12.5);
  assert.equal(sumOf(metrics, "fastserve_ready"), 1);
  assert.equal(sumOf(metrics, "fastserve_absent"), undefined);
});

test("serverHost() has the CPUs that the server is pinned to, and no more than the quota", () => {
  const host = { ...readHost(), cpus: 3.5 };
  const pinned = (...serverCpus: number[]) =>
    ({ pinned: true, serverCpus, serverCores: serverCpus.length, generatorCpus: [9] }) as const;
  assert.deepEqual(serverHost(host, pinned(0, 1)), { ...host, cpus: 2 });
  assert.equal(serverHost(host, pinned(0, 1, 2, 3)).cpus, 3.5);
  assert.equal(serverHost(host, { pinned: false, reason: "a test" }).cpus, 3.5);
});

test("launchCommand() tells the server of the host that it is given", () => {
  const { config } = load("");
  const parts = { directory: ".", config, main: "main.ts", args: [], settings: {} };
  const { environment } = launchCommand({ ...parts, host: { ...readHost(), cpus: 77 } });
  assert.match(environment[LAUNCH_VARIABLE] ?? "", /"cpus":77\b/);
});

test("benchSettings() is taken by the configuration, and changes no log that is written", () => {
  const chatty = load('[log]\nlevel = "info"\nrequests = "all"\n').config;
  assert.equal(load("", settingVariables(benchSettings(chatty))).config.tls.mode, "off");
  assert.equal(benchSettings(chatty)["log.requests"], undefined);
  // Lines of requests have the level that the ports' line needs: they would be written for the bench alone.
  const quiet = load('[log]\nlevel = "warn"\nrequests = "all"\n').config;
  assert.equal(benchSettings(quiet)["log.level"], "info");
  assert.equal(benchSettings(quiet)["log.requests"], "none");
});
