import assert from "node:assert/strict";
import { test } from "node:test";
import { DriftWatch } from "../../../src/control/drift-watch.ts";
import { type HostReading, readHost } from "../../../src/control/host.ts";
import { load, tunedText } from "../reference-config.ts";

const GIB = 1024 ** 3;
const tuned = `${tunedText}
[target]
cpu_millis = 2000
cpu_millis_low = 2000
cpu_millis_high = 2999
memory_bytes = ${GIB}
`;
const host: HostReading = { ...readHost(() => undefined), missing: "", cpus: 2, memoryBytes: GIB };

function watch(first: Partial<HostReading>, launchHost: HostReading | undefined = host) {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      lines.push([level, message, fields.drift, fields.next].filter((part) => part !== undefined).join(" | "));
    };
  let current = { ...host, ...first };
  const drift = new DriftWatch({
    loaded: load("", {}, tuned),
    logger: { info: write("info"), warn: write("warn") },
    launchHost,
    readHost: () => current,
  });
  drift.start();
  drift.stop();
  const become = (changes: Partial<HostReading>) => {
    current = { ...host, ...changes };
    drift.look();
  };
  return { drift, lines, become };
}

test("DriftWatch says nothing of a host that is as planned", () => {
  const { drift, lines } = watch({});
  assert.deepEqual([lines, drift.notes], [[], []]);
});

test("DriftWatch says each change once, with the command that plans for this host", () => {
  const { drift, lines, become } = watch({ cpus: 4 });
  become({ cpus: 4 });
  const said =
    "warn | this host is not what the plan was made for | workers.count: planned for 2 CPUs, this host grants 4 | npx create-fastserve retune --target this";
  assert.deepEqual(lines, [said]);
  assert.deepEqual(drift.notes, ["workers.count: planned for 2 CPUs, this host grants 4"]);
  become({});
  assert.deepEqual(lines.slice(1), ["info | this host is what the plan was made for again"]);
  assert.deepEqual(drift.notes, []);
});

test("DriftWatch leaves the log of memory to the budget's watch, and tells it where it is asked", () => {
  const { drift, lines } = watch({ memoryBytes: 2 * GIB });
  assert.deepEqual(lines, []);
  assert.deepEqual(drift.notes, ["memory.limit_bytes: planned for 1024 MiB of memory, this host grants 2048"]);
});

test("DriftWatch takes the launch's reading where this process may not read", () => {
  const { drift } = watch({ missing: "restricted", cpus: 2 }, { ...host, cpus: 8 });
  assert.deepEqual(drift.notes, ["workers.count: planned for 2 CPUs, this host grants 8"]);
});

test("DriftWatch tells people nothing of a plain start, and its rows to the metrics", () => {
  const lines: string[] = [];
  const drift = new DriftWatch({
    loaded: load("", {}, tuned),
    logger: { info: (message) => void lines.push(message), warn: (message) => void lines.push(message) },
    launchHost: undefined,
    readHost: () => ({ ...host, cpus: 64 }),
  });
  drift.start();
  drift.stop();
  assert.deepEqual([lines, drift.notes], [[], []]);
  assert.equal(drift.latest[0]?.verdict, "drift");
});
