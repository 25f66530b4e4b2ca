/**
 * Carries out the edits of a key merge on data: what a merged text must say. Each format compares what its own edits of
 * the text came to with this, so that a text which it got wrong is never written.
 */
import { assert } from "../../lib/assert.ts";
import { isList, isTable, type KeyData, type KeyPath, type KeyTable } from "./key-data.ts";
import type { KeyEdit } from "./key-merge.ts";

export function applyEdits(local: KeyTable, edits: readonly KeyEdit[]): KeyTable {
  const result = edited(
    local,
    edits.map((edit) => ({ edit, rest: edit.path })),
  );
  assert(isTable(result), "the edits of a table came to no table");
  return result;
}

interface Pending {
  readonly edit: KeyEdit;
  /** The path from the value at hand. */
  readonly rest: KeyPath;
}

function edited(data: KeyData, pending: readonly Pending[]): KeyData {
  const whole = pending.find(({ edit, rest }) => edit.kind === "set" && rest.length === 0);
  if (whole !== undefined && "value" in whole.edit) return whole.edit.value;
  if (pending.length === 0) return data;
  if (isTable(data)) return editedTable(data, pending);
  assert(isList(data), "an edit reaches into a scalar");
  return editedList(data, pending);
}

function editedTable(table: KeyTable, pending: readonly Pending[]): KeyTable {
  const result = new Map<string, KeyData>();
  for (const [position, [key, value]] of [...table].entries()) {
    addAt(result, pending, position);
    const below = under(pending, key);
    if (!below.some(isRemoval)) result.set(key, edited(value, below));
  }
  addAt(result, pending, table.size);
  return result;
}

function addAt(result: Map<string, KeyData>, pending: readonly Pending[], position: number): void {
  for (const { edit, rest } of pending) {
    if (edit.kind === "add" && rest.length === 1 && edit.at === position) result.set(String(rest[0]), edit.value);
  }
}

function editedList(list: readonly KeyData[], pending: readonly Pending[]): KeyData {
  const result: KeyData[] = [];
  for (const [index, item] of list.entries()) {
    result.push(...insertedAt(pending, index));
    const below = under(pending, index);
    if (!below.some(isRemoval)) result.push(edited(item, below));
  }
  return [...result, ...insertedAt(pending, list.length)];
}

function insertedAt(pending: readonly Pending[], position: number): KeyData[] {
  return pending.flatMap(({ edit, rest }) =>
    edit.kind === "insert" && rest.length === 0 && edit.at === position ? [edit.value] : [],
  );
}

function isRemoval({ edit, rest }: Pending): boolean {
  return edit.kind === "remove" && rest.length === 0;
}

function under(pending: readonly Pending[], step: string | number): Pending[] {
  return pending.filter(({ rest }) => rest[0] === step).map(({ edit, rest }) => ({ edit, rest: rest.slice(1) }));
}
