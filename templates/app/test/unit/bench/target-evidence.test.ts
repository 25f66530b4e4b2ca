import assert from "node:assert/strict";
import { test } from "node:test";
import { openNotes } from "../../../bench/cases/http.ts";
import { idleBound } from "../../../bench/cases/idle-bound.ts";
import type { CaseDocument } from "../../../bench/report/document.ts";
import { around, benchWith, caseWith, loadOf, rowOf, sources } from "./target-cases.ts";

const broadcast = (clients: number, deliveries: number, limited_by: CaseDocument["limited_by"]) =>
  rowOf("ws-broadcast", {
    benches: [
      benchWith(
        "ws",
        caseWith(
          "ws/broadcast",
          { deliveries_per_second: around(deliveries), server_cpu_us_per_delivery: around(5) },
          { limited_by, load: loadOf("closed", clients) },
        ),
      ),
    ],
  });

test("targetRows() tell of a broadcast what one CPU could do", () => {
  assert.equal(broadcast(100, 7000, "generator").verdict, "met");
  assert.equal(broadcast(100, 5000, "server").verdict, "missed");
  assert.equal(
    broadcast(100, 5000, "generator").how,
    "median of ws/broadcast; the generator was at its limit, the server was not; by its CPU time the server could do about 200,000/s on 1 CPU",
  );
});

test("targetRows() show nothing by a broadcast to another number of clients", () => {
  for (const clients of [99, 1000]) {
    const { verdict, how } = broadcast(clients, 1_000_000, "server");
    const text = clients === 99 ? "99" : "1,000";
    assert.deepEqual(
      [verdict, how],
      ["not shown", `median of ws/broadcast; 100 clients are promised, ${text} listened`],
    );
  }
});

test("targetRows() count connections as idleBound() lets the bench open them", () => {
  const machine = { platform: "linux", files: 100_000 };
  const row = (wanted: number, admitted: number, files = machine.files) => {
    const limits = { limits: { connections_max: admitted }, websocket: { connections_max: admitted } };
    const { connections, reason } = idleBound(wanted, "http", limits, { ...machine, files });
    const open = caseWith(
      "idle/http-max",
      { connections_count: Array.from({ length: 6 }, () => connections) },
      { limited_by: null, load: loadOf("none", connections) },
    );
    const notes = reason === undefined ? [] : [reason];
    const { verdict, how } = rowOf("idle-connections", {
      connectionsMax: admitted,
      benches: [{ ...benchWith("idle", open), notes }],
    });
    return [verdict, how];
  };
  assert.deepEqual(row(10_000, 20_000), ["met", "median of idle/http-max"]);
  assert.deepEqual(row(10_000, 10_000), ["met", "median of idle/http-max"]);
  assert.deepEqual(row(4096, 4096), ["met", "median of idle/http-max"]);
  assert.deepEqual(row(10_000, 20_000, 1024), [
    "not shown",
    "median of idle/http-max; 768 were opened: a process may have 1024 open files (ulimit -n)",
  ]);
  assert.deepEqual(row(1500, 20_000), [
    "not shown",
    "median of idle/http-max; 1,500 were opened: bench.idle_connections asks for no more",
  ]);
});

test("targetRows() show nothing by half of a rate that was not the server's maximum", () => {
  const half = (json: readonly CaseDocument[]) =>
    rowOf("http-p99", {
      benches: [
        benchWith(
          "http",
          ...json,
          caseWith("http/open-50", { latency_p99_us: around(5000) }, { limited_by: "neither" }),
        ),
      ],
    });
  const verdict = (limited_by: CaseDocument["limited_by"]) =>
    half([caseWith("http/json", { requests_per_second: around(90_000) }, { limited_by })]).verdict;
  assert.deepEqual((["server", "both"] as const).map(verdict), ["met", "met"]);
  assert.deepEqual(([...(["generator", "neither", "unknown"] as const), null] as const).map(verdict), [
    "not shown",
    "not shown",
    "not shown",
    "not shown",
  ]);
  assert.equal(
    half([caseWith("http/json", {}, { limited_by: "generator" })]).how,
    "median of http/open-50; http/json did not find the server's maximum: the generator was at its limit, the server was not",
  );
  assert.equal(half([]).verdict, "not shown");
});

test("openNotes() say whose limit the rate was that is taken parts of, where it was not the server's", () => {
  const whose = (limit: CaseDocument["limited_by"]) => openNotes(1000, limit).slice(1);
  assert.deepEqual([whose("server"), whose("both")], [[], []]);
  assert.deepEqual(whose("neither"), [
    "These are not shown to be parts of the server's maximum: in http/json neither generator nor server was at its limit.",
  ]);
  assert.equal(openNotes(undefined, "server").length, 1);
});

test("targetRows() show no scaling by workers on siblings of one core, and by as many workers as cores all of it", () => {
  const scale = benchWith(
    "scale",
    caseWith("scale/workers-1", { requests_per_second: around(10) }),
    caseWith("scale/workers-4", { requests_per_second: around(26) }),
  );
  const row = (server_cores: number | null) => {
    const pinning = { ...sources.context.pinning, server_cores };
    const { verdict, how } = rowOf("scaling", { benches: [scale], context: { server_cpus: 4, pinning } });
    return [verdict, how];
  };
  const pair = "scale/workers-4 over scale/workers-1, 4 workers, in pairs";
  assert.deepEqual(row(2), ["not shown", `${pair}; its 4 CPUs are 2 cores`]);
  assert.deepEqual(row(1), ["not shown", `${pair}; its 4 CPUs are 1 core`]);
  assert.deepEqual(row(4), ["missed", pair]);
  // Not pinned: nothing is known of cores.
  assert.deepEqual(row(null), ["missed", pair]);
});
