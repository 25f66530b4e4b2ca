import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLog } from "../../src/features/request-log.ts";
import type { LogFields, Logger } from "../../src/log/logger.ts";
import { createZones, workerZones, type ZoneShape } from "../../src/zones/zones.ts";
import { configWith } from "./reference-config.ts";

const shape: ZoneShape = { workers: 1, latencySteps: 8, inFlightMax: 1, bodiesBytesMax: 1024, socketsMax: 1 };

/** What the feature logs for one answer with this status. */
function logged(requests: "none" | "errors" | "all", status: number, url = "http://h/path"): readonly LogFields[] {
  const lines: LogFields[] = [];
  const nothing = () => undefined;
  const logger: Logger = {
    enabled: () => true,
    debug: nothing,
    info: (_message, fields = {}) => lines.push(fields),
    warn: nothing,
    error: nothing,
    flushNow: nothing,
    stats: () => ({ lines: 0, dropped: 0, batchHighBytes: 0 }),
  };
  const zones = workerZones(createZones(shape), shape, 0);
  const hooks = requestLog.install({ config: configWith(`log.requests = "${requests}"`), zones, logger });
  hooks.observe?.(new Request(url, { headers: { authorization: "secret" } }), new Response(null, { status }), 1234.5);
  return lines;
}

const rows: readonly (readonly [requests: "none" | "errors" | "all", status: number, lines: number])[] = [
  ["none", 500, 0],
  ["errors", 200, 0],
  ["errors", 499, 0],
  ["errors", 500, 1],
  ["errors", 503, 1],
  ["all", 204, 1],
  ["all", 404, 1],
];
for (const [requests, status, lines] of rows) {
  test(`requestLog with log.requests = "${requests}" writes ${lines} lines for ${status}`, () => {
    assert.equal(logged(requests, status).length, lines);
  });
}

test("requestLog writes method, path, status and duration, and no query or header", () => {
  assert.deepEqual(logged("all", 200, "http://user@h:8080/a/b?token=secret#x"), [
    { method: "GET", path: "/a/b", status: 200, duration_us: 1235 },
  ]);
});

test("requestLog costs nothing when no request is logged", () => {
  const zones = workerZones(createZones(shape), shape, 0);
  const logger = {} as Logger;
  assert.deepEqual(requestLog.install({ config: configWith('log.requests = "none"'), zones, logger }), {});
});
