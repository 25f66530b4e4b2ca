/**
 * A base that is lost, as a whole or in part, is generated again from the recorded answers. A text whose hash is the
 * lock's is exact. Without a lock it is a guess, so the lock marks it: until a file is written again, a difference from
 * it counts as an edit of the user, which can leave old text in place and never overwrites any.
 */

import type { FileEntry, FileTree } from "../../tree/file-tree.ts";
import { textHashOf, toBytes } from "../disk/file-text.ts";
import type { Base } from "./base.ts";
import type { LockedFile } from "./lock-file.ts";
import { lockedFile } from "./state-files.ts";

/** The base, with texts that are lost, damaged or in dispute generated again where that gives what the lock says. */
export function rebuiltBase(base: Base, recorded: () => FileTree): Base {
  let tree: FileTree | undefined;
  const generated = (path: string): FileEntry | undefined => {
    tree ??= recorded();
    return tree.get(path);
  };
  const settled = [...base.disputed].flatMap(([path, sides]): [string, LockedFile][] => {
    const entry = generated(path);
    const side = entry && sides.find(({ sha256 }) => sha256 === lockedFile(entry).sha256);
    return side === undefined ? [] : [[path, side]];
  });
  const files = new Map([...base.files, ...settled]);
  return {
    ...base,
    files,
    disputed: new Map([...base.disputed].filter(([path]) => !files.has(path))),
    text(path) {
      const locked = files.get(path);
      return base.text(path) ?? (locked === undefined ? undefined : generatedText(generated(path), locked));
    },
  };
}

/**
 * The base of a project without a lock: everything that its recorded answers generate now. A file that is not there
 * counts as deleted by the user.
 * @param generatorVersion the recorded one
 */
export function adoptedBase(recorded: FileTree, generatorVersion: string): Base {
  const files = [...recorded.values()].map((entry): [string, LockedFile] => [
    entry.path,
    // A seeded file is never merged, so nothing rests on what it once was.
    entry.owner === "seeded" ? lockedFile(entry) : { ...lockedFile(entry), unverified: true },
  ]);
  const locked = new Map(files);
  return {
    generatorVersion,
    files: locked,
    disputed: new Map(),
    lockHash: undefined,
    text(path) {
      const file = locked.get(path);
      return file && generatedText(recorded.get(path), file);
    },
  };
}

function generatedText(entry: FileEntry | undefined, locked: LockedFile): Uint8Array | undefined {
  if (entry === undefined || entry.owner === "seeded") return undefined;
  const text = toBytes(entry.content);
  return textHashOf(text) === locked.sha256 ? text : undefined;
}
