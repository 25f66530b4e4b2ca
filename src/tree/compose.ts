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
import { profileRows } from "./profile-rows.ts";
import { noProfiles, type Profiles } from "./profile-wish.ts";
import { render } from "./render.ts";
import type { TemplateSource } from "./template-source.ts";

type WritingRow = CopyRow | RenderRow | EmitRow;

/**
 * @param profiles plans of the same server for other targets; each gets files of its own beside the shared ones
 * @returns every file of the project, sorted by path; texts have line feeds only
 */
export function compose(plan: Plan, templates: TemplateSource, profiles: Profiles = noProfiles): FileTree {
  const paths = templates.list();
  const shared = manifest.filter(writes).flatMap((row) => {
    if (row.when !== undefined && !row.when(plan)) return [];
    return row.kind === "copy" ? copied(row, paths, templates) : [printed(row, plan, profiles, templates)];
  });
  const own = [...profiles].flatMap(([name, profile]) => {
    assert(isSameServer(plan, profile), `the profile ${name} is planned for another server`);
    const rows = profileRows(name).filter((row) => row.when?.(profile) !== false);
    return rows.map((row) => printed(row, profile, noProfiles, templates));
  });
  const entries = [...shared, ...own];
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

function printed(row: RenderRow | EmitRow, plan: Plan, profiles: Profiles, templates: TemplateSource): FileEntry {
  if (row.kind === "emit") return entry(row, row.to, row.text(plan, profiles));
  const template = templates.read(row.from);
  assert(typeof template === "string", `${row.from} is no text`);
  return entry(row, row.to, render(row.from, template, row.view(plan, profiles)));
}

/** Whether two plans share every file but those of values. */
function isSameServer(one: Plan, other: Plan): boolean {
  return one.adapter === other.adapter && one.features.join() === other.features.join();
}

function entry(row: WritingRow, path: string, content: FileEntry["content"]): FileEntry {
  return { path, content, owner: row.owner, mode: row.mode ?? 0o644 };
}

function isProjectPath(path: string): boolean {
  return !path.startsWith("/") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
