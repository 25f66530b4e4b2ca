import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { type BenchOptions, helpText, parseOptions } from "../../../bench/cli/options.ts";
import { load } from "../reference-config.ts";

const { config: loaded } = load(`
[limits]
connections_max = 4096
body_bytes_max = 1_000_000

[bench]
runs = 7
seconds = 5
warmup_seconds = 4
connections = 128
pipeline = 8
idle_connections = 2000
socket_clients = 50
upload_bytes = 4096
sessions = 300
cached_requests = 200
`);

/** Whatever adapter this project has. */
const config = { ...loaded, limits: { ...loaded.limits, requests_per_connection_max: 0 } };

const sizes = {
  runs: 7,
  seconds: 5,
  warmup_seconds: 4,
  connections: 128,
  pipeline: 8,
  idle_connections: 2000,
  socket_clients: 50,
  upload_bytes: 4096,
  sessions: 300,
  cached_requests: 200,
};

const standard = {
  names: [],
  sizes,
  path: "/",
  generator: "built-in",
  jsonFile: undefined,
  htmlFile: undefined,
  against: undefined,
  imageFile: undefined,
  quick: false,
  list: false,
};

const accepted: readonly (readonly [args: readonly string[], options: object])[] = [
  [[], {}],
  [["--"], {}],
  [["ws", "http", "ws"], { names: ["ws", "http"] }],
  [["--runs", "2", "http", "--list"], { names: ["http"], sizes: { ...sizes, runs: 2 }, list: true }],
  [["--connections", "1", "--seconds=0.25"], { sizes: { ...sizes, connections: 1, seconds: 0.25 } }],
  [["--", "--warmup-seconds", "0", "--pipeline", "64"], { sizes: { ...sizes, warmup_seconds: 0, pipeline: 64 } }],
  [
    ["--idle-connections", "4096", "--socket-clients", "1", "--upload-bytes", "1000000"],
    { sizes: { ...sizes, idle_connections: 4096, socket_clients: 1, upload_bytes: 1_000_000 } },
  ],
  [["--sessions", "1", "--cached-requests", "1"], { sizes: { ...sizes, sessions: 1, cached_requests: 1 } }],
  [["--path=/a?b=c&d=%20", "--json", "out/x.json"], { path: "/a?b=c&d=%20", jsonFile: "out/x.json" }],
  [
    ["--html", "x.html", "--against", "last", "--image", "i.tar"],
    { htmlFile: "x.html", against: "last", imageFile: "i.tar" },
  ],
  [["--with", "h2load"], { generator: "h2load" }],
  [["--seconds", "1", "--seconds", "2"], { sizes: { ...sizes, seconds: 2 } }],
  [["--quick"], { quick: true, sizes: { ...sizes, runs: 1, seconds: 1, warmup_seconds: 0.5 } }],
  [["--seconds", "3", "--quick"], { quick: true, sizes: { ...sizes, runs: 1, seconds: 3, warmup_seconds: 0.5 } }],
];

for (const [args, options] of accepted) {
  test(`parseOptions() reads "${args.join(" ")}"`, () => {
    const { compare: _, ...read } = parseOptions(args, config) as BenchOptions;
    assert.deepEqual(read, { ...standard, ...options });
  });
}

test("parseOptions() leaves everything else aside when help is asked for", () => {
  assert.equal(parseOptions(["--seconds", "1", "--help", "--nonsense"], config), "help");
});

test("parseOptions() refuses h2load alone where the server closes connections after some requests", () => {
  const limited = { ...config, limits: { ...config.limits, requests_per_connection_max: 1000 } };
  assert.throws(
    () => parseOptions(["--with", "h2load"], limited),
    /^BenchError: --with h2load: it opens no connection again that the server closes, which here is after 1000 requests \(limits\.requests_per_connection_max\); use wrk, or leave the option out\.$/,
  );
  assert.equal((parseOptions(["--with", "wrk"], limited) as BenchOptions).generator, "wrk");
});

test("helpText() shows every size with the plan's value", () => {
  const help = helpText(config);
  for (const [name, value] of Object.entries(sizes)) {
    const flag = `--${name.replaceAll("_", "-")}`;
    const row = help.split("\n").find((line) => line.startsWith(`  ${flag} `));
    assert.ok(row?.endsWith(`; ${value}`), `${flag}: ${row}`);
  }
});

const refused: readonly (readonly [args: readonly string[], message: string])[] = [
  [["htpp"], "htpp is not a bench; did you mean http?"],
  [
    ["everything"],
    "everything is not a bench; there are http, ws, static, cache, upload, idle, start, sessions, alloc, scale, compare.",
  ],
  [["--connections", "0"], "--connections 0: give a whole number from 1 to 4096 (limits.connections_max)."],
  [["--connections", "4097"], "--connections 4097: give a whole number from 1 to 4096 (limits.connections_max)."],
  [
    ["--upload-bytes", "1000001"],
    "--upload-bytes 1000001: give a whole number from 1 to 1000000 (limits.body_bytes_max).",
  ],
  [["--runs", "1.5"], "--runs 1.5: give a whole number from 1 to 100."],
  [["--seconds", "0"], "--seconds 0: give a number from 0.1 to 3600."],
  [["--seconds", "1e3"], "--seconds 1e3: give a number from 0.1 to 3600."],
  [["--runs", "-1"], "--runs -1: give a whole number from 1 to 100."],
  [["--runs"], "--runs needs a value: --runs N."],
  [["--json", "--runs", "2"], "--json needs a value: --json FILE."],
  [["--json="], "--json needs a value: --json FILE."],
  [["--quick=1"], "--quick takes no value."],
  [["--secnds", "3"], "--secnds is not an option; did you mean --seconds?"],
  [["-x"], "-x is not an option; --help lists them."],
  [
    ["--with", "ab"],
    "--with ab: built-in, wrk, oha, h2load are known; leave the option out for the built-in generator.",
  ],
  [["--path", "users"], '--path "users": give a path such as /users/42, percent-encoded, without spaces.'],
  [["--path", "/a\r\nb: c"], '--path "/a\\r\\nb: c": give a path such as /users/42, percent-encoded, without spaces.'],
  [
    ["--seconds", "x", "--wiht", "wrk", "htp", "--runs", "0"],
    "--wiht is not an option; did you mean --with?\nhtp is not a bench; did you mean http?\n--runs 0: give a whole number from 1 to 100.\n--seconds x: give a number from 0.1 to 3600.",
  ],
];

for (const [args, message] of refused) {
  test(`parseOptions() refuses ${JSON.stringify(args.join(" "))}`, () => {
    assert.throws(
      () => parseOptions(args, config),
      (error: unknown) => {
        assert.ok(error instanceof BenchError);
        assert.deepEqual([error.message, error.exitCode], [message, 2]);
        return true;
      },
    );
  });
}
