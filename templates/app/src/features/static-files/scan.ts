/**
 * Finds the files below the root. Runs in the control plane, at start and at each reload.
 *
 * Synchronous calls in slices: they are several times cheaper per file than promises, and between slices the event loop
 * turns, because in inline mode it serves requests too. Links are followed only within the root.
 */
import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, sep } from "node:path";
import { type FileStamp, stampOf } from "../../runtime/file-stamp.ts";
import { isHidden, isName } from "./request-key.ts";

export interface FoundFile {
  /** The name that it is served under. */
  readonly key: string;
  /** Where it lies, below the root; differs from the key behind a symbolic link. */
  readonly path: string;
  readonly stamp: FileStamp;
}

/** What is not served, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Scan {
  readonly root: string;
  readonly files: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
  /** There are more files than may be known by name. */
  readonly overflow: boolean;
}

/** Time after which a scan lets the event loop turn: below what anybody notices. */
const SLICE_MS = 8;
/** Folders within folders; more is a mistake, or a loop of links. */
const DEPTH_MAX = 64;
/** Skipped files that are named; a folder full of them must not fill memory or log. */
const SKIPPED_MAX = 20;

interface Walk {
  readonly root: string;
  readonly filesMax: number;
  readonly files: FoundFile[];
  readonly skipped: Skipped[];
  sliceEndMs: number;
}

/** @throws Error when the root cannot be read */
export async function scan(folder: string, filesMax: number): Promise<Scan> {
  const root = realpathSync(folder);
  const walk: Walk = { root, filesMax, files: [], skipped: [], sliceEndMs: performance.now() + SLICE_MS };
  const complete = await walkFolder(walk, root, "", [root]);
  return { root, files: walk.files, skipped: walk.skipped, overflow: !complete };
}

/** @param chain the real folders on the way here. Returns false when there are too many files. */
async function walkFolder(walk: Walk, folder: string, prefix: string, chain: readonly string[]): Promise<boolean> {
  // By name, so that every scan of the same files is the same.
  const names = readdirSync(folder).sort();
  for (const name of names) {
    if (performance.now() > walk.sliceEndMs) await nextTurn(walk);
    const key = prefix + name;
    if (isHidden(name)) continue;
    // U+FFFD stands where a name is not UTF-8: no request can spell it.
    if (!isName(key) || name.includes("\uFFFD")) {
      skip(walk, key, "its name cannot be part of a URL");
      continue;
    }
    if (!(await visit(walk, join(folder, name), key, chain))) return false;
  }
  return true;
}

async function visit(walk: Walk, path: string, key: string, chain: readonly string[]): Promise<boolean> {
  const target = resolved(walk, path, key);
  if (!target) return true;
  const { real, stats } = target;
  if (stats.isFile()) {
    if (walk.files.length >= walk.filesMax) return false;
    const relative = real.slice(walk.root.length + 1).replaceAll(sep, "/");
    walk.files.push({ key, path: relative, stamp: stampOf(stats) });
    return true;
  }
  if (!stats.isDirectory()) skip(walk, key, "it is neither a file nor a folder");
  else if (chain.includes(real)) skip(walk, key, "it links to a folder that it lies in");
  else if (chain.length > DEPTH_MAX) skip(walk, key, `it lies deeper than ${DEPTH_MAX} folders`);
  else return walkFolder(walk, real, `${key}/`, [...chain, real]);
  return true;
}

/** The file behind a path, when that lies within the root. */
function resolved(walk: Walk, path: string, key: string): { readonly real: string; readonly stats: Stats } | undefined {
  try {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) return { real: path, stats };
    const real = realpathSync(path);
    if (real.startsWith(walk.root + sep)) {
      // What the name hides, a link must not show.
      if (!isHidden(real.slice(walk.root.length + 1).replaceAll(sep, "/"))) return { real, stats: statSync(real) };
      skip(walk, key, "it links to a hidden file");
    } else {
      skip(walk, key, "it links out of the folder");
    }
  } catch (error) {
    skip(walk, key, error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

function skip(walk: Walk, path: string, reason: string): void {
  if (walk.skipped.length < SKIPPED_MAX) walk.skipped.push({ path, reason });
}

function nextTurn(walk: Walk): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      walk.sliceEndMs = performance.now() + SLICE_MS;
      resolve();
    });
  });
}
