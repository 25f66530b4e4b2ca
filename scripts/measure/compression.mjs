/**
 * What node:zlib's compressors cost: time and result of one JSON body at once, by size and level, and the memory of one
 * stream. Run it on each runtime: `bun scripts/measure/compression.mjs`, `deno run -A scripts/measure/compression.mjs`.
 * `... memory KIND` measures one kind of stream in a process of its own, because memory that was freed hides the next one's.
 */
import process from "node:process";
import * as zlib from "node:zlib";

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

function time() {
  for (const kib of [1, 4, 16, 64, 128, 256]) {
    const body = json.slice(0, kib * 1024);
    const cells = Object.entries(kinds).map(([name, { now }]) => {
      const rounds = Math.max(20, Math.round(4000 / kib));
      for (let round = 0; round < rounds / 2; round += 1) now(body);
      const startedMs = performance.now();
      let out;
      for (let round = 0; round < rounds; round += 1) out = now(body);
      const us = ((performance.now() - startedMs) / rounds) * 1000;
      return `${name} ${us.toFixed(0)} us ${((100 * out.length) / body.length).toFixed(0)} %`;
    });
    console.log(`${kib} KiB: ${cells.join(" | ")}`);
  }
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

const [mode, kind] = process.argv.slice(2);
if (mode !== "memory") time();
else if (kind in kinds) await memory(kind);
else console.log(Object.keys(kinds).join("\n"));
