/**
 * Files as a tar archive (POSIX ustar) and back. Equal files give equal bytes: the archive holds no time, owner or
 * folder. Only what a project of this program is: plain files, that may be executed or not.
 */
import assert from "node:assert/strict";

export interface ArchivedFile {
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** By path, POSIX form. */
export type Archive = ReadonlyMap<string, ArchivedFile>;

const BLOCK_BYTES = 512;
/** ustar: a name of 100 bytes, and 155 for the folders before it. */
const NAME_BYTES_MAX = 100;
const FOLDER_BYTES_MAX = 155;

export function packTar(files: Archive): Uint8Array {
  const blocks = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, file]) => entryOf(path, file));
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

export function unpackTar(bytes: Uint8Array): Archive {
  const tar = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, ArchivedFile>();
  for (let at = 0; tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    const [name, folder] = [textAt(header, 0, NAME_BYTES_MAX), textAt(header, 345, FOLDER_BYTES_MAX)];
    const length = Number.parseInt(textAt(header, 124, 12), 8);
    const content = tar.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + length);
    assert.equal(content.length, length, `the archive ends inside ${name}`);
    const executable = (Number.parseInt(textAt(header, 100, 8), 8) & 0o100) !== 0;
    files.set(folder === "" ? name : `${folder}/${name}`, { content, executable });
    at += BLOCK_BYTES + padded(length);
  }
  return files;
}

function entryOf(path: string, { content, executable }: ArchivedFile): readonly Uint8Array[] {
  const header = Buffer.alloc(BLOCK_BYTES);
  const cut = Buffer.byteLength(path) > NAME_BYTES_MAX ? path.indexOf("/", path.length - NAME_BYTES_MAX - 1) : -1;
  const [folder, name] = [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)];
  assert.ok(Buffer.byteLength(name) <= NAME_BYTES_MAX && Buffer.byteLength(folder) <= FOLDER_BYTES_MAX, path);
  header.write(name, 0);
  header.write(executable ? "0000755" : "0000644", 100);
  header.write("0000000\0" + "0000000", 108);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("0".repeat(11), 136);
  header.write("        0", 148);
  header.write("ustar\0" + "00", 257);
  header.write(folder, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, content, Buffer.alloc(padded(content.length) - content.length)];
}

function textAt(header: Buffer, from: number, bytesMax: number): string {
  const end = header.indexOf(0, from);
  return header.toString("utf8", from, end < 0 || end > from + bytesMax ? from + bytesMax : end);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
