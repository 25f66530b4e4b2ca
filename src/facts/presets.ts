/**
 * Known targets: what their providers promise, for those who generate a project elsewhere than it will run.
 * A row holds only what its source says. What a provider does not say is assumed, and the facts say so.
 */

import { GiB, KiB, MiB } from "../lib/units.ts";
import { factsFromPreset, type PresetRow } from "./facts-from-preset.ts";
import type { HardwareFacts } from "./hardware-facts.ts";

/** Raised whenever a row changes or goes, so that a project knows which table it was planned with. */
export const presetsVersion = 1;

export interface Preset {
  readonly id: string;
  readonly label: string;
  /** The provider's specification. */
  readonly source: string;
  readonly facts: HardwareFacts;
}

/** The microarchitecture level that all these x64 machines reach (x86-64-v3, with AES). */
const X64_V3 = ["aes", "avx", "avx2", "bmi2", "fma", "pclmulqdq", "popcnt", "sse4_2"] as const;
/** Armv8.2-A with the cryptography extension: Neoverse N1 and V1, Cortex-A76. */
const ARM_V82 = ["aes", "asimd", "atomics", "crc32", "pmull", "sha2"] as const;

const ec2 = (family: string): string => `https://aws.amazon.com/ec2/instance-types/${family}/`;
const GCE = "https://cloud.google.com/compute/docs/general-purpose-machines";
const azure = (series: string): string =>
  `https://learn.microsoft.com/en-us/azure/virtual-machines/sizes/general-purpose/${series}-series`;
const FLY = "https://fly.io/docs/machines/guides-examples/machine-sizing/";
const HETZNER = "https://www.hetzner.com/cloud/";
const DROPLETS = "https://www.digitalocean.com/pricing/droplets";
const DOCKER = "https://docs.docker.com/engine/containers/resource_constraints/";
const KUBERNETES = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/";

/** EC2: a vCPU is a hardware thread on Intel and a core on Graviton. */
const intel = { arch: "x64", smt: true, cpuFlags: X64_V3, container: "none" } as const;
const graviton = { arch: "arm64", smt: false, cpuFlags: ARM_V82, pageBytes: KiB(4), container: "none" } as const;
const altra = graviton;
const x64Machine = { arch: "x64", container: "none" } as const;
/** Compute Engine and Azure state that a vCPU of these x64 series is one hardware thread. */
const threadMachine = { arch: "x64", smt: true, container: "none" } as const;
const flyMachine = { arch: "x64", container: "firecracker", numaNodes: 1 } as const;

const rows: readonly PresetRow[] = [
  {
    id: "aws-t3-micro",
    label: "AWS t3.micro: 2 vCPU (bursts), 1 GiB",
    source: ec2("t3"),
    ...intel,
    cpus: 2,
    memoryBytes: GiB(1),
  },
  {
    id: "aws-t3-small",
    label: "AWS t3.small: 2 vCPU (bursts), 2 GiB",
    source: ec2("t3"),
    ...intel,
    cpus: 2,
    memoryBytes: GiB(2),
  },
  {
    id: "aws-t3-medium",
    label: "AWS t3.medium: 2 vCPU (bursts), 4 GiB",
    source: ec2("t3"),
    ...intel,
    cpus: 2,
    memoryBytes: GiB(4),
  },
  {
    id: "aws-t4g-micro",
    label: "AWS t4g.micro: 2 vCPU arm64 (bursts), 1 GiB",
    source: ec2("t4"),
    ...graviton,
    cpus: 2,
    memoryBytes: GiB(1),
  },
  {
    id: "aws-t4g-small",
    label: "AWS t4g.small: 2 vCPU arm64 (bursts), 2 GiB",
    source: ec2("t4"),
    ...graviton,
    cpus: 2,
    memoryBytes: GiB(2),
  },
  {
    id: "aws-c7g-medium",
    label: "AWS c7g.medium: 1 vCPU arm64, 2 GiB",
    source: ec2("c7g"),
    ...graviton,
    cpus: 1,
    memoryBytes: GiB(2),
  },
  {
    id: "aws-c7g-xlarge",
    label: "AWS c7g.xlarge: 4 vCPU arm64, 8 GiB",
    source: ec2("c7g"),
    ...graviton,
    cpus: 4,
    memoryBytes: GiB(8),
  },
  {
    id: "aws-m7i-large",
    label: "AWS m7i.large: 2 vCPU, 8 GiB",
    source: ec2("m7i"),
    ...intel,
    cpus: 2,
    memoryBytes: GiB(8),
  },
  {
    id: "aws-m7i-4xlarge",
    label: "AWS m7i.4xlarge: 16 vCPU, 64 GiB",
    source: ec2("m7i"),
    ...intel,
    cpus: 16,
    memoryBytes: GiB(64),
  },
  {
    id: "aws-m6i-metal",
    label: "AWS m6i.metal: bare metal, 64 cores, 128 threads, 2 NUMA nodes, 512 GiB",
    source: ec2("m6i"),
    ...intel,
    cpus: 128,
    numaNodes: 2,
    memoryBytes: GiB(512),
  },
  {
    id: "gcp-e2-micro",
    label: "Google e2-micro: 2 vCPU (a quarter sustained), 1 GiB",
    source: GCE,
    ...threadMachine,
    cpus: 2,
    memoryBytes: GiB(1),
  },
  {
    id: "gcp-e2-small",
    label: "Google e2-small: 2 vCPU (half sustained), 2 GiB",
    source: GCE,
    ...threadMachine,
    cpus: 2,
    memoryBytes: GiB(2),
  },
  {
    id: "gcp-e2-standard-4",
    label: "Google e2-standard-4: 4 vCPU, 16 GiB",
    source: GCE,
    ...threadMachine,
    cpus: 4,
    memoryBytes: GiB(16),
  },
  {
    id: "gcp-t2a-standard-1",
    label: "Google t2a-standard-1: 1 vCPU arm64, 4 GiB",
    source: GCE,
    ...altra,
    cpus: 1,
    memoryBytes: GiB(4),
  },
  {
    id: "azure-b2ats-v2",
    label: "Azure B2ats v2: 2 vCPU (bursts), 1 GiB",
    source: azure("basv2"),
    ...threadMachine,
    cpus: 2,
    memoryBytes: GiB(1),
  },
  {
    id: "azure-b2s-v2",
    label: "Azure B2s v2: 2 vCPU (bursts), 8 GiB",
    source: azure("bsv2"),
    ...threadMachine,
    cpus: 2,
    memoryBytes: GiB(8),
  },
  {
    id: "azure-b2pts-v2",
    label: "Azure B2pts v2: 2 vCPU arm64 (bursts), 1 GiB",
    source: azure("bpsv2"),
    ...altra,
    cpus: 2,
    memoryBytes: GiB(1),
  },
  {
    id: "azure-d4ps-v5",
    label: "Azure D4ps v5: 4 vCPU arm64, 16 GiB",
    source: azure("dpsv5"),
    ...altra,
    cpus: 4,
    memoryBytes: GiB(16),
  },
  {
    id: "fly-shared-1x-256",
    label: "Fly shared-cpu-1x: 1 shared vCPU, 256 MiB",
    source: FLY,
    ...flyMachine,
    cpus: 1,
    memoryBytes: MiB(256),
  },
  {
    id: "fly-shared-2x-512",
    label: "Fly shared-cpu-2x: 2 shared vCPU, 512 MiB",
    source: FLY,
    ...flyMachine,
    cpus: 2,
    memoryBytes: MiB(512),
  },
  {
    id: "fly-performance-1x",
    label: "Fly performance-1x: 1 vCPU, 2 GiB",
    source: FLY,
    ...flyMachine,
    cpus: 1,
    memoryBytes: GiB(2),
  },
  {
    id: "hetzner-cx23",
    label: "Hetzner CX23: 2 shared vCPU, 4 GB",
    source: HETZNER,
    ...x64Machine,
    cpus: 2,
    memoryBytes: GiB(4),
  },
  {
    id: "hetzner-cx43",
    label: "Hetzner CX43: 8 shared vCPU, 16 GB",
    source: HETZNER,
    ...x64Machine,
    cpus: 8,
    memoryBytes: GiB(16),
  },
  {
    id: "hetzner-cax11",
    label: "Hetzner CAX11: 2 vCPU arm64, 4 GB",
    source: HETZNER,
    ...altra,
    cpus: 2,
    memoryBytes: GiB(4),
  },
  {
    id: "hetzner-cax21",
    label: "Hetzner CAX21: 4 vCPU arm64, 8 GB",
    source: HETZNER,
    ...altra,
    cpus: 4,
    memoryBytes: GiB(8),
  },
  {
    id: "do-512mb",
    label: "DigitalOcean s-1vcpu-512mb: 1 vCPU, 512 MiB",
    source: DROPLETS,
    ...x64Machine,
    cpus: 1,
    memoryBytes: MiB(512),
  },
  {
    id: "do-1gb",
    label: "DigitalOcean s-1vcpu-1gb: 1 vCPU, 1 GiB",
    source: DROPLETS,
    ...x64Machine,
    cpus: 1,
    memoryBytes: GiB(1),
  },
  {
    id: "do-2gb",
    label: "DigitalOcean s-2vcpu-2gb: 2 vCPU, 2 GiB",
    source: DROPLETS,
    ...x64Machine,
    cpus: 2,
    memoryBytes: GiB(2),
  },
  {
    id: "raspberry-pi-4",
    label: "Raspberry Pi 4: 4 cores arm64, 4 GB",
    source: "https://www.raspberrypi.com/products/raspberry-pi-4-model-b/specifications/",
    arch: "arm64",
    cpus: 4,
    memoryBytes: GiB(4),
    smt: false,
    numaNodes: 1,
    l2Bytes: MiB(1),
    l3Bytes: 0,
    pageBytes: KiB(4),
    // The BCM2711 lacks the cryptography extension: TLS costs several times a Pi 5's.
    cpuFlags: ["asimd", "crc32"],
    container: "none",
  },
  {
    id: "raspberry-pi-5",
    label: "Raspberry Pi 5: 4 cores arm64, 8 GB, 16 KiB pages",
    source: "https://www.raspberrypi.com/documentation/computers/processors.html",
    arch: "arm64",
    cpus: 4,
    memoryBytes: GiB(8),
    smt: false,
    numaNodes: 1,
    l2Bytes: KiB(512),
    l3Bytes: MiB(2),
    pageBytes: KiB(16),
    cpuFlags: ARM_V82,
    container: "none",
  },
  {
    id: "container-64mb",
    label: "Container: 1 CPU, 64 MiB",
    source: DOCKER,
    arch: "x64",
    container: "docker",
    isLimit: true,
    cpus: 1,
    memoryBytes: MiB(64),
  },
  {
    id: "container-256mb",
    label: "Container: 1 CPU, 256 MiB",
    source: DOCKER,
    arch: "x64",
    container: "docker",
    isLimit: true,
    cpus: 1,
    memoryBytes: MiB(256),
  },
  {
    id: "kubernetes-500m",
    label: "Kubernetes pod: 500m CPU, 512 MiB",
    source: KUBERNETES,
    arch: "x64",
    container: "kubernetes",
    isLimit: true,
    cpus: 0.5,
    memoryBytes: MiB(512),
  },
  {
    id: "kubernetes-2cpu",
    label: "Kubernetes pod: 2 CPU, 2 GiB",
    source: KUBERNETES,
    arch: "x64",
    container: "kubernetes",
    isLimit: true,
    cpus: 2,
    memoryBytes: GiB(2),
  },
  {
    id: "edge-isolate",
    label: "Edge isolate: 128 MB, no threads",
    source: "https://developers.cloudflare.com/workers/platform/limits/",
    arch: "x64",
    container: "isolate",
    isLimit: true,
    cpus: 1,
    memoryBytes: MiB(128),
  },
];

export const presets: readonly Preset[] = rows.map((row) => ({
  id: row.id,
  label: row.label,
  source: row.source,
  facts: factsFromPreset(row),
}));
