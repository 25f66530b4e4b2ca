/**
 * Measures what the server's own memory code rests on, on each runtime: fresh buffers against an arena and a pool, text
 * encoded into a new buffer against one that is there, responses of text against responses of bytes, and log lines
 * encoded one by one against a batch. Nanoseconds per operation, in one thread, without anything around it.
 *
 * `node scripts/measure/memory-primitives.mjs` takes about three minutes and writes
 * docs/measurements/memory-primitives.{json,md}; the same file is the program that each runtime runs.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hardware } from "./hardware.mjs";
import { outputFolder } from "./output-folder.mjs";
import { spread } from "./spread.mjs";

const ROUNDS = process.env.MEASURE_SMOKE ? 1 : 15;
/** Trying the script out takes a part of the operations. */
const PART = process.env.MEASURE_SMOKE ? 1 / 20 : 1;
/** Operations of one round: some 50 ms of the dearest case, thousands of times what the clock tells apart. */
const OPERATIONS = 200_000;
const LARGE_OPERATIONS = 20_000;
/** On Node a response takes as long as 100 do elsewhere. */
const RESPONSES = 10_000;
/** Rounds before the engine has compiled a case and its heap has grown. */
const WARM_UP_ROUNDS = 2;
const ARENA_BYTES = 64 * 1024;
const LINE =
  '{"time":"2026-01-01T00:00:00.000Z","level":"info","thread":"worker-0","message":"request","status":200}\n';
const LINES_PER_BATCH = 512;
const LINES = 20_480;
/** 340 characters of ASCII, as a small JSON answer is. */
const JSON_TEXT = JSON.stringify({ id: 42, name: "Ada Lovelace", notes: "a small answer. ".repeat(20) })
  .padEnd(340)
  .slice(0, 340);

/** By name: what is measured, how people call it, and how often it is done in a round. */
const cases = {
  buffer_256_ns: { title: "new Uint8Array(256)", run: (count) => buffers(count, 256) },
  buffer_4096_ns: { title: "new Uint8Array(4096)", run: (count) => buffers(count, 4096) },
  buffer_65536_ns: {
    title: "new Uint8Array(65536)",
    operations: LARGE_OPERATIONS,
    run: (count) => buffers(count, 65_536),
  },
  arena_offset_ns: { title: "arena, offset only", run: (count) => bump(count, (_arena, at) => at) },
  arena_view_ns: {
    title: "arena, a view (subarray)",
    run: (count) => bump(count, (arena, at) => arena.subarray(at, at + 64).length),
  },
  pool_ns: { title: "pool of buffers, take and give back", run: pooled },
  encode_ns: { title: "TextEncoder.encode of 340 characters", run: encode },
  encode_into_ns: { title: "TextEncoder.encodeInto an arena", run: encodeInto },
  response_text_ns: {
    title: "new Response of 4 KiB of text",
    operations: RESPONSES,
    run: (count) => responses(count, "x".repeat(4096)),
  },
  response_bytes_ns: {
    title: "new Response of 4 KiB of bytes",
    operations: RESPONSES,
    run: (count) => responses(count, new Uint8Array(4096).fill(120)),
  },
  log_line_alone_ns: { title: "log line, encoded alone", operations: LINES, run: (count) => lines(count, 1) },
  log_line_batched_ns: {
    title: `log line, encoded ${LINES_PER_BATCH} at a time`,
    operations: LINES,
    run: (count) => lines(count, LINES_PER_BATCH),
  },
};

/** What a case makes is kept here, so that no engine finds that nobody needs it. */
let kept;

if (process.argv[2] === "measure") console.log(JSON.stringify(measureAll()));
else report();

function measureAll() {
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  // Interleaved, so that a slow moment of the machine falls on all of them.
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const [name, { run, operations = OPERATIONS }] of Object.entries(cases)) {
      collect();
      const startedMs = performance.now();
      kept = run(operations * PART);
      const ns = ((performance.now() - startedMs) * 1e6) / (operations * PART);
      if (round >= 0) results[name].push(ns);
    }
  }
  if (kept === undefined) throw new Error("the last case made nothing");
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, spread(values)]));
}

/** What a case leaves behind would be collected in the next one's time. */
function collect() {
  if (globalThis.Bun) globalThis.Bun.gc(true);
  else globalThis.gc();
}

function buffers(count, bytes) {
  let last;
  for (let index = 0; index < count; index += 1) {
    last = new Uint8Array(bytes);
    last[0] = index;
  }
  return last;
}

/** Allocations of 64 bytes from the front, starting again when the arena is full. */
function bump(count, use) {
  const arena = new Uint8Array(ARENA_BYTES);
  let used = 0;
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    if (used + 64 > arena.length) used = 0;
    sum += use(arena, used);
    used += 64;
  }
  return sum;
}

function pooled(count) {
  const free = Array.from({ length: 64 }, () => new Uint8Array(4096));
  let last;
  for (let index = 0; index < count; index += 1) {
    last = free.pop();
    last[0] = index;
    free.push(last);
  }
  return last;
}

function encode(count) {
  const encoder = new TextEncoder();
  let last;
  for (let index = 0; index < count; index += 1) last = encoder.encode(JSON_TEXT);
  return last;
}

function encodeInto(count) {
  const encoder = new TextEncoder();
  const arena = new Uint8Array(ARENA_BYTES);
  let written = 0;
  for (let index = 0; index < count; index += 1) written += encoder.encodeInto(JSON_TEXT, arena).written;
  return written;
}

function responses(count, body) {
  let last;
  for (let index = 0; index < count; index += 1) last = new Response(body);
  return last;
}

/** Lines joined as one text and encoded `batch` at a time. */
function lines(count, batch) {
  const encoder = new TextEncoder();
  const arena = new Uint8Array(ARENA_BYTES);
  let written = 0;
  for (let line = 0; line < count; line += batch) {
    let text = "";
    for (let index = 0; index < batch; index += 1) text += LINE + String(line % 10);
    written += encoder.encodeInto(text, arena).written;
  }
  return written;
}

function report() {
  const self = fileURLToPath(import.meta.url);
  const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const run = (command, args) =>
    JSON.parse(execFileSync(command, [...args, self, "measure"], { encoding: "utf8", maxBuffer: 2 ** 20 }));
  const figures = {
    bun: run(path("node_modules/bun/bin/bun.exe"), ["run"]),
    deno: run(path("node_modules/deno/deno"), ["run", "--allow-all", "--v8-flags=--expose-gc"]),
    node: run(process.execPath, ["--expose-gc"]),
  };
  const date = new Date().toISOString().slice(0, 10);
  const machine = hardware();
  const result = { schema: 2, date, hardware: machine, rounds: ROUNDS, figures };
  const cell = ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}-${max.toFixed(1)})`;
  const rows = Object.entries(cases).map(
    ([name, { title }]) =>
      `| ${title} | ${["bun", "deno", "node"].map((runtime) => cell(figures[runtime][name])).join(" | ")} |`,
  );
  const text = [
    "# Memory primitives",
    "",
    `Measured on ${date} by \`scripts/measure/memory-primitives.mjs\`: ${machine.cpu}, ${machine.cpus} CPUs, Linux ${machine.kernel}; nanoseconds`,
    `per operation, median and range of ${ROUNDS} interleaved rounds. Ratios between the rows are the fact, not the figures.`,
    "",
    "| operation | Bun | Deno | Node |",
    "|---|---:|---:|---:|",
    ...rows,
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(`${outputFolder()}/memory-primitives.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/memory-primitives.md`, text);
}
