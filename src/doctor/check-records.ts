/**
 * What a later merge rests on: the lock, and the pristine text of each file. What is missing is found out here, and not
 * in the run that needs it.
 */
import type { FileSystem } from "../io/ports.ts";
import { hasBaseText } from "../write/changes/sidecar.ts";
import { readDiskFile } from "../write/disk/disk-file.ts";
import type { Base } from "../write/records/base.ts";
import { lockPath } from "../write/records/lock-file.ts";
import { counted, type Finding, namesText, ok, problem, warning } from "./finding.ts";

/** @param base as it is on disk, nothing of it generated again */
export function checkRecords(fs: FileSystem, directory: string, base: Base): readonly Finding[] {
  if (base.generatorVersion === undefined) {
    const reason = "Without it no file counts as generated, and nothing of yours would be overwritten.";
    const next = `restore ${lockPath} from version control; else the next retune records the files as they are`;
    return [problem("lock", "missing", reason, next, "usage")];
  }
  return [checkLock(fs, directory, base), checkTexts(base)];
}

function checkLock(fs: FileSystem, directory: string, { files }: Base): Finding {
  const recorded = `${counted(files.size, "file")} recorded`;
  if (hasMarkers(fs, directory)) {
    const reason = "It holds conflict markers of git; what both sides agree on is still read.";
    return warning("lock", recorded, reason, "run create-fastserve retune, which writes it anew");
  }
  const guessed = [...files.values()].filter(({ unverified }) => unverified === true).length;
  if (guessed === 0) return ok("lock", recorded, "What each file was generated as is known.");
  const reason = `Of ${counted(guessed, "file")} it is a guess, made when the records were lost.`;
  return warning("lock", recorded, reason, "compare with version control if a file looks old; nothing is overwritten");
}

function hasMarkers(fs: FileSystem, directory: string): boolean {
  const file = readDiskFile(fs, directory, lockPath);
  return file.kind === "file" && /^(?:<{7}|>{7})/m.test(Buffer.from(file.bytes).toString("utf8"));
}

function checkTexts(base: Base): Finding {
  const merged = [...base.files].filter(([path, locked]) => hasBaseText(path, locked)).map(([path]) => path);
  const lost = merged.filter((path) => base.text(path) === undefined);
  const kept = `${merged.length - lost.length} of ${merged.length} kept`;
  if (lost.length === 0) return ok("base texts", kept, "Your edits can be told from what was generated.");
  const reason = `Missing or damaged: ${namesText(lost)}. A run generates them again where that gives the same text.`;
  return warning("base texts", kept, reason, "restore .fastserve/base from version control");
}
