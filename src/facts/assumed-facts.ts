/** What is taken for granted where there is no evidence: the cautious choice, with its reason. */

import { GiB, KiB } from "../lib/units.ts";
import { assumed } from "./fact.ts";
import type { Architecture, Fact, FactValues } from "./hardware-facts.ts";

type Os = FactValues["os"];

export function assumedCpus(): Fact<number> {
  return assumed(1, "no CPU count could be read; one is the least there can be");
}

export function assumedMemoryBytes(): Fact<number> {
  return assumed(GiB(1), "no memory size could be read; 1 GiB is a small cloud machine");
}

/**
 * x64 knows only 4 KiB base pages; Apple silicon only 16 KiB; Linux on arm64 has 4 KiB in all major distributions' default
 * kernels, but a kernel may be built for 16 or 64 KiB.
 */
export function assumedPageBytes(os: Os, arch: Architecture): Fact<number> {
  if (os === "darwin" && arch === "arm64") return assumed(KiB(16), "Apple silicon uses 16 KiB pages");
  return assumed(KiB(4), arch === "x64" ? "x64 base pages are 4 KiB" : "most arm64 kernels use 4 KiB pages");
}

export function assumedSmt(): Fact<boolean> {
  return assumed(false, "no topology could be read");
}

export function assumedNumaNodes(): Fact<number> {
  return assumed(1, "no topology could be read; most machines are one node");
}

export function assumedCacheBytes(): Fact<number> {
  return assumed(0, "no cache sizes could be read");
}

/** Deno and Bun need SSE4.2 at most; every x64 CPU since 2011 has it, and every arm64 CPU has Advanced SIMD. */
export function assumedCpuFlags(arch: Architecture): Fact<readonly string[]> {
  return arch === "x64"
    ? assumed(["sse4_2"], "no CPU flags could be read; every x64 CPU since 2011 has SSE4.2")
    : assumed(["asimd"], "no CPU flags could be read; every arm64 CPU has Advanced SIMD");
}

/** 5.10 is the oldest kernel series with long-term support in 2026 (https://www.kernel.org/releases.html). */
export function assumedKernel(): Fact<string> {
  return assumed("5.10.0", "no version could be read; the oldest kernel series that is still maintained");
}

export function assumedLibc(): Fact<"glibc"> {
  return assumed("glibc", "no C library could be seen; most distributions use glibc");
}

export function assumedTransparentHugePages(): Fact<"unsupported"> {
  return assumed("unsupported", "the kernel shows no transparent huge pages");
}

export function assumedHugePages(): Fact<number> {
  return assumed(0, "no huge pages could be seen; none are reserved by default");
}

/**
 * Linux raised its default from 128 to 4096 in 5.4 (Documentation/networking/ip-sysctl.rst); macOS has
 * kern.ipc.somaxconn 128; 200 is the least that Winsock's SOMAXCONN_HINT accepts (listen function, winsock2.h).
 */
export function assumedSomaxconn(os: Os, kernel: string): Fact<number> {
  if (os === "darwin") return assumed(128, "the default of kern.ipc.somaxconn");
  if (os === "win32") return assumed(200, "the least backlog that Winsock can be asked for");
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  const raised = major > 5 || (major === 5 && minor >= 4);
  return assumed(raised ? 4096 : 128, `the kernel's default (${raised ? "since" : "before"} 5.4)`);
}

/** 1024 is the soft default of Linux and systemd; macOS gives 256; Windows has no such limit, the C runtime holds 8192. */
export function assumedNofile(os: Os): Fact<number> {
  if (os === "darwin") return assumed(256, "the default of launchd");
  if (os === "win32") return assumed(8192, "the C runtime's bound; sockets have none");
  return assumed(1024, "the usual soft default");
}

/** 4096 is the kernel's hard default (INR_OPEN_MAX); systemd gives 524288. */
export function assumedNofileHard(os: Os): Fact<number> {
  if (os === "darwin") return assumed(10_240, "OPEN_MAX of macOS");
  if (os === "win32") return assumed(8192, "the C runtime's bound; sockets have none");
  return assumed(4096, "the kernel's hard default; systemd gives more");
}

export function assumedTcpMigrateReq(): Fact<boolean> {
  return assumed(false, "the sysctl could not be read; it is off by default and exists since Linux 5.14");
}
