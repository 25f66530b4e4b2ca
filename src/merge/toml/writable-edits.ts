/**
 * Edits that TOML can be given in the form in which the user's version has a list: a list of tables with headers of
 * their own takes no other items, so a list that gets some is written anew, as an array.
 */
import { applyEdits } from "../keys/apply-edits.ts";
import { dataAt, isList, isTable, type KeyData, type KeyPath, sameData } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { startsWith } from "../keys/text-block.ts";
import type { Outline } from "./toml-outline.ts";

/** The next version has nothing here: its root is a table. */
const NOWHERE: KeyPath = [-1];

export function writableEdits(local: Outline, next: Outline, edits: readonly KeyEdit[]): readonly KeyEdit[] {
  const lists = edits.flatMap((edit) => (edit.kind === "insert" && !isTable(edit.value) ? [edit] : []));
  let result = edits;
  let merged: KeyData | undefined;
  for (const { path, from } of lists) {
    const hasHeaders = local.blocks.some((block) => block.kind === "header" && startsWith(block.path, [...path, 0]));
    if (!hasHeaders || !result.some((edit) => edit.kind === "insert" && startsWith(edit.path, path))) continue;
    merged ??= applyEdits(local.data, edits);
    const value = dataAt(merged, path);
    if (!isList(value)) continue;
    const listFrom = from.slice(0, -1);
    const asNext = sameData(value, dataAt(next.data, listFrom));
    const whole: KeyEdit = { kind: "set", path, value, from: asNext ? listFrom : NOWHERE };
    result = [...result.filter((edit) => !startsWith(edit.path, path)), whole];
  }
  return result;
}
