/**
 * The table of the files that are served, in shared memory: the control plane fills it once, all workers read it.
 *
 * A name is found by open addressing over its UTF-16 units, so a look-up allocates nothing and a worker holds nothing of
 * its own. A file takes 80 bytes, a name 12, each two bytes per character (a file under its own name shares its path's),
 * and the hash slots 8 to 16 per name: about 190 bytes for a path of 40 characters.
 */
import type { FileStamp } from "../../runtime/file-stamp.ts";
import { siblingKinds } from "./siblings.ts";

/** A file as the scan found it. */
export interface ScannedFile {
  /** Below the root, with "/" between segments; symbolic links are resolved. */
  readonly path: string;
  readonly stamp: FileStamp;
  /** Indexes of the files that hold it compressed, in the order of `siblingKinds`; -1: none. */
  readonly siblings: readonly number[];
}

/** A name of a file: its path, or its folder's with a slash at the end. */
export interface ScannedName {
  readonly key: string;
  /** Index of the file; REDIRECT: a folder's name without its slash. */
  readonly file: number;
}

/** The name is a folder's that lacks the slash at its end. */
export const REDIRECT = -2;

/** What goes to the workers. */
export interface FileTableData {
  readonly files: number;
  readonly names: number;
  readonly buffer: SharedArrayBuffer;
  readonly slots: number;
  readonly units: number;
}

/** Size, modified, changed, inode. */
const STAMP_LENGTH = 4;
/** Start and length of the path, siblings, whether the digest is there. */
const ROW_LENGTH = 3 + siblingKinds.length;
const DIGEST_AT = 2 + siblingKinds.length;
/** 128 bits: collisions of content are out of reach, and the tag stays short. */
export const DIGEST_BYTES = 16;
/** Start and length of the key, file. */
const NAME_LENGTH = 3;

interface Parts {
  readonly stamps: Float64Array;
  readonly rows: Int32Array;
  readonly names: Int32Array;
  readonly slots: Int32Array;
  readonly digests: Uint8Array;
  readonly units: Uint16Array;
}

/** One part after the other, those with the widest numbers first, so that each is aligned. */
function layout(sizes: Omit<FileTableData, "buffer">): {
  readonly bytes: number;
  of(buffer: SharedArrayBuffer): Parts;
} {
  const { files, names, slots, units } = sizes;
  const rowsAt = files * STAMP_LENGTH * 8;
  const namesAt = rowsAt + files * ROW_LENGTH * 4;
  const slotsAt = namesAt + names * NAME_LENGTH * 4;
  const digestsAt = slotsAt + slots * 4;
  const unitsAt = digestsAt + files * DIGEST_BYTES;
  return {
    bytes: unitsAt + units * 2,
    of: (buffer) => ({
      stamps: new Float64Array(buffer, 0, files * STAMP_LENGTH),
      rows: new Int32Array(buffer, rowsAt, files * ROW_LENGTH),
      names: new Int32Array(buffer, namesAt, names * NAME_LENGTH),
      slots: new Int32Array(buffer, slotsAt, slots),
      digests: new Uint8Array(buffer, digestsAt, files * DIGEST_BYTES),
      units: new Uint16Array(buffer, unitsAt, units),
    }),
  };
}

/** @param names no key twice */
export function buildFileTable(files: readonly ScannedFile[], names: readonly ScannedName[]): FileTableData {
  const isPath = ({ key, file }: ScannedName) => files[file]?.path === key;
  const texts = [...files.map((file) => file.path), ...names.map((name) => (isPath(name) ? "" : name.key))];
  const sizes = {
    files: files.length,
    names: names.length,
    // A power of two, at most half full, so that probing ends soon.
    slots: 2 ** Math.ceil(Math.log2(Math.max(2, names.length * 2))),
    units: texts.reduce((sum, text) => sum + text.length, 0),
  };
  const { bytes, of } = layout(sizes);
  const buffer = new SharedArrayBuffer(bytes);
  const parts = of(buffer);
  let at = 0;
  const write = (text: string): number => {
    for (let index = 0; index < text.length; index += 1) parts.units[at + index] = text.charCodeAt(index);
    at += text.length;
    return at - text.length;
  };
  files.forEach(({ path, stamp, siblings }, file) => {
    parts.stamps.set([stamp.sizeBytes, stamp.modifiedMs, stamp.changedMs, stamp.inode], file * STAMP_LENGTH);
    parts.rows.set([write(path), path.length, ...siblings], file * ROW_LENGTH);
  });
  names.forEach((name, index) => {
    const start = isPath(name) ? (parts.rows[name.file * ROW_LENGTH] as number) : write(name.key);
    parts.names.set([start, name.key.length, name.file], index * NAME_LENGTH);
    insert(parts.slots, name.key, index);
  });
  return { ...sizes, buffer };
}

function insert(slots: Int32Array, key: string, name: number): void {
  const mask = slots.length - 1;
  let slot = hashOf(key) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = name + 1;
}

/** FNV-1a over the UTF-16 units, with a last mix because the low bits choose the slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export class FileTable {
  readonly #parts: Parts;
  readonly fileCount: number;

  constructor(data: FileTableData) {
    this.#parts = layout(data).of(data.buffer);
    this.fileCount = data.files;
  }

  /** The file of a name, REDIRECT, or -1: no file has it. */
  find(key: string): number {
    const { slots, names } = this.#parts;
    const mask = slots.length - 1;
    for (let slot = hashOf(key) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const name = ((slots[slot] as number) - 1) * NAME_LENGTH;
      if (this.#equals(key, names[name] as number, names[name + 1] as number)) return names[name + 2] as number;
    }
    return -1;
  }

  #equals(text: string, start: number, length: number): boolean {
    if (text.length !== length) return false;
    const { units } = this.#parts;
    for (let index = 0; index < length; index += 1) {
      if (text.charCodeAt(index) !== units[start + index]) return false;
    }
    return true;
  }

  path(file: number): string {
    const { rows, units } = this.#parts;
    const start = rows[file * ROW_LENGTH] as number;
    // Copied out: text is not decoded from shared memory. In pieces, as arguments of a call are limited.
    const copy = units.slice(start, start + (rows[file * ROW_LENGTH + 1] as number));
    let path = "";
    for (let at = 0; at < copy.length; at += 1024) path += String.fromCharCode(...copy.subarray(at, at + 1024));
    return path;
  }

  sizeBytes(file: number): number {
    return this.#parts.stamps[file * STAMP_LENGTH] as number;
  }

  stamp(file: number): FileStamp {
    const [sizeBytes = 0, modifiedMs = 0, changedMs = 0, inode = 0] = this.#parts.stamps.subarray(
      file * STAMP_LENGTH,
      file * STAMP_LENGTH + STAMP_LENGTH,
    );
    return { sizeBytes, modifiedMs, changedMs, inode };
  }

  /** The file that holds it in the coding of this index; -1: none. */
  sibling(file: number, coding: number): number {
    return this.#parts.rows[file * ROW_LENGTH + 2 + coding] as number;
  }

  /** The digest of the file's content; undefined: not known yet. */
  digest(file: number): Uint8Array | undefined {
    const { rows, digests } = this.#parts;
    if (Atomics.load(rows, file * ROW_LENGTH + DIGEST_AT) === 0) return undefined;
    return digests.slice(file * DIGEST_BYTES, file * DIGEST_BYTES + DIGEST_BYTES);
  }

  /** The control plane and workers may both do this: they write the same bytes. */
  setDigest(file: number, digest: Uint8Array): void {
    const { rows, digests } = this.#parts;
    digests.set(digest.subarray(0, DIGEST_BYTES), file * DIGEST_BYTES);
    Atomics.store(rows, file * ROW_LENGTH + DIGEST_AT, 1);
  }
}
