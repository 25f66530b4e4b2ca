/** What its user has made of the generated files. Nothing here is wrong: it says what a later run will keep. */
import type { Change, ChangeReason } from "../write/changes/change.ts";
import { counted, type Finding, namesText, ok, warning } from "./finding.ts";

/** @param changes what a run with nothing told would do */
export function checkFiles(changes: readonly Change[]): readonly Finding[] {
  const withReason = (reason: ChangeReason): readonly string[] =>
    changes.filter((change) => change.reason === reason).map(({ path }) => path);
  const edited = changes.filter(({ reason }) => reason === "edited" || reason === "merged").length;
  const deleted = withReason("deleted_by_user");
  const value = `${counted(edited, "file")} edited, ${deleted.length} deleted by you`;
  const reason =
    deleted.length === 0
      ? "Edits are merged."
      : `Edits are merged; what you deleted stays deleted: ${namesText(deleted)}.`;
  const kept = changes.filter(({ kind, reason: why }) => kind === "keep" && why === "obstacle");
  return [
    ok("files", value, reason),
    ...conflicting(changes),
    ...obstacles(kept.map(({ path }) => path)),
    ...orphans(withReason("dropped_but_edited")),
  ];
}

function conflicting(changes: readonly Change[]): readonly Finding[] {
  const paths = changes.filter(({ kind }) => kind === "conflict").map(({ path }) => path);
  if (paths.length === 0) return [];
  const reason = "You and the generator have changed the same place, or something else stands where the file belongs.";
  return [warning("files", namesText(paths), reason, "run create-fastserve retune and decide for each file")];
}

function obstacles(paths: readonly string[]): readonly Finding[] {
  if (paths.length === 0) return [];
  const reason = "A folder, a symlink or the like stands in its place, so no run brings it up to date.";
  const next = `move it away; create-fastserve retune --target recorded --restore ${paths[0]} then writes the file`;
  return [warning("files", namesText(paths), reason, next)];
}

function orphans(paths: readonly string[]): readonly Finding[] {
  if (paths.length === 0) return [];
  const reason = "The project no longer needs it; it was kept because you had edited it.";
  return [warning("files", namesText(paths), reason, "delete it when you are done with it")];
}
