/**
 * What the target machine is: the second of the two inputs of a plan.
 * Every value carries where it came from, so that a decision built on a guess can say so.
 */

/** detected: read on this machine; preset: from the table of known targets; given: by the user; assumed: no evidence. */
export type FactOrigin = "detected" | "preset" | "given" | "assumed";

export interface Fact<T> {
  readonly value: T;
  readonly origin: FactOrigin;
  /** Where it was read, such as "/sys/fs/cgroup/cpu.max", or why it is assumed. */
  readonly source: string;
}

export type Architecture = "x64" | "arm64";
export type Libc = "glibc" | "musl" | "none";
/**
 * Who sets the limits. "firecracker" is a virtual machine, whose limits are its hardware; "wsl" likewise; "isolate" is
 * an edge platform that runs code without a machine of its own.
 */
export type ContainerKind =
  | "none"
  | "docker"
  | "podman"
  | "kubernetes"
  | "lxc"
  | "systemd-nspawn"
  | "wsl"
  | "firecracker"
  | "isolate";
export type TransparentHugePages = "always" | "madvise" | "never" | "unsupported";

/** Values by name; units are in the names, everything else is a plain count. */
export interface FactValues {
  readonly os: "linux" | "darwin" | "win32";
  readonly arch: Architecture;
  /** CPUs that the process may use at once: the least of affinity, cpuset and quota; fractions are real. */
  readonly cpus: number;
  /** CPUs that the machine has online. */
  readonly cpusHost: number;
  /** Memory that the process may use: the tightest cgroup limit (memory.max or memory.high), else the machine's memory. */
  readonly memoryBytes: number;
  /** The machine's physical memory. */
  readonly memoryHostBytes: number;
  readonly pageBytes: number;
  /** Simultaneous multithreading: two hardware threads share a core. */
  readonly smt: boolean;
  /** Memory nodes whose CPUs the process may use. */
  readonly numaNodes: number;
  /** 0 when there is none (detected) or unknown (assumed). */
  readonly l2Bytes: number;
  /** 0 when there is none (detected) or unknown (assumed). */
  readonly l3Bytes: number;
  /** The instruction-set flags that a runtime may need, such as "sse4_2", "avx2", "asimd". */
  readonly cpuFlags: readonly string[];
  /** "6.1.0" without the distribution's suffix, or the system's own version elsewhere. */
  readonly kernel: string;
  readonly libc: Libc;
  readonly transparentHugePages: TransparentHugePages;
  readonly hugePagesTotal: number;
  /** Kernel bound on a listener's backlog (net.core.somaxconn). */
  readonly somaxconn: number;
  /** Soft limit on open files of this process. Node, Bun and Deno raise it to the hard one at start. */
  readonly nofile: number;
  /** Hard limit on open files: how far the process may raise the soft one. */
  readonly nofileHard: number;
  /** net.ipv4.tcp_migrate_req: whether a closing listener hands its queue to the others. */
  readonly tcpMigrateReq: boolean;
  readonly container: ContainerKind;
}

export type FactKey = keyof FactValues;

/** All facts of one target: a plain JSON value, as `probe --json` prints it. */
export type HardwareFacts = { readonly [Key in FactKey]: Fact<FactValues[Key]> };

/** Version of the JSON form; a reader refuses a newer one. */
export const FACTS_SCHEMA = 1;

/** What `probe --json` prints and `--target FILE` reads. */
export interface FactsDocument {
  readonly schema: typeof FACTS_SCHEMA;
  /** The preset's or machine's label; never a host name. */
  readonly label: string;
  readonly facts: HardwareFacts;
}
