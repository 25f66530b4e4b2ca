/**
 * A rule decides one setting. Rules are rows of a total table: the compiler refuses a setting without a rule
 * and a rule without a setting.
 */
import type { SettingKey, SettingValue } from "../../templates/app/src/config/schema.ts";
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import type { AnswerKey, AnswerValues } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { FactKey, FactValues } from "../facts/hardware-facts.ts";
import type { Reason, SettingContent, Source, Unit } from "./decision.ts";

/** Everything that a rule may read, by dotted name. */
export type InputKey =
  | `answers.${AnswerKey}`
  | `facts.${FactKey}`
  | `features.${FeatureName}`
  | "adapter"
  | PinnedKey
  | SettingKey;

/**
 * A pinned value that is read before its setting is decided: memory is divided by the workers that there can be, and
 * how many there are follows from their memory. undefined, and not noted, unless the setting is pinned.
 */
export type PinnedKey = "pinned.workers.count";

/** A list as the plan hands it on: nobody changes it. */
type Planned<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : Value;

export type InputValue<Key extends InputKey> = Key extends "adapter"
  ? AdapterName
  : Key extends PinnedKey
    ? number | undefined
    : Key extends `answers.${infer Name extends AnswerKey}`
      ? AnswerValues[Name]
      : Key extends `facts.${infer Name extends FactKey}`
        ? FactValues[Name]
        : Key extends `features.${FeatureName}`
          ? boolean
          : Key extends SettingKey
            ? Planned<SettingValue<Key>>
            : never;

/** Reads one declared input and notes it in the decision. Reading an undeclared one is a defect and throws. */
export type Read<Keys extends InputKey = InputKey> = <Key extends Keys>(key: Key) => InputValue<Key>;

/** What a rule says: a value with its reason, or that this runtime or server has no such setting. */
export interface Verdict<Value extends SettingContent | undefined> {
  readonly value: Value;
  readonly reason: Reason;
  /** Overrides the rule's source when one branch rests on other evidence. */
  readonly source?: Source;
}

/** Numeric bounds with their reason: the engine's, the kernel's or the format's. */
export interface Bounds {
  readonly min?: { readonly value: number; readonly by: Reason };
  readonly max?: { readonly value: number; readonly by: Reason };
}

export interface Rule<Key extends SettingKey, Reads extends InputKey = InputKey> {
  readonly unit: Unit;
  /** Inputs of `decide` and `bounds`; settings among them are decided first. */
  readonly reads: readonly Reads[];
  readonly source: Source;
  readonly bounds?: (read: Read<Reads>) => Bounds;
  readonly decide: (read: Read<Reads>) => Verdict<Planned<SettingValue<Key>> & (SettingContent | undefined)>;
}

/** One rule per setting of the given sections. */
export type RuleTable<Keys extends SettingKey> = { readonly [Key in Keys]: Rule<Key> };

/** Settings of one section: `KeysOf<"workers">` is "workers.mode" | "workers.count" | ... */
export type KeysOf<Section extends string> = Extract<SettingKey, `${Section}.${string}`>;

/** Keeps the literal types of `reads`, so that `read` accepts exactly the declared keys. */
export function rule<Key extends SettingKey, const Reads extends InputKey>(row: Rule<Key, Reads>): Rule<Key> {
  return row as unknown as Rule<Key>;
}
