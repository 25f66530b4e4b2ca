/**
 * What is in force for each setting of a project, and by whose word. The server reads the tuned file first and the
 * user's over it. The environment beats both, and is known only where the server starts; what this one has is said.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { SettingContent } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { effectValues } from "./effect-values.ts";
import type { RecordedValues } from "./recorded-values.ts";
import { sameContent } from "./setting-content.ts";
import type { UserSettings } from "./user-settings.ts";

/** refuses: the pins do not hold with the new plan, so that nothing is written. */
export type Retuning = "leaves" | "writes" | "refuses";

export interface Standing {
  readonly key: SettingKey;
  /** What a server here starts with. */
  readonly value: SettingContent | undefined;
  /**
   * Whose word it is. override: the user's file. edit: somebody changed the tuned file. pin: a pinned value that the rule
   * would not give. recorded: the last write, and the rule would give another now. plan: the rule.
   */
  readonly by: "override" | "edit" | "pin" | "recorded" | "plan";
  readonly override: SettingContent | undefined;
  /** In the tuned file as it is on disk. */
  readonly onDisk: SettingContent | undefined;
  /** In the tuned file as the last write generated it. */
  readonly recorded: SettingContent | undefined;
  readonly recommended: SettingContent | undefined;
  readonly pinned: boolean;
  /** What a retune with the recorded facts does to the recorded value. */
  readonly retune: Retuning;
}

export interface Standings {
  readonly recorded: RecordedValues;
  /** The tuned file as it is on disk; the recorded values when it is not there. */
  readonly onDisk: RecordedValues;
  readonly user: UserSettings;
  /** Of the plan as a whole: a value that is near enough follows the others. */
  readonly retune: Retuning;
}

/** @param plan what the rules recommend */
export function standingOf(key: SettingKey, plan: Plan, { recorded, onDisk, user, retune }: Standings): Standing {
  const { value: recommended } = plan.decisions[key];
  const [was, is, override] = [recorded.get(key), onDisk.get(key), user.overrides.get(key)];
  const pinned = user.pins.includes(key) && was !== undefined && recommended !== undefined;
  const by = (): Standing["by"] => {
    if (override !== undefined) return "override";
    if (!sameContent(is, was)) return "edit";
    if (sameContent(was, recommended)) return "plan";
    return pinned ? "pin" : "recorded";
  };
  const stays = pinned || sameContent(was, recommended);
  // A value that is near stays; a setting that comes or goes does so with any write.
  const comesOrGoes = was === undefined || recommended === undefined;
  const value = override ?? is;
  const own = { key, value, by: by(), override, onDisk: is, recorded: was, recommended, pinned };
  return { ...own, retune: stays ? "leaves" : comesOrGoes && retune === "leaves" ? "writes" : retune };
}

const retuneTexts: Readonly<Record<Retuning, string>> = {
  leaves: "which is near enough: retune leaves it",
  writes: "which retune writes",
  refuses: "which retune refuses to write with what is pinned",
};

/** Where the values come from that the notes speak of. */
export interface SettingPlaces {
  /** Names of the files. */
  readonly tuned: string;
  /** Which of the user's files overrides the setting. */
  readonly userOf: (key: SettingKey) => string;
  /** What a server has that is started from here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What is to be said beside the rule's reason; nothing when the plan is in force and not pinned. */
export function standingNotes(standing: Standing, plan: Plan, places: SettingPlaces): readonly string[] {
  const { key, by, pinned, retune } = standing;
  const decision = plan.decisions[key];
  const both = (before: SettingContent | undefined, after: SettingContent | undefined) =>
    effectValues({ before: { ...decision, value: before }, after: { ...decision, value: after } });
  const { onDisk, recorded, recommended, override } = standing;
  const notes: string[] = [];
  const variable = `FASTSERVE__${key.replace(".", "__").toUpperCase()}`;
  if (places.environment[variable] !== undefined) notes.push(`shell   ${variable} is set here, and beats the files`);
  if (by === "override") {
    notes.push(`set by  ${places.userOf(key)}, over ${both(onDisk, override).before} in ${places.tuned}`);
  }
  if (!sameContent(onDisk, recorded)) {
    const { before, after } = both(recorded, onDisk);
    notes.push(`edited  ${places.tuned} has ${after}; ${before} was generated`);
  }
  const { before: had, after: rule } = both(recorded, recommended);
  const agrees = sameContent(recorded, recommended);
  if (pinned) notes.push(`pin     keeps ${had}${agrees ? ", as the rule has it" : `; recommended is ${rule}`}`);
  else if (!agrees) notes.push(`plan    ${rule} instead of the recorded ${had}, ${retuneTexts[retune]}`);
  return notes;
}
