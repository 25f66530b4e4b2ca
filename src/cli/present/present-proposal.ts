/** A proposal as text for people and as JSON for programs: the wish, its effects, the files. */
import { basename } from "node:path";
import type { AnswerKey } from "../../answers/answers.ts";
import { valueText as answerText } from "../../answers/repeat-command.ts";
import { valueText } from "../../plan/explain.ts";
import type { Plan } from "../../plan/plan.ts";
import { say } from "../../plan/reasons.ts";
import { answerKeys } from "../../tree/project-file.ts";
import type { Change } from "../../write/changes/change.ts";
import { planDigest } from "../../write/changes/plan-digest.ts";
import { toBytes } from "../../write/disk/file-text.ts";
import { JSON_SCHEMA } from "../command.ts";
import type { Proposal } from "../project/proposal.ts";
import type { Replanned } from "../project/replan.ts";
import type { ReplannedProfile } from "../project/replan-profiles.ts";
import { brokenLines, hangingLines } from "./columns.ts";
import { effectLines } from "./present-effects.ts";
import { fileLines, isChange, notableKept } from "./present-files.ts";
import { decisionDocument, factsLine } from "./present-plan.ts";
import type { Style } from "./style.ts";
import { warningLines } from "./warning-lines.ts";

/** Said of a project without a lock. */
const LOST =
  "The records in .fastserve/ are lost. What differs from the recorded answers counts as your edit and stays; a file that is not there counts as deleted by you.";

const NOTHING = "Nothing to write: each file is as this version makes it, or as you have changed it.";

/** What a person needs to judge the proposal; `command` is the word that made it. */
export function proposalLines(command: string, proposal: Proposal, style: Style, columns: number): readonly string[] {
  const { project, changes, profiles } = proposal;
  const [wrote, writes] = [project.base.generatorVersion, proposal.plan.generatorVersion];
  const version = wrote === undefined || wrote === writes ? "" : `, version ${wrote} ${style.arrow} ${writes}`;
  return [
    ...headLines(`${command} ${basename(project.directory)}: ${targetLine(proposal, style)}${version}`, style, columns),
    ...(wrote === undefined ? warningLines(LOST, style, columns) : []),
    ...planLines(proposal, "Effects", style, columns),
    ...[...profiles].flatMap(([name, profile]) => profileLines(name, profile, style, columns)),
    ...(proposal.request.kind === "remove" ? ["", `The profile ${proposal.request.name} goes.`] : []),
    ...section("Files", [...fileLines(changes, style, columns), ...leftLines(proposal, columns)], style),
    ...(changes.some(isChange) ? [] : brokenLines(NOTHING, 0, columns)),
  ];
}

function headLines(text: string, style: Style, columns: number): readonly string[] {
  return hangingLines(text, columns).map((line) => style.bold(line));
}

function leftLines({ left }: Proposal, columns: number): readonly string[] {
  return left.flatMap((path) => {
    const text = `Yours, kept, and read by no server any more: ${path}. Delete it when you are done.`;
    return brokenLines(text, 2, columns).map((line) => `  ${line}`);
  });
}

/** A profile that nothing changes in takes no line. */
function profileLines(name: string, profile: ReplannedProfile, style: Style, columns: number): readonly string[] {
  const title = profile.isNew ? "Effects, against the project's own values" : "Effects";
  const lines = planLines(profile, title, style, columns);
  if (lines.length === 0 && !profile.isNew) return [];
  const head = profile.isNew ? targetText(profile.plan) : targetLine(profile, style);
  return ["", ...headLines(`profile ${name}${profile.isNew ? " (new)" : ""}: ${head}`, style, columns), ...lines];
}

function planLines(replanned: Replanned, title: string, style: Style, columns: number): readonly string[] {
  const { before, plan, effects, stands } = replanned;
  const answers = changedAnswers(before, plan).map((answer) => `  ${answerLine(answer, before, plan, style)}`);
  if (!stands) {
    const warnings = newWarnings(before, plan).flatMap((text) => warningLines(text, style, columns));
    return [...answers, ...section(title, effectLines(effects, style, columns), style), ...warnings];
  }
  const pins = effects.effects.filter(({ pinned }) => pinned);
  const near = effects.effects.length - pins.length;
  return [
    ...answers,
    ...(near === 0 ? [] : brokenLines(standsText(near), 0, columns)),
    ...section(
      "Pinned",
      effectLines({ ...effects, effects: pins, predictedBytes: 0, gone: [] }, style, columns),
      style,
    ),
  ];
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ["", style.bold(title), ...lines];
}

function targetLine({ before, plan }: Replanned, style: Style): string {
  const [was, is] = [targetText(before), targetText(plan)];
  return was === is ? is : `${was} ${style.arrow} ${is}`;
}

function targetText(plan: Plan): string {
  return `${plan.target} (${factsLine(plan.facts)})`;
}

function standsText(near: number): string {
  return `${near === 1 ? "1 setting" : `${near} settings`} would change by 5 % or less: the recorded plan stands.`;
}

interface ChangedAnswer {
  readonly key: AnswerKey;
  readonly before: string;
  readonly after: string;
}

export function changedAnswers(before: Plan, after: Plan): readonly ChangedAnswer[] {
  return answerKeys.flatMap((key) => {
    const [was, is] = [before.answers[key].value, after.answers[key].value];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{ key, before: textOf(key, was), after: textOf(key, is) }];
  });
}

/** "workload  api -> realtime"; of a list what comes and goes. */
function answerLine({ key, before: was, after: is }: ChangedAnswer, before: Plan, after: Plan, style: Style): string {
  const [had, has] = [before.answers[key].value, after.answers[key].value];
  if (!Array.isArray(had) || !Array.isArray(has)) return `${key}  ${was} ${style.arrow} ${is}`;
  const added = has.filter((item) => !had.includes(item)).map((item) => `+${item}`);
  const removed = had.filter((item) => !has.includes(item)).map((item) => `-${item}`);
  return `${key}  ${[...added, ...removed].join(" ") || "in another order"}`;
}

/** What the plan before did not warn of. */
function newWarnings(before: Plan, after: Plan): readonly string[] {
  const known = new Set(before.warnings.map(say));
  return after.warnings.map(say).filter((text) => !known.has(text));
}

function textOf(key: AnswerKey, value: unknown): string {
  return value === undefined ? "not given" : answerText(key, value);
}

/** Everything but `written`, which the caller knows. The digest is what `--plan-digest` takes. */
export function proposalDocument(command: string, proposal: Proposal): object {
  const { project, plan, changes, profiles, request } = proposal;
  const profileDocuments = [...profiles].map(([name, profile]) => ({
    name,
    isNew: profile.isNew,
    ...replannedDocument(profile),
  }));
  return {
    schema: JSON_SCHEMA,
    ok: true,
    command,
    directory: project.directory,
    generatorVersion: { recorded: project.base.generatorVersion, now: plan.generatorVersion },
    request,
    ...replannedDocument(proposal),
    profiles: profileDocuments,
    changes: changes.filter(isChange).length,
    conflicts: changes.filter(({ kind }) => kind === "conflict").length,
    left: proposal.left,
    files: changes.filter(isNotable).map(fileDocument),
    planDigest: planDigest(changes),
  };
}

function replannedDocument({ before, plan, effects, stands }: Replanned): object {
  return {
    target: { before: { label: before.target, facts: before.facts }, after: { label: plan.target, facts: plan.facts } },
    answers: changedAnswers(before, plan),
    drift: { drifted: effects.drifted, stands, predictedBytes: effects.predictedBytes, gone: effects.gone },
    effects: effects.effects.map((effect) => ({
      ...effect,
      before: { ...(decisionDocument(effect.before) as object), text: valueText(effect.before) },
      after: { ...(decisionDocument(effect.after) as object), text: valueText(effect.after) },
    })),
    warnings: plan.warnings.map((warning) => ({ ...warning, text: say(warning) })),
  };
}

/** Files that are written, wait for a decision, or are kept otherwise than generated. */
function isNotable(change: Change): boolean {
  return isChange(change) || notableKept([change]).length > 0 || (change.kept ?? []).length > 0;
}

/** Without contents: `diff --patch` prints those. */
function fileDocument({ path, kind, reason, from, entry, clashes, kept, ways }: Change): object {
  return {
    path,
    kind,
    reason,
    from,
    owner: entry?.owner,
    bytes: entry === undefined ? undefined : toBytes(entry.content).length,
    clashes,
    kept,
    ways: ways === undefined ? undefined : Object.keys(ways),
  };
}
