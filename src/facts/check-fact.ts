/** What a fact's value may be when it comes from a file: one row per fact. A row says what is expected, in words. */

import {
  CACHE_MAX_BYTES,
  CPUS_MAX,
  CPUS_MIN,
  HUGE_PAGES_MAX,
  MEMORY_MAX_BYTES,
  MEMORY_MIN_BYTES,
  NODES_MAX,
  NOFILE_MAX,
  NOFILE_MIN,
  PAGE_MAX_BYTES,
  PAGE_MIN_BYTES,
  SOMAXCONN_MAX,
} from "./fact-bounds.ts";
import type { FactKey, FactOrigin, FactValues } from "./hardware-facts.ts";

/** Tells whether an unknown value can be this fact's, and what would be. */
export interface FactCheck<T> {
  readonly expected: string;
  readonly accepts: (value: unknown) => value is T;
}

export const factOrigins: readonly FactOrigin[] = ["detected", "preset", "given", "assumed"];

export const factChecks = {
  os: oneOf("linux", "darwin", "win32"),
  arch: oneOf("x64", "arm64"),
  cpus: {
    expected: `a number of CPUs from ${CPUS_MIN} to ${CPUS_MAX}`,
    accepts: (value): value is number => typeof value === "number" && value >= CPUS_MIN && value <= CPUS_MAX,
  },
  cpusHost: whole(1, CPUS_MAX),
  memoryBytes: whole(MEMORY_MIN_BYTES, MEMORY_MAX_BYTES, "bytes"),
  memoryHostBytes: whole(MEMORY_MIN_BYTES, MEMORY_MAX_BYTES, "bytes"),
  pageBytes: {
    expected: `a power of two from ${PAGE_MIN_BYTES} to ${PAGE_MAX_BYTES} bytes`,
    accepts: (value): value is number =>
      whole(PAGE_MIN_BYTES, PAGE_MAX_BYTES).accepts(value) && Number.isInteger(Math.log2(value)),
  },
  smt: flag(),
  numaNodes: whole(1, NODES_MAX),
  l2Bytes: whole(0, CACHE_MAX_BYTES, "bytes"),
  l3Bytes: whole(0, CACHE_MAX_BYTES, "bytes"),
  cpuFlags: {
    expected: "a list of at most 512 short lower-case names",
    accepts: (value): value is readonly string[] =>
      Array.isArray(value) && value.length <= 512 && value.every((name) => matches(name, /^[a-z0-9_]{1,32}$/)),
  },
  kernel: {
    expected: 'a version such as "6.1.0"',
    accepts: (value): value is string => matches(value, /^\d{1,5}(?:\.\d{1,6}){1,3}$/),
  },
  libc: oneOf("glibc", "musl", "none"),
  transparentHugePages: oneOf("always", "madvise", "never", "unsupported"),
  hugePagesTotal: whole(0, HUGE_PAGES_MAX),
  somaxconn: whole(1, SOMAXCONN_MAX),
  nofile: whole(NOFILE_MIN, NOFILE_MAX),
  nofileHard: whole(NOFILE_MIN, NOFILE_MAX),
  tcpMigrateReq: flag(),
  container: oneOf("none", "docker", "podman", "kubernetes", "lxc", "systemd-nspawn", "wsl", "firecracker", "isolate"),
} as const satisfies { readonly [Key in FactKey]: FactCheck<FactValues[Key]> };

export const factKeys = Object.keys(factChecks) as readonly FactKey[];

function whole(min: number, max: number, unit = ""): FactCheck<number> {
  return {
    expected: `a whole number${unit ? ` of ${unit}` : ""} from ${min} to ${max}`,
    accepts: (value): value is number =>
      typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  };
}

function oneOf<const Words extends readonly string[]>(...words: Words): FactCheck<Words[number]> {
  return {
    expected: `one of ${words.join(", ")}`,
    accepts: (value): value is Words[number] => typeof value === "string" && words.includes(value),
  };
}

function flag(): FactCheck<boolean> {
  return { expected: "true or false", accepts: (value): value is boolean => typeof value === "boolean" };
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}
