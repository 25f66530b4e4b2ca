/**
 * The three content codings, at once and as a stream, all by node:zlib: it has each of them on both runtimes, while
 * Deno's CompressionStream lacks Zstandard and no CompressionStream can be flushed.
 *
 * Windows are 256 KiB (2^18): a reply seldom refers further back, and the window is most of a stream's memory. One stream
 * takes, by level, 0.3 MiB (gzip, any level), 0.6 to 3.4 MiB (Brotli), 0.5 to 3 MiB (Zstandard); measured with
 * scripts/measure/compression.mjs, in line with zlib's own formula of 256 KiB for deflate (zconf.h).
 */
import * as zlib from "node:zlib";
import type { ContentCoding } from "../../http/accept-encoding.ts";

/** The part of a zlib stream that is used; the three classes share no type of their own. */
export interface Engine {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): void;
  destroy(): void;
  /** Sends what is held back, so that the other side can read up to here. */
  flushNow(done: () => void): void;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

export interface Coding {
  readonly name: ContentCoding;
  /** Blocks the thread meanwhile; strings are taken as UTF-8. */
  now(body: string | Uint8Array): Uint8Array;
  stream(): Engine;
}

interface Options {
  readonly level?: number;
  readonly params?: Readonly<Record<number, number>>;
}

/** Zstandard's part of node:zlib, which the types of Node 20 do not have yet. */
interface Zstandard {
  zstdCompressSync(body: string | Uint8Array, options: Options): Uint8Array;
  createZstdCompress(options: Options): FlushableStream;
}
const zstandard = zlib as unknown as Zstandard;

type FlushableStream = Omit<Engine, "flushNow"> & {
  flush(kind: number, done: () => void): void;
};

const WINDOW_LOG = 18;
/** zstd.h: ZSTD_c_compressionLevel, ZSTD_c_windowLog, ZSTD_e_flush. */
const ZSTD_LEVEL = 100;
const ZSTD_WINDOW_LOG = 101;
const ZSTD_FLUSH = 1;

/**
 * Brotli's quality and Zstandard's level that take about as long as gzip's level, which is the index; 0 is none.
 * Measured on 64 KiB of JSON with scripts/measure/compression.mjs: at level 1 all three take 0.1 to 0.4 ms and
 * Zstandard and Brotli leave little more than half of what gzip leaves. Zstandard ends at 6: 9 takes 11 MiB a stream.
 */
const brotliQualities = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] as const;
const zstdLevels = [1, 1, 2, 3, 4, 5, 5, 6, 6, 6] as const;

/**
 * In the order of preference where a client has none: what takes the least time for the smallest result comes first.
 *
 * @param level gzip's, 1 to 9
 */
export function codings(level: number): readonly Coding[] {
  const gzip = { level };
  const brotli = {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: brotliQualities[level] ?? 1,
      [zlib.constants.BROTLI_PARAM_LGWIN]: WINDOW_LOG,
    },
  };
  const zstd = { params: { [ZSTD_LEVEL]: zstdLevels[level] ?? 1, [ZSTD_WINDOW_LOG]: WINDOW_LOG } };
  return [
    {
      name: "zstd",
      now: (body) => zstandard.zstdCompressSync(body, zstd),
      stream: () => engine(zstandard.createZstdCompress(zstd), ZSTD_FLUSH),
    },
    {
      name: "br",
      now: (body) => zlib.brotliCompressSync(body, brotli),
      stream: () => engine(zlib.createBrotliCompress(brotli), zlib.constants.BROTLI_OPERATION_FLUSH),
    },
    {
      name: "gzip",
      now: (body) => zlib.gzipSync(body, gzip),
      stream: () => engine(zlib.createGzip(gzip), zlib.constants.Z_SYNC_FLUSH),
    },
  ];
}

function engine(stream: unknown, flushKind: number): Engine {
  const flushable = stream as FlushableStream;
  return Object.assign(flushable, { flushNow: (done: () => void) => flushable.flush(flushKind, done) });
}
