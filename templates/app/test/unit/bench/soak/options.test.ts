import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "../../../../bench/cli/bench-error.ts";
import { parseSoakOptions, soakHelp } from "../../../../bench/soak/options.ts";
import { phaseAt, scheduleOf } from "../../../../bench/soak/schedule.ts";

const standard = {
  minutes: 10,
  requestsMax: Number.POSITIVE_INFINITY,
  clients: 24,
  seed: 99,
  reloadSeconds: 15,
  rollSeconds: 10,
  paths: [],
  letPassShare: 0.02,
  jsonFile: undefined,
};

const accepted: readonly (readonly [args: readonly string[], options: object])[] = [
  [[], {}],
  [["--minutes", "0.5", "--seed", "0"], { minutes: 0.5, seed: 0 }],
  [["--requests=1000000", "--clients", "8"], { minutes: undefined, requestsMax: 1_000_000, clients: 8 }],
  [["--reload-seconds", "0", "--roll-seconds", "2.5"], { reloadSeconds: 0, rollSeconds: 2.5 }],
  [["--paths", "/,/users/42?a=b", "--let-pass", "50"], { paths: ["/", "/users/42?a=b"], letPassShare: 0.5 }],
  [["--", "--json", "out/x.json"], { jsonFile: "out/x.json" }],
];

for (const [args, options] of accepted) {
  test(`parseSoakOptions() reads "${args.join(" ")}"`, () => {
    assert.deepEqual(parseSoakOptions(args, 99), { ...standard, ...options });
  });
}

const refused: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [["--minutes", "0"], /^--minutes 0: give a number from 0\.02 to 20160\.$/],
  [["--minutes", "1e3"], /--minutes 1e3/],
  [["--clients", "1.5"], /^--clients 1\.5: give a whole number from 1 to 1000\.$/],
  [["--seed", "4294967296"], /--seed/],
  [["--minutes", "1", "--requests", "5"], /give one of them/],
  [["--paths", "/a b"], /percent-encoded/],
  [["--paths", "users"], /give paths such as/],
  [["--let-pass", "1"], /from 2 to 1000/],
  [["--minuts", "1"], /did you mean --minutes/],
];

for (const [args, message] of refused) {
  test(`parseSoakOptions() refuses "${args.join(" ")}"`, () => {
    assert.throws(
      () => parseSoakOptions(args, 99),
      (error) => error instanceof BenchError && error.exitCode === 2 && message.test(error.message),
    );
  });
}

test("parseSoakOptions() reports all mistakes at once, and none when help is asked for", () => {
  assert.throws(() => parseSoakOptions(["--clients", "0", "--seed", "x"], 99), /--clients 0.*\n--seed x/);
  assert.equal(parseSoakOptions(["--clients", "0", "--help"], 99), "help");
  assert.match(soakHelp(), /--roll-seconds N/);
});

test("scheduleOf() gives ten minutes 26 segments with the same workers, a fifth of each at rest", () => {
  const { steadyShare, lengths } = scheduleOf(600, 10);
  assert.ok(Math.abs(steadyShare - 2 / 3) < 1e-12);
  const { loadSeconds, restSeconds } = lengths.steady;
  assert.ok(Math.abs(loadSeconds + restSeconds - 400 / 26) < 1e-9);
  assert.ok(Math.abs(restSeconds - 400 / 26 / 5) < 1e-9);
  assert.ok(Math.abs(scheduleOf(180, 10).lengths.rolling.loadSeconds - (60 / 16 - 120 / 26 / 5)) < 1e-9);
  assert.ok(Math.abs(lengths.rolling.loadSeconds + lengths.rolling.restSeconds - 10) < 1e-9);
});

test("scheduleOf() lets segments become a minute at most, and so long as to hold some load at least", () => {
  assert.deepEqual(scheduleOf(86_400, 10).lengths.steady, { loadSeconds: 54, restSeconds: 6 });
  assert.deepEqual(scheduleOf(2, 1).lengths.steady, { loadSeconds: 0.2, restSeconds: 0.1 });
  assert.deepEqual(scheduleOf(undefined, 10).lengths.steady, { loadSeconds: 8, restSeconds: 2 });
});

test("phaseAt() replaces workers in the last third, and never when that is switched off", () => {
  const phases = [0, 0.6, 0.67, 0.99].map((share) => phaseAt(scheduleOf(600, 10), share));
  assert.deepEqual(phases, ["steady", "steady", "rolling", "rolling"]);
  assert.equal(phaseAt(scheduleOf(600, 0), 0.99), "steady");
});
