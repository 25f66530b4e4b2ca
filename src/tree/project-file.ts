/**
 * `fastserve.json`: the wish that a project was generated from. Answers and the target's facts, values only, meant to
 * be read and edited by people; `explain`, `retune` and `diff` read it back.
 */
import type { AnswerKey, Answers, AnswerValues } from "../answers/answers.ts";
import { type QuestionKey, questionKeys, questions } from "../answers/questions.ts";
import { readValue } from "../answers/read-value.ts";
import { FACTS_SCHEMA, type FactsDocument } from "../facts/hardware-facts.ts";
import { AppError, type Problem } from "../lib/errors.ts";

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
 * @throws AppError PROJECT_NOT_FOUND when the text is no such file, or was written by a newer version;
 *   ANSWER_INVALID or FACTS_UNREADABLE, once for each thing that is wrong in it
 */
export function parseProjectFile(text: string, path: string): ProjectFile {
  const root = parseJson(text, path);
  if (!isRecord(root) || typeof root.schema !== "number") throw notAProject(path, 'it has no "schema" number');
  if (root.schema > PROJECT_SCHEMA) {
    throw notAProject(path, `it has schema ${root.schema}, and this version reads ${PROJECT_SCHEMA} at most`);
  }
  const problems = [...answerProblems(root.answers, path), ...restProblems(root, path)];
  if (problems.length > 0) throw new AppError(problems);
  return root as unknown as ProjectFile;
}

/** The answers with their origins: a plan made from them is the plan that the file was written from. */
export function answersOf(project: ProjectFile): Answers {
  const defaulted = new Set(project.defaulted);
  return Object.fromEntries(
    answerKeys.map((key) => [key, { value: project.answers[key], origin: defaulted.has(key) ? "default" : "file" }]),
  ) as unknown as Answers;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notAProject(path, `it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function notAProject(path: string, why: string): AppError {
  return new AppError({
    code: "PROJECT_NOT_FOUND",
    key: path,
    message: `${path} cannot be read as a project's ${PROJECT_FILE}: ${why}.`,
    next: "Restore the file from version control, or create the project anew with the same answers.",
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
    if (typeof value === "string" && value !== "") continue;
    problems.push(invalid("FACTS_UNREADABLE", path, key, value, "is no text"));
  }
  const { defaulted, facts: document } = root;
  if (!Array.isArray(defaulted) || !defaulted.every((key) => answerKeys.includes(key))) {
    problems.push(invalid("ANSWER_INVALID", path, "defaulted", defaulted, "is no list of answers' keys"));
  }
  if (!isRecord(document) || document.schema !== FACTS_SCHEMA || !isRecord(document.facts)) {
    const wanted = `is no facts document of schema ${FACTS_SCHEMA}`;
    return [...problems, invalid("FACTS_UNREADABLE", path, "facts", document, wanted)];
  }
  for (const [key, fact] of Object.entries(document.facts)) {
    if (isRecord(fact) && fact.value !== undefined && typeof fact.origin === "string") continue;
    problems.push(invalid("FACTS_UNREADABLE", path, `facts.facts.${key}`, fact, "has no value and origin"));
  }
  return problems;
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
