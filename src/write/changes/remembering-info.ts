/** Looks at each path once: a plan reads hundreds of files, and every one of them asks for all the folders it lies in. */

import type { FileInfo, FileSystem } from "../../io/ports.ts";

/** For the time of one reading; bounded by the paths that are read. */
export function rememberingInfo(fs: FileSystem): FileSystem {
  const known = new Map<string, FileInfo | undefined>();
  return {
    ...fs,
    info(path) {
      if (!known.has(path)) known.set(path, fs.info(path));
      return known.get(path);
    },
  };
}
