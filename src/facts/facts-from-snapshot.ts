/** From what was read of a host to what it is: pure, total, and never without a value. */

import { assumed, detected } from "./fact.ts";
import type { Architecture, Fact, FactValues, HardwareFacts } from "./hardware-facts.ts";
import type { HostSnapshot } from "./host-snapshot.ts";
import { containerFact } from "./parse-container.ts";
import { cacheFact, cpuFlagsFact, cpusFact, hostCpusFact, numaNodesFact, smtFact } from "./parse-cpu.ts";
import { kernelFact, libcFact, nofileFact, nofileHardFact, somaxconnFact, tcpMigrateReqFact } from "./parse-kernel.ts";
import { hostMemoryFact, hugePagesFact, memoryFact, pageFact, transparentHugePagesFact } from "./parse-memory.ts";

/** All facts of the host. Numbers are finite and positive (counts that may be 0 say so); nonsense becomes `assumed`. */
export function factsFromSnapshot(snapshot: HostSnapshot): HardwareFacts {
  const os = osFact(snapshot.os);
  const arch = archFact(snapshot.arch);
  const cpus = cpusFact(snapshot);
  const memoryHost = hostMemoryFact(snapshot);
  const memory = memoryFact(snapshot, memoryHost);
  const kernel = kernelFact(snapshot);
  return {
    os,
    arch,
    cpus,
    cpusHost: atLeastUsable(hostCpusFact(snapshot), cpus),
    memoryBytes: memory,
    memoryHostBytes: atLeastUsable(memoryHost, memory),
    pageBytes: pageFact(snapshot, os.value, arch.value),
    smt: smtFact(snapshot),
    numaNodes: numaNodesFact(snapshot),
    l2Bytes: cacheFact(snapshot, 2),
    l3Bytes: cacheFact(snapshot, 3),
    cpuFlags: cpuFlagsFact(snapshot, arch.value),
    kernel,
    libc: libcFact(snapshot, os.value, arch.value),
    transparentHugePages: transparentHugePagesFact(snapshot),
    hugePagesTotal: hugePagesFact(snapshot),
    somaxconn: somaxconnFact(snapshot, os.value, kernel.value),
    nofile: nofileFact(snapshot, os.value),
    nofileHard: nofileHardFact(snapshot, os.value),
    tcpMigrateReq: tcpMigrateReqFact(snapshot),
    container: containerFact(snapshot, os.value),
  };
}

/** The BSDs and the rest run the emitted server nowhere; Linux is what its target will be. */
function osFact(platform: string): Fact<FactValues["os"]> {
  if (platform === "linux" || platform === "darwin" || platform === "win32")
    return detected(platform, "process.platform");
  return assumed("linux", "process.platform names no system that the runtimes support");
}

function archFact(arch: string): Fact<Architecture> {
  if (arch === "x64" || arch === "arm64") return detected(arch, "process.arch");
  return assumed("x64", "process.arch names no architecture that the runtimes support");
}

/** A machine has at least what the process may use; the two are read in different places and may disagree. */
function atLeastUsable(host: Fact<number>, usable: Fact<number>): Fact<number> {
  return host.value >= usable.value ? host : assumed(Math.ceil(usable.value), `at least those in ${usable.source}`);
}
