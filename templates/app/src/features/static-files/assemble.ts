/** From the files of a scan to the names that are served: siblings paired, folders given their index. */
import { REDIRECT, type ScannedFile, type ScannedName } from "./file-table.ts";
import type { FoundFile, Skipped } from "./scan.ts";
import { siblingKinds } from "./siblings.ts";

export interface Assembled {
  readonly files: readonly ScannedFile[];
  readonly names: readonly ScannedName[];
  /** Compressed siblings that are not used. */
  readonly unused: readonly Skipped[];
}

/** Named in the log; a folder full of them must not fill it. */
const UNUSED_MAX = 20;

/** @param index name of the file that stands for its folder; "": none */
export function assemble(found: readonly FoundFile[], index: string): Assembled {
  const numbers = new Map(found.map((file, number) => [file.key, number]));
  const unused: Skipped[] = [];
  const files = found.map((file): ScannedFile => {
    const siblings = siblingKinds.map(({ extension }) => {
      const number = numbers.get(file.key + extension);
      if (number === undefined) return -1;
      const reason = fault(found[number] as FoundFile, file);
      if (reason === undefined) return number;
      if (unused.length < UNUSED_MAX) unused.push({ path: file.key + extension, reason });
      return -1;
    });
    return { path: file.path, stamp: file.stamp, siblings };
  });
  const names = found.flatMap((file, number) => (isSibling(file.key, numbers) ? [] : namesOf(file.key, number, index)));
  return { files, names, unused };
}

/** Whether a file is another one's compressed form, and so has no name of its own. */
function isSibling(key: string, numbers: ReadonlyMap<string, number>): boolean {
  return siblingKinds.some(({ extension }) => key.endsWith(extension) && numbers.has(key.slice(0, -extension.length)));
}

/** Why a sibling must not stand for its file; undefined: it may. */
function fault(sibling: FoundFile, file: FoundFile): string | undefined {
  if (sibling.stamp.modifiedMs < file.stamp.modifiedMs) return "it is older than its file; run precompress again";
  return sibling.stamp.sizeBytes < file.stamp.sizeBytes ? undefined : "it is not smaller than its file";
}

function namesOf(key: string, file: number, index: string): readonly ScannedName[] {
  const own = { key, file };
  const slash = key.lastIndexOf("/");
  if (index === "" || key.slice(slash + 1) !== index) return [own];
  const folder = key.slice(0, slash + 1);
  if (folder === "") return [own, { key: "", file }];
  return [own, { key: folder, file }, { key: folder.slice(0, -1), file: REDIRECT }];
}
