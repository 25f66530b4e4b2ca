/** A decision: one setting's value, and everything needed to explain it. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";

export type Unit = "bytes" | "ms" | "count" | "port" | "none";

/** Where a number or a formula comes from. `assumed` ones are counted and shown. */
export interface Source {
  readonly kind: "measured" | "documented" | "derived" | "assumed";
  /** A path in this repository, a document's address, or the argument itself. */
  readonly ref: string;
}

/** Stable code with typed arguments; `reasons.ts` turns it into a sentence. */
export interface Reason {
  readonly code: string;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

/** Where the value comes from, by the strongest of its inputs: what was asked, detected, preset, given, assumed. */
export type DecisionOrigin = "asked" | "detected" | "preset" | "given" | "assumed" | "default";

export type Scalar = string | number | boolean;

/** What moved a value away from what its formula gave. */
export interface Clamp {
  readonly from: number;
  readonly bound: "min" | "max";
  readonly by: Reason;
}

export interface Decision {
  readonly key: SettingKey;
  /** undefined: the runtime has no such setting; `reason` says why. */
  readonly value: Scalar | undefined;
  readonly unit: Unit;
  readonly reason: Reason;
  readonly origin: DecisionOrigin;
  readonly source: Source;
  /** The inputs that the rule read, by their dotted name: "answers.workload", "facts.cpus", "workers.count". */
  readonly inputs: Readonly<Record<string, Scalar | readonly string[] | undefined>>;
  readonly clampedBy?: Clamp;
}
