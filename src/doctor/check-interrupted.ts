/** Writes that did not end, runs that are at work now, and whether the last write can be taken back. */
import type { FileSystem } from "../io/ports.ts";
import { inProject, stateFolder } from "../write/disk/project-path.ts";
import { claimPrefix } from "../write/journal/claim.ts";
import { journalFolder, readRecord, undoFolder } from "../write/journal/journal-record.ts";
import { otherMarks } from "../write/journal/mark.ts";
import { counted, type Finding, ok, problem, warning } from "./finding.ts";

const SUBJECT = "last write";

/** @throws AppError PROJECT_STATE_INVALID when a journal is damaged */
export function checkInterrupted(fs: FileSystem, directory: string): readonly Finding[] {
  const folder = inProject(directory, stateFolder);
  if (fs.info(folder)?.kind !== "directory") return [];
  const { held } = otherMarks(fs, folder, claimPrefix, undefined);
  if (held.length > 0) {
    const next = `wait until it ends; if none is running, delete ${stateFolder}/${held[0]}`;
    return [
      warning(SUBJECT, "being written", "Another run is writing to this project, so it may look half done.", next),
    ];
  }
  return [fs.info(inProject(directory, journalFolder)) === undefined ? undoFinding(fs, directory) : interrupted()];
}

function interrupted(): Finding {
  const reason = "A run was killed in the middle of a write: files may be partly new.";
  return problem(
    SUBJECT,
    "interrupted",
    reason,
    "run create-fastserve retune, which first completes it or takes it back",
  );
}

function undoFinding(fs: FileSystem, directory: string): Finding {
  const record = readRecord(fs, directory, undoFolder);
  if (record === undefined) return ok(SUBJECT, "complete", "No write is open, and none is kept to be taken back.");
  const files = record.steps.filter(({ path }) => !path.startsWith(`${stateFolder}/`)).length;
  return ok(SUBJECT, "complete", `create-fastserve undo takes it back: ${counted(files, "file")}.`);
}
