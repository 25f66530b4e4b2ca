/**
 * A three-way merge of one file: what the generator wrote last (base), what is on disk (local) and what it writes now
 * (next). Formats with keys are merged by keys, other texts by lines. Nothing that the user wrote is lost without a
 * decision: it is in the text, or in a clash.
 */
import { mergeJson } from "./json/merge-json.ts";
import { mergeEnv } from "./lines/merge-env.ts";
import { mergeIgnore } from "./lines/merge-ignore.ts";
import { mergeLines } from "./lines/merge-lines.ts";
import { wholeFileClash, withoutClash } from "./merge-result.ts";
import type { Merged, Versions } from "./merged.ts";
import { type Strategy, strategyOf } from "./strategy.ts";
import { mergeToml } from "./toml/merge-toml.ts";
import { Unparsable } from "./unparsable.ts";
import { mergeYaml } from "./yaml/merge-yaml.ts";

type Merge = (path: string, versions: Versions) => Merged;

const merges: Readonly<Record<Strategy, Merge>> = {
  lines: mergeLines,
  json: mergeJson,
  toml: mergeToml,
  yaml: mergeYaml,
  env: mergeEnv,
  ignore: mergeIgnore,
};

export function mergeVersions(path: string, versions: Versions): Merged {
  const { base, local, next } = versions;
  if (local === next || next === base) return withoutClash(local);
  if (local === base) return withoutClash(next);
  try {
    return merges[strategyOf(path)](path, versions);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return wholeFileClash(path, versions, `it cannot be parsed (${error.message})`);
  }
}

/** Why the text is none of its format, such as "line 3: a comma is missing"; undefined: it is one, or any text is. */
export function parseFault(path: string, text: string): string | undefined {
  try {
    merges[strategyOf(path)](path, { base: text, local: text, next: text });
    return undefined;
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return error.message;
  }
}
