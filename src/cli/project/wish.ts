/**
 * What a run wants of a project that exists: its recorded answers and facts, changed by what was given now. An answer
 * that nobody ever gave follows its default only where what the default depends on has changed; so another version of
 * this program, with other defaults, changes nothing by itself.
 */
import type { AnswerKey, Answers } from "../../answers/answers.ts";
import type { Given } from "../../answers/given.ts";
import type { DefaultInputs } from "../../answers/questions.ts";
import { resolve } from "../../answers/resolve.ts";
import { overrideFacts } from "../../facts/override-facts.ts";
import { presets } from "../../facts/presets.ts";
import { AppError } from "../../lib/errors.ts";
import { answerKeys, answersOf, PROJECT_FILE, type ProjectFile } from "../../tree/project-file.ts";
import type { Target, Targets } from "../target.ts";
import { hasEdited, markEdited } from "./facts-by-hand.ts";
import type { OpenProject } from "./project.ts";

export interface Wish {
  readonly answers: Answers;
  readonly target: Target;
  /** Somebody wrote the facts into the project's file and wants exactly these, however near they are to the recorded ones. */
  readonly isExact?: boolean;
  /** The version that wrote it; undefined: this one makes it. */
  readonly generatorVersion?: string;
}

/** As `--target`: the facts stay as they are recorded, whatever machine this runs on. */
export const RECORDED_TARGET = "recorded";

/** As if `--target recorded` had been given; `where` is what gave it. */
export function recordedTarget(where: string): Given {
  return { key: "target", raw: RECORDED_TARGET, origin: "flag", where };
}

/** The wish that the last write generated from. */
export function recordedWish({ recordedWish: file }: OpenProject): Wish {
  const target = { label: file.target, facts: file.facts.facts };
  return { answers: answersOf(file), target, generatorVersion: file.generator };
}

/**
 * @param given what this run was told; nothing for an upgrade
 * @throws AppError with every invalid answer, or when the target cannot be loaded
 */
export function newWish(project: OpenProject, given: readonly Given[], targets: Targets): Wish {
  const told = given.filter(({ key }) => key !== "directory");
  const named = told.find(({ key }) => key === "target")?.raw;
  const answers = answersFrom(
    project,
    told.filter(({ key, raw }) => key !== "target" || raw !== RECORDED_TARGET),
  );
  return { answers, target: targetOf(project, answers, named, targets), isExact: hasEditedFacts(project, named) };
}

/** Numbers about a target; they describe the recorded one, so another target comes without them. */
const targetNumbers: ReadonlySet<string> = new Set<AnswerKey>(["cpus", "memory", "arch"]);

function answersFrom({ wish, recordedWish: recorded }: OpenProject, told: readonly Given[]): Answers {
  const changesTarget = told.some(({ key }) => key === "target");
  // What was told now may stand in a file too, and beats what is recorded.
  const replaced = new Set(told.map(({ key }) => key));
  const kept = givenIn(wish, recorded).filter(
    ({ key }) => !replaced.has(key) && !(changesTarget && targetNumbers.has(key)),
  );
  const usual = resolve(givenIn(recorded, recorded), inputsOf(recorded)).answers;
  const { answers, problems } = resolve([...told, ...kept], inputsOf(wish));
  if (problems.length > 0) throw new AppError(problems);
  const entries = answerKeys.map((key) => {
    const isStill = answers[key].origin === "default" && isSame(answers[key].value, usual[key].value);
    const stays = isStill && !(changesTarget && targetNumbers.has(key));
    return [key, stays ? { value: wish.answers[key], origin: "default" } : answers[key]];
  });
  return Object.fromEntries(entries) as Answers;
}

/** The answers in the file that somebody gave: in a run, or by an edit of what the last write left there. */
function givenIn(file: ProjectFile, left: ProjectFile): readonly Given[] {
  const { answers, defaulted } = file;
  const asGiven = (key: AnswerKey): Given => ({ key, raw: answers[key], origin: "file", where: PROJECT_FILE });
  const stated = answerKeys.filter((key) => answers[key] !== undefined && !defaulted.includes(key)).map(asGiven);
  // A default that follows another answer is no edit: `git apply` of a patch leaves such a file.
  const usual = resolve(stated, inputsOf(file)).answers;
  const edited = defaulted
    .filter((key) => !isSame(answers[key], left.answers[key]) && !isSame(answers[key], usual[key].value))
    .map(asGiven);
  return [...stated, ...edited.filter(({ raw }) => raw !== undefined)];
}

/** Nothing counts as refused: no runtime changes because a default would fit the target better; the plan refuses in words. */
function inputsOf({ answers }: ProjectFile): DefaultInputs {
  return { packageManager: answers.packageManager, currentDirectoryName: answers.name };
}

/** @param named what `--target` says; undefined: nothing */
export function targetOf(project: OpenProject, answers: Answers, named: unknown, targets: Targets): Target {
  const { wish, recordedWish: recorded } = project;
  const isAsRecorded = named === undefined && !isLoadedAnew(project);
  if (named !== RECORDED_TARGET && !isAsRecorded) return targets.load(answers);
  const numbers = { cpus: answers.cpus.value, memoryBytes: answers.memory.value, arch: answers.arch.value };
  return { label: wish.target, facts: overrideFacts(markEdited(wish.facts.facts, recorded.facts.facts), numbers) };
}

/** Whether the target has facts that were edited by hand. @param named as above */
export function hasEditedFacts({ wish, recordedWish: recorded }: OpenProject, named: unknown): boolean {
  return (named === undefined || named === RECORDED_TARGET) && !isSame(wish.facts, recorded.facts);
}

/**
 * Without a target on the command line this machine is probed again and a preset is looked up again. Facts that were
 * edited by hand are a wish and stand; so do those of a facts file, which may have lain on another machine.
 */
function isLoadedAnew({ wish, recordedWish: recorded }: OpenProject): boolean {
  const { target } = wish.answers;
  if (!isSame(wish.facts, recorded.facts)) return false;
  if (target !== recorded.answers.target) return true;
  return (target === "this" || presets.some(({ id }) => id === target)) && !hasEdited(wish.facts.facts);
}

/** Whether two wishes differ in what a person said, beyond what the machine turned out to be. */
export function saysTheSame(one: Answers, other: Answers): boolean {
  return answerKeys.every((key) => isSame(one[key].value, other[key].value));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
