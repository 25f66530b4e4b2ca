/** Layers of given answers -> one answer per question, with its origin. Reports all problems at once. */
import type { Problem } from "../lib/errors.ts";
import type { Answer, AnswerOrigin, Answers } from "./answers.ts";
import type { Given } from "./given.ts";
import {
  type DefaultInputs,
  environmentNameOf,
  type QuestionKey,
  type QuestionValues,
  questionKeys,
  questions,
} from "./questions.ts";
import { readValue } from "./read-value.ts";
import { repeatCommand } from "./repeat-command.ts";

export interface Resolution {
  readonly directory: Answer<string>;
  readonly answers: Answers;
  /** One per invalid value; such an answer stands at its default here. */
  readonly problems: readonly Problem[];
  /** Basic questions that nobody answered; they stand at their defaults here. */
  readonly missing: readonly QuestionKey[];
}

/** Most specific first. Only the value that counts is judged: an overridden one has no effect. */
const precedence: readonly AnswerOrigin[] = ["asked", "flag", "environment", "file"];

/** Decides every answer; what is invalid or missing takes its default and is listed. */
export function resolve(given: readonly Given[], inputs: DefaultInputs): Resolution {
  const values: Partial<Record<QuestionKey, unknown>> = {};
  const answers: Partial<Record<QuestionKey, Answer<unknown>>> = {};
  const problems: Problem[] = [];
  const missing: QuestionKey[] = [];
  for (const key of questionKeys) {
    const question = questions[key];
    const winner = strongest(given, key);
    const before = values as Partial<QuestionValues>;
    const usual = question.default(before, inputs);
    const read = winner && readValue(question.shape, winner.raw, winner.origin === "file" ? "json" : "text", usual);
    if (winner && read && !read.ok) problems.push(invalid(winner, read.reason, read.nearest));
    if (!winner && question.group === "basic") missing.push(key);
    const value = read?.ok ? read.value : usual;
    values[key] = value;
    answers[key] = { value, origin: winner && read?.ok ? winner.origin : "default" };
  }
  const { directory, ...rest } = answers as unknown as Answers & { readonly directory: Answer<string> };
  return { directory, answers: rest, problems, missing };
}

function strongest(given: readonly Given[], key: QuestionKey): Given | undefined {
  const rank = (one: Given): number => precedence.indexOf(one.origin);
  return given.filter((one) => one.key === key).sort((one, other) => rank(one) - rank(other))[0];
}

function invalid(given: Given, reason: string, near: string | undefined): Problem {
  const shown = typeof given.raw === "string" ? `"${given.raw}"` : JSON.stringify(given.raw);
  return {
    code: "ANSWER_INVALID",
    key: given.key,
    message: `${given.key}: ${shown} ${reason} (from ${given.where}).`,
    next: near === undefined ? `Give ${questions[given.key].placeholder}.` : correction(given, near),
  };
}

/** How the nearest valid value is written in the place where the wrong one stands. */
function correction(given: Given, near: string): string {
  if (given.origin === "environment") return `Set ${given.where}=${near}.`;
  if (given.origin === "file") return `Write ${JSON.stringify(near)} for "${given.key}" in ${given.where}.`;
  return `Use --${questions[given.key].flag} ${near}.`;
}

/** What to say when nobody can be asked: each missing answer with its flag, variable and key, and a working command. */
export function missingProblems(resolution: Resolution): readonly Problem[] {
  if (resolution.missing.length === 0) return [];
  const count = resolution.missing.length === 1 ? "1 answer is" : `${resolution.missing.length} answers are`;
  const example = repeatCommand(resolution.answers, resolution.directory.value);
  return [
    {
      code: "ANSWER_MISSING",
      message: `${count} missing, and there is no terminal to ask on.`,
      next: `Add --yes to take the defaults, or give every answer: ${example}`,
    },
    ...resolution.missing.map((key): Problem => {
      const { flag, placeholder, help } = questions[key];
      return {
        code: "ANSWER_MISSING",
        key,
        message: `${key} is missing. ${help}`,
        next: `--${flag} ${placeholder}, or ${environmentNameOf(flag)}, or "${key}" in --config.`,
      };
    }),
  ];
}
