/** The plan: everything that `tree/` needs to write a project. Plain data. */

import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { AdapterName, RuntimeName } from "../../templates/app/src/runtime/capabilities.ts";
import type { Answers } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { HardwareFacts } from "../facts/hardware-facts.ts";
import type { Decision, Reason } from "./decision.ts";

/** One line of the memory budget; the rows' sum is at most the limit. */
export interface BudgetRow {
  readonly key: SettingKey;
  readonly bytes: number;
  readonly reason: Reason;
}

export interface Plan {
  readonly generatorVersion: string;
  readonly runtime: RuntimeName;
  readonly adapter: AdapterName;
  readonly features: readonly FeatureName[];
  readonly answers: Answers;
  readonly facts: HardwareFacts;
  /** Label of the target: a preset's id, "this", or a facts file's label. */
  readonly target: string;
  /** In the schema's order. */
  readonly decisions: Readonly<Record<SettingKey, Decision>>;
  /** What the rules say of settings that are pinned to something else, beside all other pins. */
  readonly unpinned: Readonly<Partial<Record<SettingKey, Decision>>>;
  readonly budget: readonly BudgetRow[];
  /** What the user should know although nothing is refused. */
  readonly warnings: readonly Reason[];
}
