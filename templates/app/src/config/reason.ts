/** Why a value is refused, in words that follow it: "server.port = 99999 must be at most 65535." */
import type { z } from "zod";

export function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case "too_big":
      return issue.origin === "string"
        ? `must have at most ${issue.maximum} characters.`
        : `must be at most ${issue.maximum}.`;
    case "too_small":
      if (issue.origin === "string") return "must not be empty.";
      return `must be at least ${issue.minimum}.`;
    case "invalid_value":
      return `must be ${listOf(issue.values)}.`;
    case "invalid_union":
      return `must be ${listOf(issue.errors.flat().flatMap((inner) => (inner.code === "invalid_value" ? inner.values : [])))}.`;
    case "invalid_type":
      return `must be ${KINDS[issue.expected] ?? issue.expected}.`;
    default:
      return `is not valid: ${issue?.message ?? "no reason given"}.`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text in quotes",
  boolean: "true or false",
};

function listOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
