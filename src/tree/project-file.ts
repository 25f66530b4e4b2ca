/**
 * `fastserve.json`: the wish that a project was generated from. Answers and the target's facts, values only, meant to
 * be read and edited by people; `explain`, `retune` and `diff` read it back.
 */
import type { AnswerKey, Answers, AnswerValues } from "../answers/answers.ts";
import { type QuestionKey, questionKeys, questions } from "../answers/questions.ts";
import { readValue } from "../answers/read-value.ts";
import { factChecks, factKeys, factOrigins } from "../facts/check-fact.ts";
import { isLabel } from "../facts/facts-document.ts";
import { FACTS_SCHEMA, type FactsDocument } from "../facts/hardware-facts.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import { leftoverMarkers } from "../lib/leftover-markers.ts";
import { type ProfileWish, profileAnswers, profileProblems } from "./profile-wish.ts";

/** The file's name in a project. */
export const PROJECT_FILE = "fastserve.json";

/** Version of the file's shape; a reader refuses a newer one. */
export const PROJECT_SCHEMA = 1;

export interface ProjectFile {
  readonly schema: typeof PROJECT_SCHEMA;
  /** Version of the generator that wrote the file. */
  readonly generator: string;
  readonly answers: AnswerValues;
  /** Answers that nobody gave: they stand at their defaults, and decisions that rest on them say so. */
  readonly defaulted: readonly AnswerKey[];
  /** The target's label: "this", a preset's id, or a facts file's label. */
  readonly target: string;
  readonly facts: FactsDocument;
  /** Further targets of the same server by name; absent: none. */
  readonly profiles?: Readonly<Record<string, ProfileWish>>;
}

/** Answers that stay out of the file when they were not given. */
const optionalAnswers: ReadonlySet<AnswerKey> = new Set(["cpus", "memory", "arch", "connections"]);

/** The answers' keys in the order in which the file lists them. */
export const answerKeys = questionKeys.filter(isAnswer);

function isAnswer(key: QuestionKey): key is AnswerKey {
  return key !== "directory";
}

/**
 * Reads the file's text; `path` is named in errors.
 * @throws AppError PROJECT_STATE_INVALID when the text is no such file, or was written by a newer version;
 *   ANSWER_INVALID or FACTS_UNREADABLE, once for each thing that is wrong in it
 */
export function parseProjectFile(text: string, path: string): ProjectFile {
  const root = parseJson(text, path);
  if (!isRecord(root) || typeof root.schema !== "number") throw notAProject(path, 'it has no "schema" number');
  if (root.schema > PROJECT_SCHEMA) {
    throw notAProject(path, `it has schema ${root.schema}, and this version reads ${PROJECT_SCHEMA} at most`);
  }
  const problems = [
    ...answerProblems(root.answers, path),
    ...restProblems(root, path),
    ...profileProblems(root.profiles, path, (document, key) => factsProblems(document, key, path)),
  ];
  if (problems.length > 0) throw new AppError(problems);
  const profiles = root.profiles as Readonly<Record<string, ProfileWish>> | undefined;
  return {
    ...(root as unknown as ProjectFile),
    answers: typedAnswers(root.answers as Readonly<Record<string, unknown>>),
    ...(profiles === undefined ? {} : { profiles: typedProfiles(profiles) }),
  };
}

/** What people write, such as "512m" and "all", as the values that it stands for; every one has been checked. */
function typedAnswers(written: Readonly<Record<string, unknown>>): AnswerValues {
  const values: Partial<Record<AnswerKey, unknown>> = {};
  for (const key of answerKeys) {
    if (written[key] === undefined) continue;
    const { shape, default: usual } = questions[key];
    const inputs = { packageManager: "npm", currentDirectoryName: "" } as const;
    const read = readValue(shape, written[key], "json", usual(values as Partial<AnswerValues>, inputs));
    if (read.ok) values[key] = read.value;
  }
  return values as unknown as AnswerValues;
}

function typedProfiles(profiles: Readonly<Record<string, ProfileWish>>): Readonly<Record<string, ProfileWish>> {
  return Object.fromEntries(Object.entries(profiles).map(([name, wish]) => [name, typedProfile(wish)]));
}

/** One that was written by hand may name its target once. */
function typedProfile(wish: ProfileWish): ProfileWish {
  const answers: ProfileWish["answers"] = typedAnswers(wish.answers ?? {});
  return { ...wish, answers: { target: wish.target, ...answers } };
}

/** The answers with their origins: a plan made from them is the plan that the file was written from. */
export function answersOf(project: ProjectFile): Answers {
  const defaulted = new Set(project.defaulted);
  return Object.fromEntries(
    answerKeys.map((key) => [key, { value: project.answers[key], origin: defaulted.has(key) ? "default" : "file" }]),
  ) as unknown as Answers;
}

/** The names of the project's profiles, in alphabetical order. */
export function profileNames({ profiles = {} }: ProjectFile): readonly string[] {
  return Object.keys(profiles).sort();
}

/** The profile of a name; undefined: there is none. */
export function profileNamed({ profiles = {} }: ProjectFile, name: string): ProfileWish | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** The same as `answersOf()` for a profile. */
export function answersOfProfile(project: ProjectFile, wish: Pick<ProfileWish, "answers">): Answers {
  return profileAnswers(answersOf(project), wish);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const [line] = leftoverMarkers(text);
    if (line !== undefined) throw notAProject(path, `it holds git's conflict markers (line ${line})`, DECIDE);
    throw notAProject(path, `it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const DECIDE = "Keep one side of each conflict in it, then run the command again.";
const RESTORE = "Restore the file from version control, or create the project anew with the same answers.";

function notAProject(path: string, why: string, next: string = RESTORE): AppError {
  return new AppError({
    code: "PROJECT_STATE_INVALID",
    key: path,
    message: `${path} cannot be read as a project's ${PROJECT_FILE}: ${why}.`,
    next,
  });
}

function answerProblems(answers: unknown, path: string): Problem[] {
  if (!isRecord(answers)) return [invalid("ANSWER_INVALID", path, "answers", answers, "is no object")];
  const known = answerKeys.flatMap((key) => {
    const raw = answers[key];
    if (raw === undefined && optionalAnswers.has(key)) return [];
    const read = readValue(questions[key].shape, raw, "json");
    return read.ok ? [] : [invalid("ANSWER_INVALID", path, `answers.${key}`, raw, read.reason)];
  });
  const unknown = Object.keys(answers)
    .filter((key) => !answerKeys.some((answer) => answer === key))
    .map((key) => invalid("ANSWER_INVALID", path, `answers.${key}`, answers[key], "is no answer's key"));
  return [...known, ...unknown];
}

function restProblems(root: Readonly<Record<string, unknown>>, path: string): Problem[] {
  const problems: Problem[] = [];
  for (const key of ["generator", "target"]) {
    const value = root[key];
    if (isLabel(value)) continue;
    problems.push(invalid("FACTS_UNREADABLE", path, key, value, "is no short line of text"));
  }
  const { defaulted } = root;
  if (!Array.isArray(defaulted) || !defaulted.every((key) => answerKeys.includes(key))) {
    problems.push(invalid("ANSWER_INVALID", path, "defaulted", defaulted, "is no list of answers' keys"));
  }
  return [...problems, ...factsProblems(root.facts, "facts", path)];
}

/** `key` is where the document stands in the file. */
function factsProblems(document: unknown, key: string, path: string): Problem[] {
  if (!isRecord(document) || document.schema !== FACTS_SCHEMA || !isRecord(document.facts)) {
    const wanted = `is no facts document of schema ${FACTS_SCHEMA}`;
    return [invalid("FACTS_UNREADABLE", path, key, document, wanted)];
  }
  const { facts } = document;
  return factKeys.flatMap((name) => {
    const [where, fact] = [`${key}.facts.${name}`, facts[name]];
    if (!isRecord(fact) || fact.value === undefined || !factOrigins.some((origin) => origin === fact.origin)) {
      return [invalid("FACTS_UNREADABLE", path, where, fact, `has no value and origin (${factOrigins.join(", ")})`)];
    }
    const { accepts, expected } = factChecks[name];
    if (accepts(fact.value)) return [];
    return [invalid("FACTS_UNREADABLE", path, `${where}.value`, fact.value, `is not ${expected}`)];
  });
}

function invalid(
  code: "ANSWER_INVALID" | "FACTS_UNREADABLE",
  path: string,
  key: string,
  value: unknown,
  fault: string,
): Problem {
  const shown = value === undefined ? "which is missing," : JSON.stringify(value);
  return {
    code,
    key,
    message: `${path}: ${key} ${shown} ${fault}.`,
    next: `Correct ${key} in ${path}; \`create-fastserve schema\` describes the answers.`,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
