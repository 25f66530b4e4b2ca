/** The one-line command that makes the same project again; for the terminal and the project's README. */
import type { Answers } from "./answers.ts";
import { type QuestionKey, type QuestionValues, questionKeys, questions } from "./questions.ts";
import { sizeText } from "./read-value.ts";

/**
 * The command with every basic answer and every other answer that differs from its default. The words are quoted
 * for POSIX shells; none of them needs quoting elsewhere unless the directory or a path does.
 */
export function repeatCommand(answers: Answers, directory: string = answers.name.value): string {
  const flags = repeatFlags(answers, directory);
  return [creators[answers.packageManager.value], ...[directory, ...flags].map(shellWord)].join(" ");
}

/** npm takes flags only behind a "--"; the others pass them on. */
const creators = {
  npm: "npm create fastserve@latest --",
  pnpm: "pnpm create fastserve@latest",
  yarn: "yarn create fastserve",
  bun: "bun create fastserve@latest",
  deno: "deno run -A npm:create-fastserve@latest",
} as const satisfies Readonly<Record<Answers["packageManager"]["value"], string>>;

/** The same as a list of words, without directory. */
export function repeatFlags(answers: Answers, directory: string): readonly string[] {
  const before: Partial<Record<QuestionKey, unknown>> = { directory };
  const words: string[] = [];
  for (const key of questionKeys) {
    if (key === "directory") continue;
    const { value } = answers[key];
    const question = questions[key];
    const usual = question.default(before as Partial<QuestionValues>, {
      packageManager: "npm",
      currentDirectoryName: answers.name.value,
    });
    before[key] = value;
    // The package manager is in the command's first words already.
    if (key === "packageManager" || value === undefined) continue;
    if (question.group === "basic" || JSON.stringify(value) !== JSON.stringify(usual)) {
      words.push(`--${question.flag}`, valueText(key, value));
    }
  }
  return [...words, "--yes"];
}

/** A value as it is typed after its flag. */
export function valueText(key: QuestionKey, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(",");
  return questions[key].shape.kind === "size" && typeof value === "number" ? sizeText(value) : String(value);
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,~-]+$/.test(text) && !text.startsWith("~") ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
