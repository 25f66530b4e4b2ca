/** From a row of the preset table to a full set of facts: what the row does not say is assumed. */

import { clamp, KiB, MiB } from "../lib/units.ts";
import {
  assumedCacheBytes,
  assumedCpuFlags,
  assumedHugePages,
  assumedKernel,
  assumedLibc,
  assumedNofile,
  assumedNumaNodes,
  assumedPageBytes,
  assumedSmt,
  assumedSomaxconn,
  assumedTcpMigrateReq,
} from "./assumed-facts.ts";
import { assumed } from "./fact.ts";
import type { Architecture, ContainerKind, Fact, HardwareFacts } from "./hardware-facts.ts";

export interface PresetRow {
  readonly id: string;
  readonly label: string;
  /** Address of the provider's specification. */
  readonly source: string;
  readonly arch: Architecture;
  readonly cpus: number;
  /** As advertised for a machine; the limit itself where `isLimit`. */
  readonly memoryBytes: number;
  /** The figures are limits inside a larger machine, whose size nobody tells. */
  readonly isLimit?: boolean;
  readonly container: ContainerKind;
  readonly smt?: boolean;
  readonly numaNodes?: number;
  readonly pageBytes?: number;
  readonly l2Bytes?: number;
  readonly l3Bytes?: number;
  readonly cpuFlags?: readonly string[];
}

export function factsFromPreset(row: PresetRow): HardwareFacts {
  const preset = <T>(value: T): Fact<T> => ({ value, origin: "preset", source: row.source });
  const known = <T>(value: T | undefined, fallback: Fact<T>): Fact<T> =>
    value === undefined ? fallback : preset(value);
  const kernel = assumedKernel();
  return {
    os: assumed("linux", "the images that providers start by default"),
    arch: preset(row.arch),
    cpus: preset(row.cpus),
    cpusHost: row.isLimit ? assumed(Math.ceil(row.cpus), "at least the limit") : preset(row.cpus),
    ...memoryFacts(row),
    pageBytes: known(row.pageBytes, assumedPageBytes("linux", row.arch)),
    smt: known(row.smt, assumedSmt()),
    numaNodes: known(row.numaNodes, assumedNumaNodes()),
    l2Bytes: known(row.l2Bytes, assumedCacheBytes()),
    l3Bytes: known(row.l3Bytes, assumedCacheBytes()),
    cpuFlags: known(row.cpuFlags, assumedCpuFlags(row.arch)),
    kernel,
    libc: assumedLibc(),
    transparentHugePages: assumed("madvise", "the default of Ubuntu's kernels; Debian's is always"),
    hugePagesTotal: assumedHugePages(),
    somaxconn: assumedSomaxconn("linux", kernel.value),
    nofile: assumedNofile("linux"),
    nofileHard: {
      value: 524_288,
      origin: "assumed",
      source: "systemd's hard limit since version 240 (DefaultLimitNOFILE=1024:524288)",
    },
    tcpMigrateReq: assumedTcpMigrateReq(),
    container: preset(row.container),
  };
}

function memoryFacts(row: PresetRow): Pick<HardwareFacts, "memoryBytes" | "memoryHostBytes"> {
  if (row.isLimit) {
    const limit: Fact<number> = { value: row.memoryBytes, origin: "preset", source: row.source };
    return { memoryBytes: limit, memoryHostBytes: assumed(row.memoryBytes, "at least the limit") };
  }
  const usable: Fact<number> = {
    value: usableBytes(row.memoryBytes),
    origin: "preset",
    source: `${row.source} less what the kernel keeps`,
  };
  return { memoryBytes: usable, memoryHostBytes: usable };
}

/**
 * What MemTotal will say of advertised memory: the kernel keeps a 64-byte descriptor per 4 KiB page (one 64th,
 * Documentation/mm/physical_memory.rst) and its own image and boot reservations, about 64 MiB, less on tiny machines.
 * A 24 GiB machine measured 24,684,084 kB where this gives 24,707,072 kB. A plan for the advertised figure would not fit.
 */
function usableBytes(advertisedBytes: number): number {
  const descriptors = advertisedBytes / 64;
  const image = clamp(advertisedBytes / 16, 0, MiB(64));
  return Math.floor((advertisedBytes - descriptors - image) / KiB(1)) * KiB(1);
}
