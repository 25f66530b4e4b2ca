/** What the user says about the target replaces what was found, and what depends on it follows. */
import { assert } from "../lib/assert.ts";
import { assumedCacheBytes, assumedCpuFlags, assumedPageBytes, assumedSmt } from "./assumed-facts.ts";
import type { Architecture, Fact, HardwareFacts } from "./hardware-facts.ts";

export interface FactOverrides {
  /** CPUs, fractions allowed. */
  readonly cpus?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly arch?: Architecture | undefined;
}

/**
 * The facts with the given values, origin "given". A value above the machine's lifts the machine's as well: it then
 * describes another machine. Another architecture takes the flags, pages and caches with it, which become assumed.
 */
export function overrideFacts(facts: HardwareFacts, overrides: FactOverrides): HardwareFacts {
  const { cpus, memoryBytes, arch } = overrides;
  assert(cpus === undefined || (Number.isFinite(cpus) && cpus > 0), "cpus is a positive number");
  assert(memoryBytes === undefined || (Number.isInteger(memoryBytes) && memoryBytes > 0), "memory is whole bytes");
  return {
    ...facts,
    ...(cpus === undefined ? {} : { cpus: given(cpus), cpusHost: lifted(facts.cpusHost, Math.ceil(cpus)) }),
    ...(memoryBytes === undefined
      ? {}
      : { memoryBytes: given(memoryBytes), memoryHostBytes: lifted(facts.memoryHostBytes, memoryBytes) }),
    ...(arch === undefined ? {} : { arch: given(arch) }),
    ...(arch === undefined || arch === facts.arch.value ? {} : factsOfOtherArchitecture(facts, arch)),
  };
}

function factsOfOtherArchitecture(facts: HardwareFacts, arch: Architecture): Partial<HardwareFacts> {
  return {
    cpuFlags: assumedCpuFlags(arch),
    pageBytes: assumedPageBytes(facts.os.value, arch),
    smt: assumedSmt(),
    l2Bytes: assumedCacheBytes(),
    l3Bytes: assumedCacheBytes(),
  };
}

function given<T>(value: T): Fact<T> {
  return { value, origin: "given", source: "given by the user" };
}

function lifted(host: Fact<number>, least: number): Fact<number> {
  return host.value >= least ? host : given(least);
}
