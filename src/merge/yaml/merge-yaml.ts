/**
 * Merges YAML key by key; merge-keyed.ts says how. YAML whose parts no path of keys can name (several documents, keys
 * that are lists, a list as its root) is merged by lines, and only taken when what comes out is YAML.
 */
import { parseAllDocuments } from "yaml";
import { mergeKeyed } from "../keys/merge-keyed.ts";
import { mergeLines } from "../lines/merge-lines.ts";
import { wholeFileClash } from "../merge-result.ts";
import type { Merged, Versions } from "../merged.ts";
import { Unparsable } from "../unparsable.ts";
import { editYaml } from "./edit-yaml.ts";
import { isNestedWithoutEnd, outlineOf } from "./yaml-outline.ts";

/** @throws Unparsable when the user's version is no YAML */
export function mergeYaml(path: string, versions: Versions): Merged {
  try {
    return mergeKeyed(path, versions, { outlineOf, edit: editYaml });
  } catch (error) {
    if (!(error instanceof Unparsable) || !isYaml(versions.local)) throw error;
  }
  const merged = mergeLines(path, versions);
  return merged.clashes.length > 0 || isYaml(merged.text)
    ? merged
    : wholeFileClash(path, versions, "its changes cannot be told apart");
}

function isYaml(text: string): boolean {
  if (isNestedWithoutEnd(text)) return false;
  const documents = parseAllDocuments(text, { logLevel: "error" });
  return Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0);
}
