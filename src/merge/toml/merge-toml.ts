/** Merges TOML key by key; merge-keyed.ts says how. */
import { mergeKeyed } from "../keys/merge-keyed.ts";
import type { Merged, Versions } from "../merged.ts";
import { editToml } from "./edit-toml.ts";
import { outlineOf } from "./toml-outline.ts";
import { writableEdits } from "./writable-edits.ts";

/** @throws Unparsable when the user's version is no TOML */
export function mergeToml(path: string, versions: Versions): Merged {
  return mergeKeyed(path, versions, {
    outlineOf,
    edit: (local, next, edits, generated) => editToml(local, next, writableEdits(local, next, edits), generated),
  });
}
