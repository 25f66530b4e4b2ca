/**
 * Profiles in `fastserve.json`: named sets of facts and answers beside the project's own, such as a smaller machine's.
 * Each gives a tuned file of its own and shares every other source file, so it may answer only questions whose answers
 * decide nothing but values.
 */
import { profileFault } from "../../templates/app/src/config/profile-files.ts";
import type { AnswerKey, Answers, AnswerValues } from "../answers/answers.ts";
import { nearest } from "../answers/nearest.ts";
import { questions } from "../answers/questions.ts";
import { readValue } from "../answers/read-value.ts";
import { isLabel } from "../facts/facts-document.ts";
import type { FactsDocument } from "../facts/hardware-facts.ts";
import type { Problem } from "../lib/errors.ts";
import type { Plan } from "../plan/plan.ts";

/** What tells the target; the project's own says nothing about a profile's. */
export const targetKeys = ["target", "cpus", "memory", "arch"] as const satisfies readonly AnswerKey[];

/** Answers that a profile may give: each decides values of the tuned file only. */
export const profileAnswerKeys = [
  ...targetKeys,
  "workload",
  "objective",
  "connections",
  "allocator",
] as const satisfies readonly AnswerKey[];

export type ProfileAnswerKey = (typeof profileAnswerKeys)[number];

export interface ProfileWish {
  /** Only what the profile answers itself; everything else is as the project has it. */
  readonly answers: Partial<Pick<AnswerValues, ProfileAnswerKey>>;
  /** The target's label: "this", a preset's id, or a facts file's label. */
  readonly target: string;
  readonly facts: FactsDocument;
}

/** The plan of each profile by its name. */
export type Profiles = ReadonlyMap<string, Plan>;

export const noProfiles: Profiles = new Map();

/** Each profile is solved on every run; a project has a handful of machines. */
export const PROFILES_MAX = 32;

/** Whether a profile may answer the question. */
export function isProfileAnswer(key: string): key is ProfileAnswerKey {
  return (profileAnswerKeys as readonly string[]).includes(key);
}

/** The project's answers as a profile has them: its own over them, and nothing of the project's target. */
export function profileAnswers(project: Answers, { answers }: Pick<ProfileWish, "answers">): Answers {
  const entries = Object.entries(project).map(([key, answer]) => {
    if (isProfileAnswer(key) && answers[key] !== undefined) return [key, { value: answers[key], origin: "file" }];
    if (key === "target") return [key, { value: "this", origin: "default" }];
    if ((targetKeys as readonly string[]).includes(key)) return [key, { value: undefined, origin: "default" }];
    return [key, answer.origin === "default" ? answer : { ...answer, origin: "project" }];
  });
  return Object.fromEntries(entries) as Answers;
}

/** What of a plan's answers the profile has given itself, as `fastserve.json` holds it. */
export function ownAnswers({ answers }: Pick<Plan, "answers">): ProfileWish["answers"] {
  const own = profileAnswerKeys.filter((key) => key === "target" || isOwn(answers[key].origin));
  return Object.fromEntries(own.map((key) => [key, answers[key].value]));
}

function isOwn(origin: Answers[AnswerKey]["origin"]): boolean {
  return origin !== "default" && origin !== "project";
}

/** What is wrong with the names and answers of `profiles`; the facts are judged like the project's own. */
export function profileProblems(profiles: unknown, path: string, factsProblems: FactsProblems): Problem[] {
  if (profiles === undefined) return [];
  if (!isRecord(profiles)) return [invalid(path, "profiles", "is no object of profiles by name")];
  const names = Object.keys(profiles);
  if (names.length > PROFILES_MAX) {
    return [invalid(path, "profiles", `has ${names.length} profiles; ${PROFILES_MAX} are possible`)];
  }
  return names.flatMap((name) => oneProblems(profiles[name], name, path, factsProblems));
}

/** `key` is where the document stands. */
export type FactsProblems = (document: unknown, key: string) => readonly Problem[];

const profileKeys = ["answers", "target", "facts"];

function oneProblems(profile: unknown, name: string, path: string, factsProblems: FactsProblems): Problem[] {
  const key = `profiles.${name}`;
  const fault = profileFault(name);
  if (fault !== undefined) return [invalid(path, key, fault)];
  if (!isRecord(profile)) return [invalid(path, key, 'is no object with "answers", "target" and "facts"')];
  const { answers = {}, target, facts } = profile;
  return [
    ...Object.keys(profile)
      .filter((entry) => !profileKeys.includes(entry))
      .map((entry) => invalid(path, `${key}.${entry}`, `is not known here; expected ${profileKeys.join(", ")}`)),
    ...(isLabel(target) ? [] : [invalid(path, `${key}.target`, "is no short line of text")]),
    ...(isRecord(answers) ? answerProblems(answers, key, path) : [invalid(path, `${key}.answers`, "is no object")]),
    ...factsProblems(facts, `${key}.facts`),
  ];
}

function answerProblems(answers: Readonly<Record<string, unknown>>, key: string, path: string): Problem[] {
  return Object.entries(answers).flatMap(([answer, raw]) => {
    const where = `${key}.answers.${answer}`;
    if (!isProfileAnswer(answer))
      return [Object.hasOwn(questions, answer) ? shared(path, where) : unknown(path, where)];
    const read = readValue(questions[answer].shape, raw, "json");
    return read.ok ? [] : [invalid(path, where, `(${JSON.stringify(raw)}) ${read.reason}`)];
  });
}

function shared(path: string, key: string): Problem {
  return {
    code: "ANSWER_REFUSED",
    key,
    message: `${path}: ${key} belongs to the project: it decides files that all profiles share.`,
    next: `Give it to the project, in "answers", or leave it out. A profile may answer ${profileAnswerKeys.join(", ")}.`,
  };
}

function unknown(path: string, key: string): Problem {
  const near = nearest(key.slice(key.lastIndexOf(".") + 1), profileAnswerKeys);
  const hint = near === undefined ? "" : `Did you mean "${near}"? `;
  return {
    code: "ANSWER_INVALID",
    key,
    message: `${path}: ${key} is no answer's key.`,
    next: `${hint}A profile may answer ${profileAnswerKeys.join(", ")}.`,
  };
}

function invalid(path: string, key: string, fault: string): Problem {
  return {
    code: "ANSWER_INVALID",
    key,
    message: `${path}: ${key} ${fault}.`,
    next: `Correct ${key} in ${path}, or remove the profile and add it with create-fastserve retune --profile NAME --target TARGET.`,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
