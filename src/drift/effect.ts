/** A setting whose value differs between two plans, with everything that a person needs to judge it. Plain data. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Decision } from "../plan/decision.ts";

export interface Effect {
  readonly key: SettingKey;
  /** The schema's section: effects are shown by it. */
  readonly concern: string;
  readonly before: Decision;
  readonly after: Decision;
  /** What moved it: inputs of the decision that differ, such as facts.memoryBytes 4294967296 -> 2147483648. */
  readonly causes: readonly Cause[];
  /** Pinned by the user: the value before stays in force, and `after` is the recommendation. */
  readonly pinned: boolean;
  /** Overridden by the user's fastserve.toml: neither of the two is in force. */
  readonly override: string | undefined;
  /** Within the tolerance: no reason to change anything by itself. */
  readonly negligible: boolean;
}

export interface Cause {
  readonly input: string;
  readonly before: string;
  readonly after: string;
}

export interface EffectDiff {
  readonly effects: readonly Effect[];
  /** Any effect that is not negligible and not pinned. */
  readonly drifted: boolean;
  /** What the memory budget without headroom changes by. */
  readonly predictedBytes: number;
  /** Recorded keys that this version has no setting for; their lines go. */
  readonly gone: readonly string[];
}
