import assert from "node:assert/strict";
import { test } from "node:test";
import { idleBound, whyNoMore } from "../../../bench/cases/idle-bound.ts";
import { parseFileLimit } from "../../../bench/server/open-files.ts";

const config = { limits: { connections_max: 20_000 }, websocket: { connections_max: 8000 } };
const linux = { platform: "linux", files: 100_000 };

const cases: readonly (readonly [
  name: string,
  wanted: number,
  protocol: "http" | "websocket",
  machine: Parameters<typeof idleBound>[3],
  connections: number,
  reason: string | undefined,
])[] = [
  ["nothing, where all fits", 10_000, "http", linux, 10_000, undefined],
  ["limits.connections_max", 30_000, "http", linux, 19_998, "limits.connections_max is 20000"],
  ["websocket.connections_max", 10_000, "websocket", linux, 8000, "websocket.connections_max is 8000"],
  ["open files", 10_000, "http", { ...linux, files: 1024 }, 768, "a process may have 1024 open files (ulimit -n)"],
  ["nothing, where files have no bound", 10_000, "http", { ...linux, files: undefined }, 10_000, undefined],
  [
    "one loopback address",
    19_000,
    "http",
    { ...linux, platform: "darwin" },
    16_000,
    "there is one loopback address on darwin",
  ],
  [
    "too few files for any",
    10_000,
    "http",
    { ...linux, files: 100 },
    0,
    "a process may have 100 open files (ulimit -n)",
  ],
];

for (const [name, wanted, protocol, machine, connections, why] of cases) {
  test(`idleBound() is bound by ${name}`, () => {
    const reason = why && `${connections} connections instead of ${wanted}: ${why}.`;
    assert.deepEqual(idleBound(wanted, protocol, config, machine), { connections, reason });
  });
}

test("whyNoMore() finds the reason of idleBound() among a bench's notes, by the number that was opened", () => {
  const { reason = "" } = idleBound(10_000, "http", config, { ...linux, files: 1024 });
  const notes = ["76 connections instead of 100: another reason.", reason];
  assert.equal(whyNoMore(768, notes), "a process may have 1024 open files (ulimit -n)");
  assert.equal(whyNoMore(10_000, notes), undefined);
});

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            20000                524288               files
Max locked memory         8388608              8388608              bytes
`;

test("parseFileLimit() reads the soft limit", () => {
  assert.equal(parseFileLimit(LIMITS), 20_000);
  assert.equal(parseFileLimit(LIMITS.replace("20000 ", "unlimited ")), undefined);
  assert.equal(parseFileLimit(""), undefined);
});
