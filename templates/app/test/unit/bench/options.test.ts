import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { parseOptions } from "../../../bench/cli/options.ts";
import { choosePinning, parseCpuList, pinServer } from "../../../bench/server/pinning.ts";

const limits = { connectionsMax: 4096, inFlightMax: 1024 };
const standard = {
  connections: 64,
  seconds: 10,
  warmupSeconds: 3,
  path: "/",
  jsonFile: undefined,
  runs: 1,
  generator: "built-in",
};

const accepted: readonly (readonly [args: readonly string[], options: object])[] = [
  [[], {}],
  [["--"], {}],
  [["--connections", "1", "--seconds=3600"], { connections: 1, seconds: 3600 }],
  [["--", "--warmup-seconds", "0", "--runs", "3"], { warmupSeconds: 0, runs: 3 }],
  [["--path=/a?b=c&d=%20", "--json", "out/x.json"], { path: "/a?b=c&d=%20", jsonFile: "out/x.json" }],
  [["--with", "wrk"], { generator: "wrk" }],
  [["--seconds", "1", "--seconds", "2"], { seconds: 2 }],
];

for (const [args, options] of accepted) {
  test(`parseOptions() reads "${args.join(" ")}"`, () => {
    assert.deepEqual(parseOptions(args, limits), { ...standard, ...options });
  });
}

test("parseOptions() opens no more connections by itself than the configuration admits", () => {
  const of = (connectionsMax: number, inFlightMax: number) => parseOptions([], { connectionsMax, inFlightMax });
  assert.deepEqual(of(50, 1024), { ...standard, connections: 50 });
  assert.deepEqual(of(4096, 16), { ...standard, connections: 16 });
});

test("parseOptions() leaves everything else aside when help is asked for", () => {
  assert.equal(parseOptions(["--seconds", "1", "--help", "--nonsense"], limits), "help");
});

const refused: readonly (readonly [args: readonly string[], message: string])[] = [
  [["--connections", "0"], "--connections 0: give a whole number from 1 to 4096 (limits.connections_max)."],
  [["--connections", "4097"], "--connections 4097: give a whole number from 1 to 4096 (limits.connections_max)."],
  [["--seconds", "1.5"], "--seconds 1.5: give a whole number from 1 to 3600."],
  [["--runs", "-1"], "--runs -1: give a whole number from 1 to 100."],
  [["--runs"], "--runs needs a value: --runs N."],
  [["--json", "--runs", "2"], "--json needs a value: --json FILE."],
  [["--json="], "--json needs a value: --json FILE."],
  [["--secnds", "3"], "--secnds is not an option; did you mean --seconds?"],
  [["/users"], "/users is not an option; --help lists them."],
  [["--with", "ab"], "--with ab: only wrk is known; leave the option out for the built-in generator."],
  [["--path", "users"], '--path "users": give a path such as /users/42, percent-encoded, without spaces.'],
  [["--path", "/a\r\nb: c"], '--path "/a\\r\\nb: c": give a path such as /users/42, percent-encoded, without spaces.'],
  [
    ["--seconds", "x", "--wiht", "wrk", "--runs", "0"],
    "--wiht is not an option; did you mean --with?\n--seconds x: give a whole number from 1 to 3600.\n--runs 0: give a whole number from 1 to 100.",
  ],
];

for (const [args, message] of refused) {
  test(`parseOptions() refuses ${JSON.stringify(args.join(" "))}`, () => {
    assert.throws(
      () => parseOptions(args, limits),
      (error: unknown) => {
        assert.ok(error instanceof BenchError);
        assert.deepEqual([error.message, error.exitCode], [message, 2]);
        return true;
      },
    );
  });
}

test("parseCpuList() reads single CPUs and ranges", () => {
  assert.deepEqual(parseCpuList("0"), [0]);
  assert.deepEqual(parseCpuList("0-2,6,8-9"), [0, 1, 2, 6, 8, 9]);
  assert.deepEqual(parseCpuList("?"), []);
});

test("choosePinning() gives the generator the last CPU and the server the others", () => {
  assert.deepEqual(choosePinning("linux", [0, 1, 5]), { pinned: true, serverCpus: [0, 1], generatorCpu: 5 });
  assert.deepEqual(choosePinning("linux", [3]), { pinned: false, reason: "there is only one CPU" });
  assert.deepEqual(choosePinning("linux", []), { pinned: false, reason: "the allowed CPUs are not known" });
  assert.deepEqual(choosePinning("darwin", []), { pinned: false, reason: "there is no taskset on darwin" });
});

test("pinServer() puts taskset before the command only when pinned", () => {
  const pinned = { pinned: true, serverCpus: [0, 2], generatorCpu: 3 } as const;
  assert.deepEqual(pinServer(pinned, ["bun", "x.ts"]), ["taskset", "-c", "0,2", "bun", "x.ts"]);
  assert.deepEqual(pinServer({ pinned: false, reason: "" }, ["bun", "x.ts"]), ["bun", "x.ts"]);
});
