/**
 * What node:zlib's compressors cost: time and result of one JSON body at once, by size and level, and the memory of one
 * stream. Run it on each runtime: `bun scripts/measure/compression.mjs`, `deno run -A scripts/measure/compression.mjs`.
 * `... memory KIND` measures one kind of stream in a process of its own, because memory that was freed hides the next one's.
 * `node scripts/measure/compression.mjs write` does all of it on Bun and Deno, takes about two minutes and writes
 * docs/measurements/compression.{json,md}; with kinds behind it, only these, and only where MEASURE_OUTPUT says.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { hardware } from "./hardware.mjs";
import { outputFolder, writesFigures } from "./output-folder.mjs";
import { printCompression } from "./print-compression.mjs";
import { programs, runtimeVersions } from "./programs.mjs";

const WINDOW_LOG = 18;
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants;
// zstd.h: ZSTD_c_compressionLevel and ZSTD_c_windowLog.
const brotli = (quality) => ({ params: { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_LGWIN]: WINDOW_LOG } });
const zstd = (level) => ({ params: { 100: level, 101: WINDOW_LOG } });

const kinds = {};
for (const level of [1, 4, 6, 9]) {
  kinds[`gzip-${level}`] = {
    now: (body) => zlib.gzipSync(body, { level }),
    stream: () => zlib.createGzip({ level }),
  };
}
for (const quality of [1, 2, 3, 4, 5]) {
  kinds[`br-${quality}`] = {
    now: (body) => zlib.brotliCompressSync(body, brotli(quality)),
    stream: () => zlib.createBrotliCompress(brotli(quality)),
  };
}
for (const level of [1, 3, 4, 6, 9]) {
  kinds[`zstd-${level}`] = {
    now: (body) => zlib.zstdCompressSync(body, zstd(level)),
    stream: () => zlib.createZstdCompress(zstd(level)),
  };
}

const rows = Array.from({ length: 8000 }, (_, index) => ({
  id: index,
  name: `user ${(index * 7919) % 10_007}`,
  email: `u${index}@example.org`,
  tags: ["a", "bc", String(index % 97)],
  score: Math.sin(index),
}));
const json = JSON.stringify(rows);

const SIZES_KIB = [1, 4, 16, 64, 128, 256];

/** One computation, again and again: what a batch takes longer than the shortest is the machine's, and none of the coding's. */
const BATCHES = 5;

function timeOf(name, kib) {
  const { now } = kinds[name];
  const body = json.slice(0, kib * 1024);
  const rounds = Math.ceil(Math.max(20, 4000 / kib) / BATCHES);
  for (let round = 0; round < rounds * 2; round += 1) now(body);
  let out;
  const batches = Array.from({ length: BATCHES }, () => {
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) out = now(body);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / rounds;
  });
  return { us: Math.round(Math.min(...batches)), percent: Math.round((100 * out.length) / body.length) };
}

function time() {
  for (const kib of SIZES_KIB) {
    const cells = Object.keys(kinds).map((name) => {
      const { us, percent } = timeOf(name, kib);
      return `${name} ${us} us ${percent} %`;
    });
    console.log(`${kib} KiB: ${cells.join(" | ")}`);
  }
}

/** The same for the program that gathers it: by kind, then by size. */
function timesAsJson(names) {
  const times = names.map((name) => [name, Object.fromEntries(SIZES_KIB.map((kib) => [kib, timeOf(name, kib)]))]);
  console.log(JSON.stringify(Object.fromEntries(times)));
}

function write(chosen) {
  const names = chosen.length === 0 ? Object.keys(kinds) : chosen;
  const result = {
    schema: 1,
    date: new Date().toISOString().slice(0, 10),
    hardware: hardware(),
    runtimes: runtimeVersions(),
    windowBytes: 2 ** WINDOW_LOG,
    times: {},
    streamKiB: {},
  };
  for (const runtime of ["bun", "deno"]) {
    process.stderr.write(`${runtime}\n`);
    const [program, ...args] = programs[runtime];
    const run = (...more) =>
      execFileSync(program, [...args, fileURLToPath(import.meta.url), ...more], { encoding: "utf8" });
    result.times[runtime] = JSON.parse(run("times", ...names));
    const kibOf = (name) => Number(/: (-?\d+) KiB/.exec(run("memory", name))?.[1]);
    result.streamKiB[runtime] = Object.fromEntries(names.map((name) => [name, kibOf(name)]));
  }
  const text = printCompression(result);
  console.log(text);
  if (!writesFigures(chosen)) return;
  writeFileSync(`${outputFolder()}/compression.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/compression.md`, text);
}

/** Bytes that compress like text and do not repeat within the window. */
function textLike(bytes) {
  const chunk = new Uint8Array(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    chunk[at] = 97 + ((state >> 16) % 20);
  }
  return chunk;
}

async function memory(kind) {
  const chunk = textLike(512 * 1024);
  const kept = [];
  const open = async (count) => {
    for (let index = 0; index < count; index += 1) {
      const stream = kinds[kind].stream();
      stream.on("data", () => undefined);
      await new Promise((resolve) => stream.write(chunk, resolve));
      await new Promise((resolve) => stream.flush(resolve));
      kept.push(stream);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  await open(5);
  const before = process.memoryUsage().rss;
  await open(60);
  const kib = (process.memoryUsage().rss - before) / 60 / 1024;
  console.log(`${kind}: ${kib.toFixed(0)} KiB for each of ${kept.length} open streams`);
  process.exit();
}

const [mode, kind, ...others] = process.argv.slice(2);
const chosen = kind === undefined ? [] : [kind, ...others];
if (mode === "write") write(chosen);
else if (mode === "times") timesAsJson(chosen);
else if (mode !== "memory") time();
else if (kind in kinds) await memory(kind);
else console.log(Object.keys(kinds).join("\n"));
