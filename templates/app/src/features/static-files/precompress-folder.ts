/**
 * Makes the compressed siblings of a folder's files, once, before the server starts: at the highest effort, which no
 * request could wait for.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { isCompressible, savesEnough } from "./compressible.ts";
import { type SiblingKind, siblingKinds } from "./siblings.ts";

export interface Precompressed {
  /** Files that are worth compressing. */
  readonly files: number;
  readonly bytes: number;
  readonly byCoding: readonly {
    readonly extension: string;
    readonly made: number;
    readonly kept: number;
    readonly bytes: number;
  }[];
}

/** Zstandard's window that every browser accepts is 8 MiB (RFC 9659). */
const ZSTD_WINDOW_LOG = 23;

const compressors: Readonly<Record<SiblingKind["extension"], ((bytes: Uint8Array) => Uint8Array) | undefined>> = {
  ".br": (bytes) =>
    zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  ".zst": zstd(),
  ".gz": (bytes) => zlib.gzipSync(bytes, { level: 9 }),
};

interface Zstd {
  readonly zstdCompressSync?: (bytes: Uint8Array, options: object) => Uint8Array;
}

/** undefined: this runtime has none. */
function zstd(): ((bytes: Uint8Array) => Uint8Array) | undefined {
  const { zstdCompressSync } = zlib as Zstd;
  const { ZSTD_c_compressionLevel: level, ZSTD_c_windowLog: window } = zlib.constants as Record<string, number>;
  if (!zstdCompressSync || level === undefined || window === undefined) return undefined;
  return (bytes) => zstdCompressSync(bytes, { params: { [level]: 19, [window]: ZSTD_WINDOW_LOG } });
}

export function precompressFolder(root: string): Precompressed {
  const files = compressible(root);
  const byCoding = siblingKinds.map(({ extension }) => {
    const compress = compressors[extension];
    const tally = { extension, made: 0, kept: 0, bytes: 0 };
    if (!compress) return tally;
    for (const file of files) {
      const outcome = sibling(file, extension, compress);
      tally[outcome.isNew ? "made" : "kept"] += outcome.bytes === 0 ? 0 : 1;
      tally.bytes += outcome.bytes;
    }
    return tally;
  });
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0), byCoding };
}

interface Candidate {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Hidden files and links are left alone: the former are not served, the latter's targets are compressed themselves. */
function compressible(folder: string): Candidate[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".") && entry.name !== ".well-known") return [];
      if (entry.isDirectory()) return compressible(path);
      if (!entry.isFile()) return [];
      const { size, mtimeMs } = statSync(path);
      return isCompressible(entry.name, size) ? [{ path, bytes: size, modifiedMs: mtimeMs }] : [];
    });
}

/** `bytes` is 0 where a sibling would not pay; one that was there then goes. */
function sibling(
  file: Candidate,
  extension: string,
  compress: (bytes: Uint8Array) => Uint8Array,
): { readonly isNew: boolean; readonly bytes: number } {
  const path = file.path + extension;
  const before = statSync(path, { throwIfNoEntry: false });
  if (before && before.mtimeMs >= file.modifiedMs) return { isNew: false, bytes: before.size };
  const compressed = compress(readFileSync(file.path));
  if (!savesEnough(compressed.length, file.bytes)) {
    rmSync(path, { force: true });
    return { isNew: false, bytes: 0 };
  }
  // Renamed into place: a server that reads it meanwhile sees the earlier one or the whole new one.
  const temporary = `${file.path}.precompress~`;
  writeFileSync(temporary, compressed);
  renameSync(temporary, path);
  return { isNew: true, bytes: compressed.length };
}
