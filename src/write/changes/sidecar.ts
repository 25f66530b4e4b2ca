/**
 * A sidecar: what is generated now, put beside a file of the user that cannot take it. The lock holds its hash, so a
 * sidecar that nobody edited goes as soon as its file is decided, and one that was edited is the user's.
 */

import type { FileSystem } from "../../io/ports.ts";
import type { FileEntry } from "../../tree/file-tree.ts";
import { fingerprintOf, readDiskFile } from "../disk/disk-file.ts";
import { saysSame, textHashOf, toBytes } from "../disk/file-text.ts";
import type { Base } from "../records/base.ts";
import type { LockedFile } from "../records/lock-file.ts";
import type { Change } from "./change.ts";

const SUFFIX = ".fastserve-new";

export function sidecarPath(path: string): string {
  return path + SUFFIX;
}

/** The file that the path is a sidecar of; undefined: of none. */
export function sidecarOf(path: string): string | undefined {
  return path.endsWith(SUFFIX) ? path.slice(0, -SUFFIX.length) : undefined;
}

/** Whether a pristine text is kept of the file: seeded files and sidecars are never merged. */
export function hasBaseText(path: string, { owner }: LockedFile): boolean {
  return owner !== "seeded" && sidecarOf(path) === undefined;
}

export interface Sidecars {
  /** Puts the entry beside its file; undefined when a file of the user stands there. */
  beside(entry: FileEntry): Change | undefined;
  /** Removes the sidecar of a file that is decided now. */
  gone(path: string): readonly Change[];
}

export function sidecarsIn(fs: FileSystem, directory: string, base: Base): Sidecars {
  return {
    beside(entry) {
      const path = sidecarPath(entry.path);
      const disk = readDiskFile(fs, directory, path);
      const sidecar: FileEntry = { ...entry, path, owner: "managed", mode: 0o644 };
      if (disk.kind === "absent") return { kind: "create", path, reason: "set_beside", entry: sidecar };
      if (disk.kind === "obstacle") return undefined;
      const preimage = fingerprintOf(disk);
      const locked = base.files.get(path);
      if (textHashOf(disk.bytes) === textHashOf(toBytes(entry.content))) {
        return { kind: "keep", path, reason: "as_wanted", preimage };
      }
      if (locked === undefined || !saysSame(disk.bytes, locked.sha256)) return undefined;
      return { kind: "update", path, reason: "set_beside", entry: sidecar, preimage };
    },
    gone(of) {
      const path = sidecarPath(of);
      const locked = base.files.get(path);
      if (locked === undefined) return [];
      const disk = readDiskFile(fs, directory, path);
      if (disk.kind !== "file" || !saysSame(disk.bytes, locked.sha256)) return [];
      return [{ kind: "delete", path, reason: "dropped", preimage: fingerprintOf(disk) }];
    },
  };
}
