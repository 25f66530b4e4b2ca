/**
 * What every release wrote: a few projects each, recorded once by scripts/record-release.ts and never changed again.
 * A project made by any release must come to the present one without losing anything, so these are what an upgrade is
 * tried on.
 *
 * All projects of a release are one archive, for most of their files are the same; Brotli with its large window finds
 * that, and that a base text equals its file.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { type Archive, packTar, unpackTar } from "./tar.ts";

const folder = import.meta.dirname ?? ".";
const ENDING = ".tar.br";
/** Of the window, as a power of two: 32 MiB hold all projects of a release. */
const WINDOW_BITS = 25;

/**
 * The flags that make each project, beside the directory, which is its name. A release that spells a flag otherwise, or
 * has another default, changes them here to what gives the recorded answers.
 */
export const recordedProjects: Readonly<Record<string, readonly string[]>> = {
  "bun-proxy-realtime": [
    "--runtime=bun",
    "--exposure=proxy",
    "--workload=realtime",
    "--deploy=docker",
    "--target=aws-t4g-small",
    "--package-manager=bun",
  ],
  "deno-direct-upload": [
    "--runtime=deno",
    "--exposure=direct",
    "--workload=upload",
    "--deploy=systemd",
    "--target=hetzner-cx23",
    "--package-manager=deno",
  ],
};

/** Versions that there is a recording of. */
export const recordedVersions: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(ENDING))
  .map((name) => name.slice(0, -ENDING.length))
  .sort();

export function archivePath(version: string): string {
  return join(folder, version + ENDING);
}

export function pack(files: Archive): Uint8Array {
  const tar = packTar(files);
  return brotliCompressSync(tar, {
    params: {
      [constants.BROTLI_PARAM_LARGE_WINDOW]: 1,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: tar.length,
    },
  });
}

/** Every file of a release's projects; a path begins with the project's name. */
export function filesOf(version: string): Archive {
  const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
  return unpackTar(brotliDecompressSync(readFileSync(archivePath(version)), { params }));
}

/** The projects of a recording: an early one lacks those that were thought of later. */
export function projectsIn(files: Archive): readonly string[] {
  return [...new Set([...files.keys()].map((path) => path.slice(0, path.indexOf("/"))))];
}

/** Lays out one of them below `parent`, as the release wrote it. */
export function layOut(files: Archive, project: string, parent: string): string {
  for (const [path, { content, executable }] of files) {
    if (!path.startsWith(`${project}/`)) continue;
    mkdirSync(dirname(join(parent, path)), { recursive: true });
    writeFileSync(join(parent, path), content);
    chmodSync(join(parent, path), executable ? 0o755 : 0o644);
  }
  return join(parent, project);
}
