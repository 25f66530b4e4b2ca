/**
 * What kind of container this is, if any. The limits do not depend on it: they are read from the groups in any case.
 * It tells who sets them, so that advice can name the right knob ("--memory", "resources.limits", "MemoryMax").
 *
 * A kind is claimed only on evidence that the runtime itself leaves. The innermost one wins: Docker inside WSL is
 * Docker. A Firecracker virtual machine is a machine of its own, whose limits are its hardware; it is named because
 * such machines lack what bare metal has (SMT, NUMA, huge pages), and only when nothing inner is found.
 */
import { assumed, detected } from "./fact.ts";
import type { ContainerKind, Fact, FactValues } from "./hardware-facts.ts";
import type { HostSnapshot } from "./host-snapshot.ts";
import { OSRELEASE } from "./parse-kernel.ts";

const CGROUP = "/proc/self/cgroup";
const MOUNTINFO = "/proc/self/mountinfo";
export const DOCKER_MARK = "/.dockerenv";
export const PODMAN_MARK = "/run/.containerenv";
export const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io";
export const WSL_INTEROP = "/proc/sys/fs/binfmt_misc/WSLInterop";
/** systemd as first process of a container writes its kind here (systemd, CONTAINER_INTERFACE). */
const SYSTEMD_CONTAINER = "/run/systemd/container";
const INIT_ENVIRONMENT = "/proc/1/environ";
export const ACPI_FADT = "/sys/firmware/acpi/tables/FACP";
/** "FIRECK", the ACPI vendor id that Firecracker writes since 1.8, in hexadecimal as in the snapshot. */
const FIRECRACKER_OEM = "46495245434b";

interface Sign {
  readonly kind: ContainerKind;
  readonly source: string;
  readonly holds: (snapshot: HostSnapshot) => boolean;
}

const inFile =
  (path: string, pattern: RegExp) =>
  ({ files }: HostSnapshot): boolean =>
    pattern.test(files[path] ?? "");
const exists =
  (path: string) =>
  ({ present }: HostSnapshot): boolean =>
    present.includes(path);

/** Innermost first; Kubernetes before the runtimes that it drives. */
const signs: readonly Sign[] = [
  { kind: "kubernetes", source: SERVICE_ACCOUNT, holds: exists(SERVICE_ACCOUNT) },
  { kind: "kubernetes", source: CGROUP, holds: inFile(CGROUP, /kubepods/) },
  { kind: "kubernetes", source: MOUNTINFO, holds: inFile(MOUNTINFO, /\/kubelet\/pods\/\S+ \/etc\/hosts /) },
  { kind: "podman", source: PODMAN_MARK, holds: exists(PODMAN_MARK) },
  { kind: "podman", source: CGROUP, holds: inFile(CGROUP, /\/libpod-(?!conmon)/) },
  { kind: "docker", source: CGROUP, holds: inFile(CGROUP, /\/docker[-/][0-9a-f]{12,}/) },
  { kind: "docker", source: `${DOCKER_MARK} and ${MOUNTINFO}`, holds: isDockerByMounts },
  { kind: "lxc", source: SYSTEMD_CONTAINER, holds: inFile(SYSTEMD_CONTAINER, /^lxc/) },
  { kind: "lxc", source: INIT_ENVIRONMENT, holds: inFile(INIT_ENVIRONMENT, /^container=lxc/m) },
  { kind: "lxc", source: CGROUP, holds: inFile(CGROUP, /\/lxc(?:\.payload)?[./]/) },
  // Only inside a container does lxcfs lie over /proc; its host mounts it elsewhere.
  { kind: "lxc", source: MOUNTINFO, holds: inFile(MOUNTINFO, / \/proc\/\S+ .* - fuse\.lxcfs /) },
  { kind: "systemd-nspawn", source: SYSTEMD_CONTAINER, holds: inFile(SYSTEMD_CONTAINER, /^systemd-nspawn/) },
  { kind: "systemd-nspawn", source: INIT_ENVIRONMENT, holds: inFile(INIT_ENVIRONMENT, /^container=systemd-nspawn/m) },
  { kind: "wsl", source: OSRELEASE, holds: inFile(OSRELEASE, /microsoft|-wsl/i) },
  { kind: "wsl", source: WSL_INTEROP, holds: exists(WSL_INTEROP) },
  { kind: "firecracker", source: ACPI_FADT, holds: ({ files }) => fadtVendor(files[ACPI_FADT]) === FIRECRACKER_OEM },
];

export function containerFact(snapshot: HostSnapshot, os: FactValues["os"]): Fact<ContainerKind> {
  if (os !== "linux") return detected("none", "not Linux");
  const sign = signs.find(({ holds }) => holds(snapshot));
  if (sign) return detected(sign.kind, sign.source);
  if (/^\d+ \d+ \d+:\d+ \//m.test(snapshot.files[MOUNTINFO] ?? ""))
    return detected("none", `no mark of a container; ${CGROUP}, ${MOUNTINFO}`);
  return snapshot.present.includes(DOCKER_MARK)
    ? assumed("docker", `${DOCKER_MARK} exists, and ${MOUNTINFO} cannot be read`)
    : assumed("none", "no mark of a container, but little could be read");
}

/** The mark alone proves nothing: it stays in machine images made from a container's files. Docker always mounts these. */
function isDockerByMounts({ files, present }: HostSnapshot): boolean {
  return present.includes(DOCKER_MARK) && / \/etc\/(?:hosts|hostname|resolv\.conf) /.test(files[MOUNTINFO] ?? "");
}

/** Bytes 10 to 15 of every ACPI table name its vendor. */
function fadtVendor(hex: string | undefined): string | undefined {
  return hex?.slice(20, 32);
}
