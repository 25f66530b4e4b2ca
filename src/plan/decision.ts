/** A decision: one setting's value, and everything needed to explain it. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { ReasonCode, ReasonOf } from "./sentences.ts";

export type Unit = "bytes" | "ms" | "s" | "percent" | "count" | "port" | "none";

/** Where a number or a formula comes from. `assumed` ones are counted and shown. */
export interface Source {
  readonly kind: "measured" | "documented" | "derived" | "assumed";
  /** A path in this repository, a document's address, or the argument itself. */
  readonly ref: string;
}

/** Stable code with typed arguments; `reasons.ts` turns it into a sentence. A code without a sentence does not compile. */
export type Reason = { readonly [Code in ReasonCode]: ReasonOf<Code> }[ReasonCode];

/**
 * The input that the value stands or falls with. An assumed fact comes first, so that a guess is never hidden behind
 * something firmer; then a number that was asked for, a fact that was given, taken from a preset, detected; then a
 * choice that was asked for; "default" when only defaults were read. See origin.ts.
 */
export type DecisionOrigin = "asked" | "detected" | "preset" | "given" | "assumed" | "default";

export type Scalar = string | number | boolean;

/** What a setting can hold: one value, or a list of texts. */
export type SettingContent = Scalar | readonly string[];

/** What moved a value away from what its formula gave. */
export interface Clamp {
  readonly from: number;
  readonly bound: "min" | "max";
  readonly by: Reason;
}

export interface Decision {
  readonly key: SettingKey;
  /** undefined: the runtime, or a server without the feature, has no such setting; `reason` says why. */
  readonly value: SettingContent | undefined;
  readonly unit: Unit;
  readonly reason: Reason;
  readonly origin: DecisionOrigin;
  readonly source: Source;
  /** The inputs that the rule read, by their dotted name: "answers.workload", "facts.cpus", "workers.count". */
  readonly inputs: Readonly<Record<string, SettingContent | undefined>>;
  readonly clampedBy?: Clamp;
}
