/** A config file's text -> given answers. JSON or TOML, by content: a JSON object starts with a brace. */
import type { Problem } from "../lib/errors.ts";
import type { Given } from "./given.ts";
import { nearest } from "./nearest.ts";
import { type QuestionKey, questionKeys } from "./questions.ts";

export interface AnswersFile {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a config file. A project's own `fastserve.json` is accepted too: its answers are taken.
 * `name` is how errors call the file. The TOML parser is loaded only for TOML.
 */
export async function parseAnswersFile(text: string, name: string): Promise<AnswersFile> {
  let document: unknown;
  try {
    document = text.trimStart().startsWith("{") ? JSON.parse(text) : await parseToml(text);
  } catch (error) {
    return unreadable(name, error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(document)) return unreadable(name, "the top level is no table of answers");
  const answers = isRecord(document.answers) ? document.answers : document;
  return readAnswers(answers, name);
}

function readAnswers(answers: Readonly<Record<string, unknown>>, name: string): AnswersFile {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [key, entry] of Object.entries(answers)) {
    if (key === "$schema") continue;
    // A recorded answer is { value, origin }; a written one is the value itself.
    const raw = isRecord(entry) && "origin" in entry ? entry.value : entry;
    if (!isQuestionKey(key)) problems.push(unknownKey(key, name));
    else if (raw !== undefined && raw !== null) given.push({ key, raw, origin: "file", where: name });
  }
  return { given, problems };
}

function unknownKey(key: string, name: string): Problem {
  return {
    code: "ARGUMENT_UNKNOWN",
    key,
    message: `${name}: "${key}" is no answer's key.`,
    next: `Did you mean "${nearest(key, questionKeys)}"? \`create-fastserve schema\` prints all keys.`,
  };
}

function unreadable(name: string, why: string): AnswersFile {
  return {
    given: [],
    problems: [
      {
        code: "CONFIG_UNREADABLE",
        key: "config",
        message: `${name} is not readable as JSON or TOML: ${why}.`,
        next: "Correct the file; `create-fastserve schema` prints what it may contain.",
      },
    ],
  };
}

async function parseToml(text: string): Promise<unknown> {
  const { getStaticTOMLValue, parseTOML, traverseNodes } = await import("toml-eslint-parser");
  const program = parseTOML(text);
  traverseNodes(program, {
    enterNode(node) {
      const name = node.type === "TOMLBare" ? node.name : node.type === "TOMLQuoted" ? node.value : "";
      // The parser builds plain objects: below this key it would write to all objects of the process.
      if (name === "__proto__") throw new Error("__proto__ is no answer's key");
    },
    leaveNode() {},
  });
  return getStaticTOMLValue(program);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isQuestionKey(key: string): key is QuestionKey {
  return (questionKeys as readonly string[]).includes(key);
}
