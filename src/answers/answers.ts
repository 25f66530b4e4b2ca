/** What the user wants: the first of the two inputs of a plan. Every answer carries where it came from. */

import type { RuntimeName } from "../../templates/app/src/runtime/capabilities.ts";
import type {
  AllocatorBackend,
  DeployTarget,
  Exposure,
  FeatureName,
  Objective,
  PackageManager,
  TlsMode,
  TlsProfile,
  Workload,
} from "./choices.ts";

/**
 * Most specific first: a flag beats the environment, that beats the file, that beats the default. "project": a profile
 * has the answer of its project, where somebody gave it.
 */
export type AnswerOrigin = "asked" | "flag" | "environment" | "file" | "project" | "default";

export interface Answer<T> {
  readonly value: T;
  readonly origin: AnswerOrigin;
}

/** Values by question key. Facts about the target (cpus, memory, arch) are answers only to override detection. */
export interface AnswerValues {
  /** Project name: the directory's last part, also the package's name. */
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly workload: Workload;
  readonly objective: Objective;
  /** "this", a preset's id, or the path of a facts file. */
  readonly target: string;
  /** CPUs, given instead of detected; undefined: as detected. */
  readonly cpus: number | undefined;
  /** Memory in bytes, given instead of detected. */
  readonly memory: number | undefined;
  readonly arch: "x64" | "arm64" | undefined;
  /** Connections to provide for; undefined: as many as the target can. */
  readonly connections: number | undefined;
  readonly exposure: Exposure;
  readonly allocator: AllocatorBackend;
  readonly tls: TlsMode;
  readonly tlsProfile: TlsProfile;
  readonly port: number;
  readonly deploy: readonly DeployTarget[];
  readonly features: readonly FeatureName[];
  readonly packageManager: PackageManager;
}

export type AnswerKey = keyof AnswerValues;
export type Answers = { readonly [Key in AnswerKey]: Answer<AnswerValues[Key]> };
