/** Plans of the profiles -> what the README says of them. */
import { tunedFileOf } from "../../templates/app/src/config/profile-files.ts";
import { questions } from "../answers/questions.ts";
import { shellWord, valueText as valueTextOf } from "../answers/repeat-command.ts";
import { formatBytes, formatCpus } from "../lib/units.ts";
import type { Plan } from "../plan/plan.ts";
import { dockerRunView, systemName } from "./deploy-views.ts";
import { valueText } from "./emit-tuned-toml.ts";
import { serviceDropIn } from "./profile-rows.ts";
import { ownAnswers, type ProfileAnswerKey, type Profiles } from "./profile-wish.ts";
import type { View } from "./render.ts";

export function profilesView(profiles: Profiles): View {
  const sorted = [...profiles].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    hasProfiles: sorted.length > 0,
    firstProfile: sorted[0]?.[0] ?? "",
    profiles: sorted.map(([name, plan]) => profileRow(name, plan)),
    profileRuns: sorted.map(([name, plan]) => ({
      ...dockerRunView(plan),
      profile: name,
      systemName: systemName(plan.answers.name.value),
    })),
    profileCommands: sorted.map(([name, plan]) => profileCommand(name, plan)),
    dropIns: sorted.map(([name]) => `\`${serviceDropIn(name)}\``).join(", "),
  };
}

/** What adds the profile to the project again, beside the command that makes the project. */
function profileCommand(name: string, plan: Plan): string {
  const flags = Object.entries(ownAnswers(plan)).flatMap(([key, value]) => [
    `--${questions[key as ProfileAnswerKey].flag}`,
    valueTextOf(key as ProfileAnswerKey, value),
  ]);
  const words = ["retune", plan.answers.name.value, "--profile", name, ...flags, "--yes"];
  return `npx create-fastserve@latest ${words.map(shellWord).join(" ")}`;
}

function profileRow(name: string, { target, facts, decisions }: Plan): View {
  return {
    name,
    target,
    machine: `${formatCpus(facts.cpus.value)}, ${formatBytes(facts.memoryBytes.value)}, ${facts.os.value} ${facts.arch.value}`,
    workers: valueText(decisions["workers.count"]),
    connections: valueText(decisions["limits.connections_max"]),
    memory: valueText(decisions["memory.limit_bytes"]),
    tunedFile: tunedFileOf(name),
  };
}
