/** The kernel's version and limits, and the C library above it. */

import {
  assumedKernel,
  assumedLibc,
  assumedNofile,
  assumedNofileHard,
  assumedSomaxconn,
  assumedTcpMigrateReq,
} from "./assumed-facts.ts";
import { detected, firstEvidence } from "./fact.ts";
import { NOFILE_MAX, NOFILE_MIN, SOMAXCONN_MAX } from "./fact-bounds.ts";
import type { Architecture, Fact, FactValues, Libc } from "./hardware-facts.ts";
import type { HostSnapshot } from "./host-snapshot.ts";
import { parseCount } from "./parse-text.ts";

type Os = FactValues["os"];

export const OSRELEASE = "/proc/sys/kernel/osrelease";
const SOMAXCONN = "/proc/sys/net/core/somaxconn";
const TCP_MIGRATE_REQ = "/proc/sys/net/ipv4/tcp_migrate_req";
const LIMITS = "/proc/self/limits";
const NR_OPEN = "/proc/sys/fs/nr_open";
const MAPS = "/proc/self/maps";

/** Default of fs.nr_open, which bounds an "unlimited" number of files (Documentation/admin-guide/sysctl/fs.rst). */
const NR_OPEN_DEFAULT = 1_048_576;

/** "6.1.0" of "6.1.0-18-amd64": what follows the numbers names a build, not a capability. */
export function kernelFact(snapshot: HostSnapshot): Fact<string> {
  return firstEvidence(
    [
      { value: versionOf(snapshot.files[OSRELEASE]), source: OSRELEASE },
      { value: versionOf(snapshot.node.release), source: "os.release()" },
    ],
    assumedKernel(),
  );
}

/** Musl's loader in the process's own mappings is the proof; that it lies on the disk is the next best. */
export function libcFact(snapshot: HostSnapshot, os: Os, arch: Architecture): Fact<Libc> {
  if (os !== "linux") return detected("none", "only Linux has a choice of C library");
  const maps = snapshot.files[MAPS] ?? "";
  const musl = muslLoader(arch);
  return firstEvidence<Libc>(
    [
      { value: /\/ld-musl-|\/libc\.musl-/.test(maps) ? "musl" : undefined, source: MAPS },
      { value: /\/libc\.so\.6|\/libc-2\.\d+\.so|\/ld-linux-/.test(maps) ? "glibc" : undefined, source: MAPS },
      { value: snapshot.node.glibcVersion ? "glibc" : undefined, source: "process.report" },
      { value: snapshot.present.includes(musl) ? "musl" : undefined, source: musl },
    ],
    assumedLibc(),
  );
}

export function muslLoader(arch: Architecture): string {
  return arch === "x64" ? "/lib/ld-musl-x86_64.so.1" : "/lib/ld-musl-aarch64.so.1";
}

export function somaxconnFact(snapshot: HostSnapshot, os: Os, kernel: string): Fact<number> {
  const value = parseCount(snapshot.files[SOMAXCONN], 1, SOMAXCONN_MAX);
  return firstEvidence([{ value, source: SOMAXCONN }], assumedSomaxconn(os, kernel));
}

/** On Node the soft limit reads as the hard one: Node raises its own at start, and so do Bun and Deno. */
export function nofileFact(snapshot: HostSnapshot, os: Os): Fact<number> {
  return firstEvidence([{ value: readNofile(snapshot)?.soft, source: LIMITS }], assumedNofile(os));
}

export function nofileHardFact(snapshot: HostSnapshot, os: Os): Fact<number> {
  return firstEvidence([{ value: readNofile(snapshot)?.hard, source: LIMITS }], assumedNofileHard(os));
}

export function tcpMigrateReqFact(snapshot: HostSnapshot): Fact<boolean> {
  const value = parseCount(snapshot.files[TCP_MIGRATE_REQ], 0, 1);
  return firstEvidence(
    [{ value: value === undefined ? undefined : value === 1, source: TCP_MIGRATE_REQ }],
    assumedTcpMigrateReq(),
  );
}

/** The line "Max open files  SOFT  HARD  files"; a soft limit above the hard one is nonsense as a whole. */
function readNofile(snapshot: HostSnapshot): { soft: number; hard: number } | undefined {
  const match = /^Max open files\s+(\S+)\s+(\S+)\s/m.exec(snapshot.files[LIMITS] ?? "");
  const unlimited = parseCount(snapshot.files[NR_OPEN], NOFILE_MIN, NOFILE_MAX) ?? NR_OPEN_DEFAULT;
  const [soft, hard] = [match?.[1], match?.[2]].map((word) =>
    word === "unlimited" ? unlimited : parseCount(word, NOFILE_MIN, NOFILE_MAX),
  );
  return soft !== undefined && hard !== undefined && soft <= hard ? { soft, hard } : undefined;
}

function versionOf(text: string | undefined): string | undefined {
  const match = /^(\d{1,4})\.(\d{1,5})(?:\.(\d{1,6}))?/.exec(text?.trim() ?? "");
  return match ? `${Number(match[1])}.${Number(match[2])}.${Number(match[3] ?? 0)}` : undefined;
}
