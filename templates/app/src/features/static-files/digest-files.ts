/**
 * Strong entity tags for files that are too large to be held in memory: the control plane reads them in the background,
 * the smallest first, and writes the digests into the table that the workers have. Until then, and beyond the budget,
 * their tags are weak.
 */
import { createHash } from "node:crypto";
import type { ServerConfig } from "../../config/schema.ts";
import { isSameFile } from "../../runtime/file-stamp.ts";
import { openFile } from "../../runtime/open-file.ts";
import { DIGEST_BYTES, FileTable, type FileTableData } from "./file-table.ts";

/** Read per scan: about a second of SHA-256, and less of the page cache than a server's working set should miss. */
const DIGEST_BYTES_MAX = 1024 ** 3;

/** The latest table of each configuration; older ones need no digests any more. */
const latest = new WeakMap<object, FileTableData>();

/** Returns at once. */
export function digestLargeFiles(config: ServerConfig["static"], root: string, data: FileTableData): void {
  const earlier = latest.get(config);
  latest.set(config, data);
  const table = new FileTable(data);
  if (earlier) takeOver(new FileTable(earlier), table);
  const smallMax = config.memory_bytes > 0 ? config.memory_file_bytes_max : 0;
  const large = Array.from({ length: table.fileCount }, (_, file) => file)
    .filter((file) => table.sizeBytes(file) > smallMax && table.digest(file) === undefined)
    .sort((one, other) => table.sizeBytes(one) - table.sizeBytes(other));
  void digestAll(large, root, table, () => latest.get(config) === data);
}

/** A reload must not make the tags of unchanged files weak again. */
function takeOver(earlier: FileTable, table: FileTable): void {
  for (let file = 0; file < table.fileCount; file += 1) {
    const before = earlier.find(table.path(file));
    const digest = before < 0 ? undefined : earlier.digest(before);
    if (digest && isSameFile(earlier.stamp(before), table.stamp(file))) table.setDigest(file, digest);
  }
}

async function digestAll(
  files: readonly number[],
  root: string,
  table: FileTable,
  isWanted: () => boolean,
): Promise<void> {
  let left = DIGEST_BYTES_MAX;
  for (const file of files) {
    left -= table.sizeBytes(file);
    if (left < 0) return;
    const digest = await digestFile(`${root}/${table.path(file)}`, table, file, isWanted);
    if (!isWanted()) return;
    if (digest) table.setDigest(file, digest);
  }
}

/** undefined: the file is gone, is another one, or changed under the reading. */
async function digestFile(
  path: string,
  table: FileTable,
  file: number,
  isWanted: () => boolean,
): Promise<Uint8Array | undefined> {
  const open = await openFile(path);
  const stamp = table.stamp(file);
  if (!open || !isSameFile(open.stamp, stamp)) {
    open?.close();
    return undefined;
  }
  const hash = createHash("sha256");
  const segments = stamp.sizeBytes === 0 ? [] : [{ start: 0, end: stamp.sizeBytes }];
  try {
    for await (const chunk of open.body(segments)) {
      if (!isWanted()) return undefined;
      hash.update(chunk);
    }
  } catch {
    return undefined;
  }
  return new Uint8Array(hash.digest()).subarray(0, DIGEST_BYTES);
}
