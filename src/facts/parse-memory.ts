/**
 * Memory, its limit and its pages. The limit is the tightest of the process's groups; a limit above the machine's
 * memory is none, whatever number the kernel writes for "unlimited".
 */

import { KiB } from "../lib/units.ts";
import {
  assumedHugePages,
  assumedMemoryBytes,
  assumedPageBytes,
  assumedTransparentHugePages,
} from "./assumed-facts.ts";
import { groupsAreKnown } from "./cgroup-groups.ts";
import { memoryEvidence } from "./cgroup-limits.ts";
import { assumed, detected, firstEvidence, tightest } from "./fact.ts";
import { HUGE_PAGES_MAX, MEMORY_MAX_BYTES, MEMORY_MIN_BYTES, PAGE_MAX_BYTES, PAGE_MIN_BYTES } from "./fact-bounds.ts";
import type { Architecture, Fact, FactValues, TransparentHugePages } from "./hardware-facts.ts";
import type { HostSnapshot } from "./host-snapshot.ts";
import { chosenWord, field, kilobytesField, parseCount } from "./parse-text.ts";

const MEMINFO = "/proc/meminfo";
const AUXV = "/proc/self/auxv";
const SMAPS = "/proc/self/smaps";
const THP_ENABLED = "/sys/kernel/mm/transparent_hugepage/enabled";

/** Type of the auxiliary vector's page-size entry (AT_PAGESZ, getauxval(3)). */
const AT_PAGESZ = 6n;

export function hostMemoryFact(snapshot: HostSnapshot): Fact<number> {
  return firstEvidence(
    [
      { value: kilobytesField(snapshot.files[MEMINFO], "MemTotal"), source: MEMINFO },
      { value: saneBytes(snapshot.node.totalmem), source: "os.totalmem()" },
    ],
    assumedMemoryBytes(),
  );
}

/** Memory that the process may use, given the machine's. */
export function memoryFact(snapshot: HostSnapshot, host: Fact<number>): Fact<number> {
  const limits = memoryEvidence(snapshot.files);
  // The runtime's own reading of the limit counts only where no file could be read: it ignores ancestors.
  if (limits.every(({ value }) => value === undefined)) {
    limits.push({ value: saneBytes(snapshot.node.constrainedMemory), source: "process.constrainedMemory()" });
  }
  const limit = tightest(limits);
  if (!limit)
    return isUnbounded(snapshot) ? host : assumed(host.value, `${host.source}, as no limit could be looked for`);
  const hostIsKnown = host.origin !== "assumed";
  return hostIsKnown && limit.value >= host.value ? host : detected(limit.value, limit.source);
}

/** Whether the absence of a limit is known: only Linux has groups, and there they must be readable. */
function isUnbounded({ os, files }: HostSnapshot): boolean {
  return os === "darwin" || os === "win32" || groupsAreKnown(files);
}

export function pageFact(snapshot: HostSnapshot, os: FactValues["os"], arch: Architecture): Fact<number> {
  return firstEvidence(
    [
      { value: pageOfAuxv(snapshot.files[AUXV]), source: `${AUXV} (AT_PAGESZ)` },
      { value: pageOfSmaps(snapshot.files[SMAPS]), source: `${SMAPS} (KernelPageSize)` },
    ],
    assumedPageBytes(os, arch),
  );
}

export function transparentHugePagesFact(snapshot: HostSnapshot): Fact<TransparentHugePages> {
  const word = chosenWord(snapshot.files[THP_ENABLED]);
  const known = word === "always" || word === "madvise" || word === "never" ? word : undefined;
  return firstEvidence<TransparentHugePages>([{ value: known, source: THP_ENABLED }], assumedTransparentHugePages());
}

/** Huge pages reserved on the machine; a kernel without them lists none in meminfo. */
export function hugePagesFact(snapshot: HostSnapshot): Fact<number> {
  const text = field(snapshot.files[MEMINFO], "HugePages_Total");
  return firstEvidence([{ value: parseCount(text, 0, HUGE_PAGES_MAX), source: MEMINFO }], assumedHugePages());
}

/** The vector is pairs of 64-bit little-endian words (both architectures), here as hexadecimal text. */
function pageOfAuxv(hex: string | undefined): number | undefined {
  const digits = hex?.trim() ?? "";
  if (!/^(?:[0-9a-f]{32})+$/.test(digits)) return undefined;
  for (let at = 0; at < digits.length; at += 32) {
    if (littleEndian(digits.slice(at, at + 16)) !== AT_PAGESZ) continue;
    return sanePage(Number(littleEndian(digits.slice(at + 16, at + 32))));
  }
  return undefined;
}

function littleEndian(hex: string): bigint {
  return BigInt(`0x${hex.match(/../g)?.reverse().join("") ?? "0"}`);
}

/** The least of all mappings: single mappings may use huge pages. */
function pageOfSmaps(text: string | undefined): number | undefined {
  const sizes = [...(text ?? "").matchAll(/^KernelPageSize:\s+(\d{1,9}) kB$/gm)].map((match) => KiB(Number(match[1])));
  return tightest(sizes.map((bytes) => ({ value: sanePage(bytes), source: SMAPS })))?.value;
}

function sanePage(bytes: number): number | undefined {
  const isPowerOfTwo = Number.isInteger(Math.log2(bytes));
  return isPowerOfTwo && bytes >= PAGE_MIN_BYTES && bytes <= PAGE_MAX_BYTES ? bytes : undefined;
}

function saneBytes(bytes: number | undefined): number | undefined {
  if (bytes === undefined || !Number.isInteger(bytes)) return undefined;
  return bytes >= MEMORY_MIN_BYTES && bytes <= MEMORY_MAX_BYTES ? bytes : undefined;
}
