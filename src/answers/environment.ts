/** Environment variables -> given answers. */
import type { Problem } from "../lib/errors.ts";
import type { Given } from "./given.ts";
import { nearest } from "./nearest.ts";
import { ENVIRONMENT_PREFIX, environmentNameOf, questionKeys, questions } from "./questions.ts";

/** An empty variable counts as not set, as Docker and CI systems pass absent values that way. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
} {
  const keyOfName = new Map(questionKeys.map((key) => [environmentNameOf(questions[key].flag), key]));
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const name of Object.keys(environment).sort()) {
    const raw = environment[name];
    if (!name.startsWith(ENVIRONMENT_PREFIX) || raw === undefined || raw === "") continue;
    const key = keyOfName.get(name);
    if (key !== undefined) given.push({ key, raw, origin: "environment", where: name });
    else {
      problems.push({
        code: "ARGUMENT_UNKNOWN",
        key: name,
        message: `The environment variable ${name} is none that create-fastserve reads.`,
        next: `Unset it, or did you mean ${nearest(name, [...keyOfName.keys()])}?`,
      });
    }
  }
  return { given, problems };
}
