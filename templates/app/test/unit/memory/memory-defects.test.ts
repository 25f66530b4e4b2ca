import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryReport, reportLeaks } from "../../../src/data/memory-defects.ts";
import { MemoryError } from "../../../src/memory/memory-error.ts";
import { counter } from "../../../src/zones/counters.ts";
import { recordingLogger } from "../../fixture/recording-logger.ts";
import { unitMemory, unitZones } from "../../fixture/services.ts";

test("memoryReport() logs misuse with its code, and failed hooks, and counts both as handlers' errors", () => {
  const { logger, lines } = recordingLogger();
  const { counters } = unitZones();
  const report = memoryReport(logger, counters);
  report(new MemoryError("WRITE_OUTSIDE", "a sentence"));
  report("no error object");
  assert.equal(counters[counter.handlerErrors], 2);
  assert.deepEqual(
    lines.map(({ level, message, fields }) => [level, message, fields.code, String(fields.error).split("\n")[0]]),
    [
      ["error", "owned memory was misused", "WRITE_OUTSIDE", "MemoryError: a sentence"],
      ["error", "a cleanup hook of a request's arena failed", undefined, "no error object"],
    ],
  );
});

test("reportLeaks() logs who did not give back, how often, and where it was taken; nothing when all came back", () => {
  const { logger, lines } = recordingLogger();
  const memory = unitMemory({ "memory.debug": true });
  const pool = memory.pool("body", { max: 1, bytesEach: 8, make: () => new Uint8Array(8) });
  const taken = [pool.take(), pool.take()];
  reportLeaks(memory, logger);
  const [line] = lines;
  assert.deepEqual(
    [lines.length, line?.level, line?.message, line?.fields.owner, line?.fields.count],
    [1, "error", "owned memory was not given back", "body", 2],
  );
  assert.match(String(line?.fields.taken_at), /memory-defects\.test\.ts/);
  for (const item of taken) pool.give(item);
  reportLeaks(memory, logger);
  assert.equal(lines.length, 1);
});
