/** What is wrong with the configuration: all of it at once, each with its place, so that one look repairs it. */
import { redact } from "./secret.ts";

/** Where a value was set: a line of a file, or a variable of the environment. */
export interface Place {
  /** "fastserve.toml:3" or "FASTSERVE__SERVER__PORT". */
  readonly where: string;
  /** Layer that a reader looks the value up in. */
  readonly layer: Layer;
}

/** From the weakest to the strongest. */
export type Layer = "tuned" | "user" | "profile" | "environment";

export interface ConfigProblem {
  readonly where: string;
  /** The setting whose value is refused. */
  readonly key?: string;
  /** What is wrong and what to do, without the place. */
  readonly message: string;
}

export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.where}: ${problem.message}`).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Text that shows a value as TOML would write it, short enough for one line. */
export function showValue(value: unknown, secret: boolean): string {
  const shown = redact(value, secret);
  // Numbers such as inf and nan have no JSON form; TOML's is the nearest.
  const text = typeof shown === "number" ? String(shown) : (JSON.stringify(shown) ?? "nothing");
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}...` : text;
}

/** Enough to recognise a value; an error line stays readable. */
const VALUE_CHARS_MAX = 80;
