/**
 * Merges JSON files key by key: `package.json`, `deno.json`, `tsconfig.json`, `fastserve.json` and the like, with or
 * without comments. A comment is an edit: a part that carries one stays when the generator drops or replaces it, and
 * is reported, as a dropped file is that its user has edited.
 */
import { assert } from "../../lib/assert.ts";
import { dataAt, type KeyTable } from "../keys/key-data.ts";
import { type KeptData, type KeyEdit, keyMerge } from "../keys/key-merge.ts";
import { keyText, valueText } from "../keys/key-text.ts";
import { withoutClash } from "../merge-result.ts";
import type { KeptKey, Merged, Versions } from "../merged.ts";
import { Unparsable } from "../unparsable.ts";
import { carriesComment, holdsComment } from "./comments.ts";
import { editJson } from "./edit-json.ts";
import { type JsonDocument, parseDocument, tableOf } from "./json-document.ts";

/** @throws Unparsable when the user's file is no JSON object */
export function mergeJson(path: string, versions: Versions): Merged {
  const local = parseDocument(versions.local);
  const next = parseDocument(versions.next);
  const mine = tableOf(local.root);
  const { edits, kept } = keyMerge(baseOf(versions.base), mine, tableOf(next.root));
  const held = edits.filter((edit) => isHeld(local, edit));
  const free = edits.filter((edit) => !held.includes(edit));
  const text = free.length === 0 ? versions.local : editJson(local, free, next);
  assertParses(text, path);
  const reported = [...kept, ...held.map((edit) => heldKey(mine, edit))];
  return withoutClash(text, reported.map(keptKey));
}

/** A base that is no JSON was not generated; the user's version is then merged as if none were kept. */
function baseOf(base: string | undefined): KeyTable | undefined {
  if (base === undefined) return undefined;
  try {
    return tableOf(parseDocument(base).root);
  } catch (error) {
    if (error instanceof Unparsable) return undefined;
    throw error;
  }
}

function isHeld(local: JsonDocument, edit: KeyEdit): boolean {
  if (edit.kind === "remove") return carriesComment(local, edit.path);
  return edit.kind === "set" && holdsComment(local, edit.path);
}

function heldKey(mine: KeyTable, edit: KeyEdit): KeptData {
  const recommended = edit.kind === "set" ? edit.value : undefined;
  return { path: edit.path, mine: dataAt(mine, edit.path), recommended };
}

function keptKey({ path, mine, recommended }: KeptData): KeptKey {
  return { key: keyText(path), mine: valueText(mine), recommended: valueText(recommended) };
}

/** A package manager or compiler reads the result: a text that is none must never reach the disk. */
function assertParses(text: string, path: string): void {
  try {
    parseDocument(text);
  } catch (error) {
    assert(!(error instanceof Unparsable), `merging ${path} gave no JSON: ${String(error)}`);
    throw error;
  }
}
