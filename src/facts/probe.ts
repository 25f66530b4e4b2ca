/**
 * Reads this machine. The only file of this stage that touches it: everything that is concluded from what is read
 * happens in factsFromSnapshot(), so that any host can be replayed from a recorded snapshot.
 */
import { closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { KiB } from "../lib/units.ts";
import { factsFromSnapshot } from "./facts-from-snapshot.ts";
import type { HardwareFacts } from "./hardware-facts.ts";
import type { HostSnapshot, RuntimeKnowledge } from "./host-snapshot.ts";
import { derivedFiles, fixedFiles, type Keep, marks, smapsFile } from "./snapshot-files.ts";

/** Bound of one file: /proc/cpuinfo of 512 CPUs is 800 KB, of which the first block is enough. */
const FILE_BYTES_MAX = KiB(512);
/** Lines kept of one file: node hosts can have thousands of mounts, and only the few that match count. */
const LINES_MAX = 256;
/** The auxiliary vector is about 400 bytes and names the page size in its first half; of a table only the head counts. */
const BINARY_BYTES_MAX = 512;

/** The facts of this machine, as this process may use it. Never throws: what cannot be read is `assumed`. */
export function probe(): HardwareFacts {
  return factsFromSnapshot(snapshot());
}

/** What the facts are made of; to be recorded where a host is read wrongly. */
export function snapshot(): HostSnapshot {
  const files: Record<string, string> = {};
  const scratch = Buffer.alloc(FILE_BYTES_MAX);
  // macOS and Windows have none of these files, and a lookalike there (MSYS has a /proc) would mislead.
  if (process.platform === "linux") {
    readInto(files, Object.entries(fixedFiles), scratch);
    if (files["/proc/self/auxv"] === undefined) readInto(files, Object.entries(smapsFile), scratch);
    const derived = derivedFiles(files).map((path) => [path, "all"] as const);
    readInto(files, derived, scratch);
  }
  return {
    os: process.platform,
    arch: process.arch,
    files,
    present: process.platform === "linux" ? marks.filter((path) => attempt(() => existsSync(path))) : [],
    node: runtimeKnowledge(files["/proc/self/maps"] === undefined),
  };
}

function readInto(files: Record<string, string>, wanted: readonly (readonly [string, Keep])[], scratch: Buffer): void {
  for (const [path, keep] of wanted) {
    const bytes = readStart(path, scratch);
    if (bytes) files[path] = textOf(bytes, keep);
  }
}

/** The file's first bytes, as a view of `scratch`; undefined when the file is absent or unreadable, which is normal for all of them. */
function readStart(path: string, scratch: Buffer): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    // Not blocking: a named pipe in the place of one of the files must not stop the program.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    let length = 0;
    // The kernel's files have no size and may come in pieces: read until the end.
    while (length < scratch.length) {
      const count = readSync(descriptor, scratch, length, scratch.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return scratch.subarray(0, length);
  } catch {
    // Absent, not permitted, or unsupported by this kernel: no evidence, and the parsers go on to the next.
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function textOf(bytes: Buffer, keep: Keep): string {
  if (keep === "hexadecimal") return bytes.subarray(0, BINARY_BYTES_MAX).toString("hex");
  const text = bytes.toString("utf8");
  if (keep === "all") return text;
  const lines = text.split(/[\n\0]/);
  // Cut at the bound, the last line may be half a line.
  if (bytes.length === FILE_BYTES_MAX) lines.pop();
  const kept = new Set<string>();
  for (const line of lines) {
    const match = keep.exec(line);
    if (match && kept.size < LINES_MAX) kept.add(match[1] ?? line);
  }
  return [...kept].map((line) => `${line}\n`).join("");
}

function runtimeKnowledge(askForLibc: boolean): RuntimeKnowledge {
  const glibcVersion = askForLibc ? glibcVersionOfReport() : undefined;
  const constrainedMemory = attempt(() => process.constrainedMemory?.());
  return {
    availableParallelism: attempt(availableParallelism) ?? 0,
    cpuCount: attempt(cpus)?.length ?? 0,
    totalmem: attempt(totalmem) ?? 0,
    release: attempt(release) ?? "",
    ...(constrainedMemory === undefined ? {} : { constrainedMemory }),
    ...(glibcVersion === undefined ? {} : { glibcVersion }),
  };
}

/** The report also looks at network interfaces, which can take seconds; only its header is wanted. */
function glibcVersionOfReport(): string | undefined {
  return attempt(() => {
    Object.assign(process.report, { excludeNetwork: true });
    const report: unknown = process.report.getReport();
    const header = report && typeof report === "object" && "header" in report ? report.header : undefined;
    if (!header || typeof header !== "object" || !("glibcVersionRuntime" in header)) return undefined;
    return typeof header.glibcVersionRuntime === "string" ? header.glibcVersionRuntime : undefined;
  });
}

/** Other runtimes implement node:os in parts, and sandboxes forbid some of it; then there is no evidence. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
