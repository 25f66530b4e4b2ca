/** The settings of features: their values by answers and target, and that they are absent without their feature. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnswerValues } from "../../src/answers/answers.ts";
import { featureNames } from "../../src/answers/choices.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import type { SettingContent } from "../../src/plan/decision.ts";
import { say } from "../../src/plan/reasons.ts";
import { solve } from "../../src/plan/solve.ts";
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

interface Row {
  readonly name: string;
  readonly answers: Partial<AnswerValues>;
  readonly facts?: Partial<FactValues>;
  readonly expected: Readonly<Partial<Record<SettingKey, SettingContent | undefined>>>;
}

const features = featureNames;
/** Those that take no thread, and no memory beside every thread. */
const light = featureNames.filter((name) => name !== "tasks" && name !== "auth");
const withTasks: AnswerValues["features"] = [...light, "tasks"];

const rows: readonly Row[] = [
  {
    name: "only a proxy on the same machine is believed",
    answers: { exposure: "proxy" },
    expected: { "proxy.trusted": ["127.0.0.0/8", "::1/128"], "proxy.header": "x-forwarded-for" },
  },
  {
    name: "who connects directly is believed nothing",
    answers: { exposure: "direct", features },
    expected: { "proxy.trusted": [], "proxy.header": "none", "request_id.accept": false },
  },
  {
    name: "a request id that came along is kept only when somebody says that the proxy sets it",
    answers: { exposure: "proxy", features },
    expected: { "request_id.accept": false, "request_id.header": "x-request-id" },
  },
  {
    name: "throughput compresses at the least effort",
    answers: { exposure: "proxy", objective: "throughput", features },
    expected: { "compression.level": 1 },
  },
  {
    name: "browsers are told to insist on TLS only where the server itself has a real certificate",
    answers: { tls: "files", features },
    expected: { "security_headers.hsts_s": 31_536_000, "security_headers.hsts_subdomains": false },
  },
  {
    name: "a development certificate never locks a host",
    answers: { tls: "dev", features },
    expected: { "security_headers.hsts_s": 0 },
  },
  {
    name: "nothing is said about TLS over plain HTTP",
    answers: { tls: "off", exposure: "proxy", features },
    expected: { "security_headers.hsts_s": 0 },
  },
  {
    name: "data has fewer headers than pages",
    answers: { workload: "api", features: ["security-headers"] },
    expected: {
      "security_headers.content_security_policy": "default-src 'none'; frame-ancestors 'none'",
      "security_headers.permissions_policy": "",
      "security_headers.cross_origin_opener_policy": "",
      "security_headers.nosniff": true,
      "server.trailing_slash": "strict",
    },
  },
  {
    name: "an API that serves a folder of files serves pages",
    answers: { workload: "api", features: ["security-headers", "static-files"] },
    expected: { "security_headers.cross_origin_opener_policy": "same-origin" },
  },
  {
    name: "pages may load from their own site, and forgive a missing slash",
    answers: { workload: "static", features },
    expected: {
      "security_headers.content_security_policy":
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      "security_headers.cross_origin_opener_policy": "same-origin",
      "server.trailing_slash": "redirect",
    },
  },
  {
    name: "a connection is renewed where the adapter can count its requests",
    answers: { runtime: "deno", exposure: "direct" },
    expected: { "limits.requests_per_connection_max": 1000, "limits.url_bytes_max": 8192 },
  },
  {
    name: "and nowhere else",
    answers: { runtime: "bun", exposure: "direct" },
    expected: { "limits.requests_per_connection_max": undefined },
  },
  {
    name: "a handler that reads a large body waits as long as the client may take",
    answers: { workload: "upload", runtime: "deno", exposure: "direct" },
    expected: { "timeouts.handler_ms": 300_000, "timeouts.idle_ms": 60_000 },
  },
  {
    name: "a handler's 503 comes before Bun cuts the silent answer",
    answers: { workload: "upload", runtime: "bun" },
    expected: { "timeouts.handler_ms": 250_000, "timeouts.idle_ms": 255_000 },
  },
  {
    name: "every connection of a server of files may be sent one, whatever its workload is called",
    answers: { workload: "mixed", features: ["static-files"] },
    facts: { cpus: 2, memoryBytes: GiB(24), nofileHard: 20_000 },
    expected: { "limits.connections_max": 7500, "limits.nofile_min": 15_112 },
  },
  {
    name: "and without files none is",
    answers: { workload: "mixed", features: [] },
    facts: { cpus: 2, memoryBytes: GiB(24), nofileHard: 20_000 },
    expected: { "limits.connections_max": 15_000, "limits.nofile_min": 15_112 },
  },
  {
    name: "nobody may read across sites until sites are named",
    answers: { features },
    expected: { "cors.origins": [], "cors.credentials": false, "cors.max_age_s": 7200 },
  },
  {
    name: "scripts may read what the chosen features add",
    answers: { features: ["cors", "request-id"] },
    expected: { "cors.exposed": ["x-request-id"] },
  },
  {
    name: "no password or token is made up",
    answers: { features },
    expected: { "auth.users_file": undefined, "auth.bearer_file": undefined, "auth.realm": "app" },
  },
  {
    name: "one CPU feeds a worker and a thread for CPU-heavy work",
    answers: { features },
    facts: { cpus: 1 },
    expected: { "workers.count": 1, "tasks.threads": 1, "tasks.queue_max": 100 },
  },
  {
    name: "sixteen CPUs give a quarter to CPU-heavy work",
    answers: { features },
    facts: { cpus: 16 },
    expected: { "workers.count": 12, "tasks.threads": 4, "tasks.queue_max": 400, "tasks.deadline_ms": 10_000 },
  },
  {
    name: "memory for six threads of sixteen serves with five",
    answers: { runtime: "deno", features: withTasks },
    facts: { cpus: 16, memoryBytes: MiB(512) },
    expected: { "workers.count": 5, "tasks.threads": 1 },
  },
  {
    name: "passwords, of which each thread may verify one in 16 MiB, leave memory for four",
    answers: { runtime: "deno", features },
    facts: { cpus: 16, memoryBytes: MiB(512) },
    expected: { "workers.count": 3, "tasks.threads": 1, "auth.hashes_max": 1 },
  },
  {
    name: "64 MiB hold a small cache and thousands of clients",
    answers: { runtime: "bun", features: light },
    facts: { cpus: 1, memoryBytes: MiB(64) },
    expected: {
      "cache.zone_bytes": KiB(2432),
      "cache.entry_bytes_max": KiB(38),
      "rate_limit.clients_max": 22_276,
      "rate_limit.in_flight_per_client_max": 60,
      "static.files_max": 460,
      "overload.memory_percent_high": 95,
    },
  },
  {
    name: "a large server's parts stop where more is of no use",
    answers: { workload: "static", features: light },
    facts: { cpus: 16, memoryBytes: GiB(256) },
    expected: {
      "cache.zone_bytes": GiB(1),
      "cache.entry_bytes_max": MiB(1),
      "static.memory_bytes": MiB(64),
      "static.files_max": 100_000,
      "rate_limit.clients_max": 1_048_576,
      "overload.memory_percent_high": 95,
    },
  },
  {
    name: "a quota below one CPU is no overload",
    answers: { objective: "latency", features },
    facts: { cpus: 0.5 },
    expected: { "overload.lag_ms_high": 140, "overload.hold_ms": 5000, "overload.retry_after_s": 5 },
  },
  {
    name: "a server without features holds nothing for them",
    answers: { features: [] },
    expected: {
      "memory.features_bytes": undefined,
      "tasks.threads": undefined,
      "rate_limit.burst": undefined,
      "cors.origins": undefined,
      "request_id.header": undefined,
    },
  },
];

describe("rules of features", () => {
  for (const { name, answers, facts = {}, expected } of rows) {
    it(name, () => {
      const { decisions } = solve(answersWith(answers), factsWith(facts), solveContext);
      const found = Object.keys(expected).map((key) => [key, decisions[key as SettingKey].value]);
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  }

  it("name the feature for whose lack a setting is absent", () => {
    const { decisions } = solve(answersWith({ features: [] }), factsWith(), solveContext);
    assert.equal(say(decisions["cache.zone_bytes"].reason), "The feature response-cache is left out.");
    assert.deepEqual(decisions["cache.zone_bytes"].inputs, { "features.response-cache": false });
  });
});

describe("warningsOf()", () => {
  const codes = (answers: Partial<AnswerValues>) =>
    solve(answersWith(answers), factsWith(), solveContext).warnings.map(({ code }) => code);

  it("says that a proxy must be known where clients are counted", () => {
    assert.ok(codes({ exposure: "proxy", features: ["rate-limit"] }).includes("warn_clients_proxy"));
    assert.ok(codes({ exposure: "proxy", features: ["auth"] }).includes("warn_clients_proxy"));
    assert.ok(!codes({ exposure: "proxy", features: ["cors"] }).includes("warn_clients_proxy"));
    assert.ok(!codes({ exposure: "direct", features: ["rate-limit"] }).includes("warn_clients_proxy"));
  });

  it("names the kernel's hand-over of waiting connections where it saves them, which it does not on Deno.serve", () => {
    assert.ok(codes({ runtime: "bun" }).includes("warn_migrate"));
    assert.ok(codes({ runtime: "deno", exposure: "direct" }).includes("warn_migrate"));
    assert.ok(!codes({ runtime: "deno", exposure: "proxy" }).includes("warn_migrate"));
  });

  it("says that passwords without TLS can be read on the way", () => {
    assert.ok(codes({ exposure: "direct", tls: "off", features: ["auth"] }).includes("warn_auth_clear"));
    assert.ok(!codes({ exposure: "direct", tls: "files", features: ["auth"] }).includes("warn_auth_clear"));
  });
});
