/**
 * Plan x templates -> FileTree. Selects files, prints the generated ones, renders the texts; pure, and byte for byte
 * the same for equal inputs.
 */
import { assert } from "../lib/assert.ts";
import type { Plan } from "../plan/plan.ts";
import type { FileEntry, FileTree } from "./file-tree.ts";
import {
  type CopyRow,
  claims,
  destination,
  type EmitRow,
  type ManifestRow,
  manifest,
  type RenderRow,
} from "./manifest.ts";
import { render } from "./render.ts";
import type { TemplateSource } from "./template-source.ts";

type WritingRow = CopyRow | RenderRow | EmitRow;

/** @returns every file of the project, sorted by path; texts have line feeds only */
export function compose(plan: Plan, templates: TemplateSource): FileTree {
  const paths = templates.list();
  const entries = manifest.filter(writes).flatMap((row) => {
    if (row.when !== undefined && !row.when(plan)) return [];
    return row.kind === "copy" ? copied(row, paths, templates) : [printed(row, plan, templates)];
  });
  const tree = new Map<string, FileEntry>();
  for (const entry of entries.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    assert(!tree.has(entry.path), `two manifest rows write ${entry.path}`);
    assert(isProjectPath(entry.path), `${entry.path} is no path inside a project`);
    assert(typeof entry.content !== "string" || !entry.content.includes("\r"), `${entry.path} has carriage returns`);
    tree.set(entry.path, entry);
  }
  return tree;
}

function writes(row: ManifestRow): row is WritingRow {
  return row.kind !== "keep";
}

function copied(row: CopyRow, paths: readonly string[], templates: TemplateSource): FileEntry[] {
  const claimed = paths.filter((path) => claims(row, path));
  assert(claimed.length > 0 || row.from.endsWith("*"), `manifest names a missing template: ${row.from}`);
  return claimed.map((path) => entry(row, destination(row, path), templates.read(path)));
}

function printed(row: RenderRow | EmitRow, plan: Plan, templates: TemplateSource): FileEntry {
  if (row.kind === "emit") return entry(row, row.to, row.text(plan));
  const template = templates.read(row.from);
  assert(typeof template === "string", `${row.from} is no text`);
  return entry(row, row.to, render(row.from, template, row.view(plan)));
}

function entry(row: WritingRow, path: string, content: FileEntry["content"]): FileEntry {
  return { path, content, owner: row.owner, mode: row.mode ?? 0o644 };
}

function isProjectPath(path: string): boolean {
  return !path.startsWith("/") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
