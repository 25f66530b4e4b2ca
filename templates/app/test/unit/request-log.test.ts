import assert from "node:assert/strict";
import { test } from "node:test";
import { requestLog } from "../../src/features/request-log.ts";
import { Context } from "../../src/http/context.ts";
import type { LogFields, Logger } from "../../src/log/logger.ts";
import { installed, pipelineServices } from "../fixture/services.ts";
import { configWith } from "./reference-config.ts";

/** What the feature logs for one answer with this status. */
async function logged(
  requests: "none" | "errors" | "all",
  status: number,
  url = "http://h/path",
): Promise<readonly LogFields[]> {
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
  const { hooks } = await installed(requestLog, configWith(`log.requests = "${requests}"`), { logger });
  const request = new Request(url, { headers: { authorization: "secret" } });
  hooks.observe?.(
    new Context(request, {}, undefined, undefined, pipelineServices()),
    new Response(null, { status }),
    1234.5,
  );
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
  test(`requestLog with log.requests = "${requests}" writes ${lines} lines for ${status}`, async () => {
    assert.equal((await logged(requests, status)).length, lines);
  });
}

test("requestLog writes id, method, path, status and duration, and no query or header", async () => {
  assert.deepEqual(await logged("all", 200, "http://user@h:8080/a/b?token=secret#x"), [
    { id: "id-1", method: "GET", path: "/a/b", status: 200, duration_us: 1235 },
  ]);
});

test("requestLog costs nothing when no request is logged", async () => {
  assert.deepEqual((await installed(requestLog, configWith('log.requests = "none"'))).hooks, {});
});
