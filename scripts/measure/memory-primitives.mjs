/**
 * Measures what the server's own memory code rests on, on both runtimes side by side: an arena's offsets against a view
 * per allocation, and log lines encoded one by one against a batch encoded once. `node scripts/measure/memory-primitives.mjs`
 * writes docs/measurements/memory-primitives.{json,md}; the same file is the program that each runtime runs.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

const ROUNDS = 15;
const OPERATIONS = 200_000;
const LINE =
  '{"time":"2026-01-01T00:00:00.000Z","level":"info","thread":"worker-0","message":"request","status":200}\n';
const LINES_PER_BATCH = 512;

const inRuntime = globalThis.Bun !== undefined || globalThis.Deno !== undefined;
if (inRuntime) console.log(JSON.stringify(measureAll()));
else report();

function measureAll() {
  const buffer = new Uint8Array(64 * 1024);
  const encoder = new TextEncoder();
  const cases = {
    arena_offset_ns: () => bump(buffer, (at) => at),
    arena_view_ns: () => bump(buffer, (at) => buffer.subarray(at, at + 64).length),
    log_line_alone_ns: () => lines(buffer, encoder, 1),
    log_line_batched_ns: () => lines(buffer, encoder, LINES_PER_BATCH),
  };
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  // Interleaved, so that a slow moment of the machine falls on all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(cases)) results[name].push(run());
  }
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, median(values)]));
}

/** Allocations of 64 bytes from the front, starting again when the buffer is full; ns per allocation. */
function bump(buffer, use) {
  let used = 0;
  let sum = 0;
  const startedMs = performance.now();
  for (let count = 0; count < OPERATIONS; count += 1) {
    if (used + 64 > buffer.length) used = 0;
    sum += use(used);
    used += 64;
  }
  const ns = ((performance.now() - startedMs) * 1e6) / OPERATIONS;
  if (sum === 0) throw new Error("nothing was allocated");
  return ns;
}

/** ns per line, for lines joined as one string and encoded `batch` at a time. */
function lines(buffer, encoder, batch) {
  const total = 20_480;
  const startedMs = performance.now();
  for (let line = 0; line < total; line += batch) {
    let text = "";
    for (let index = 0; index < batch; index += 1) text += LINE + String(line % 10);
    encoder.encodeInto(text, buffer);
  }
  return ((performance.now() - startedMs) * 1e6) / total;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function report() {
  const self = fileURLToPath(import.meta.url);
  const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
  const run = (command, args) => JSON.parse(execFileSync(command, [...args, self], { encoding: "utf8" }));
  const figures = {
    bun: run(path("node_modules/bun/bin/bun.exe"), ["run"]),
    deno: run(path("node_modules/deno/deno"), ["run", "--allow-all"]),
  };
  const date = new Date().toISOString().slice(0, 10);
  const hardware = { cpu: cpus()[0]?.model ?? "unknown", cpus: cpus().length, kernel: release().split("-")[0] };
  const folder = path("docs/measurements");
  writeFileSync(
    `${folder}/memory-primitives.json`,
    `${JSON.stringify({ schema: 1, date, hardware, rounds: ROUNDS, figures }, undefined, 2)}\n`,
  );
  const rows = Object.keys(figures.bun).map(
    (name) =>
      `| ${name.replace(/_ns$/, "").replaceAll("_", " ")} | ${figures.bun[name].toFixed(1)} | ${figures.deno[name].toFixed(1)} |`,
  );
  writeFileSync(
    `${folder}/memory-primitives.md`,
    [
      "# Memory primitives",
      "",
      `Measured on ${date} by \`scripts/measure/memory-primitives.mjs\`: ${hardware.cpu}, ${hardware.cpus} CPUs; median of ${ROUNDS}`,
      "interleaved rounds, nanoseconds per operation. Ratios between the rows are the fact, not the figures.",
      "",
      "| operation | Bun | Deno |",
      "|---|---:|---:|",
      ...rows,
      "",
    ].join("\n"),
  );
}
