/**
 * What a container image weighs when it is pulled: the compressed sizes of its layers, as a registry counts them.
 *
 * Idea: an archive, as `docker save`, `podman save` and `buildah push ... oci-archive:` write it, is a tar file whose index
 * leads to a manifest, which lists the layers. A layer that lies there uncompressed (docker does that) is compressed here
 * with the default level of gzip, which is what a push does. Formats: the OCI image layout (image-layout.md of
 * opencontainers/image-spec) and docker's manifest.json. Bound: one pass over the tar's heads, and layers piece by piece.
 */
import { type FileHandle, open } from "node:fs/promises";
import { createGzip } from "node:zlib";
import { BenchError } from "../cli/bench-error.ts";

interface Member {
  readonly offset: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 512;
/** Indexes and manifests are some kilobytes; what is larger is none. */
const JSON_BYTES_MAX = 4 * 1024 ** 2;
const PIECE_BYTES = 1024 ** 2;

export async function imageBytesCompressed(file: string): Promise<number> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    throw new BenchError(`--image ${file} cannot be read: ${error instanceof Error ? error.message : error}.`, 2);
  }
  try {
    const members = await membersOf(handle);
    const layers = await layersOf(handle, members);
    if (layers === undefined) {
      throw new BenchError(
        `--image ${file} is no image archive: give a tar file of "docker save" or "podman save".`,
        2,
      );
    }
    let sum = 0;
    for (const layer of layers) sum += await compressedBytes(handle, layer);
    return sum;
  } finally {
    await handle.close();
  }
}

/** Files of the tar by name. Sizes stand in octal digits (POSIX ustar); an archive of blobs needs no other. */
async function membersOf(handle: FileHandle): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  const head = new Uint8Array(BLOCK_BYTES);
  for (let offset = 0; ; ) {
    const { bytesRead } = await handle.read(head, 0, BLOCK_BYTES, offset);
    const isEnd = bytesRead < BLOCK_BYTES || head[0] === 0;
    if (isEnd) return members;
    const bytes = Number.parseInt(textOf(head, 124, 12), 8);
    // Not a tar file at all.
    if (!Number.isSafeInteger(bytes) || bytes < 0) return members;
    const prefix = textOf(head, 345, 155);
    const name = `${prefix === "" ? "" : `${prefix}/`}${textOf(head, 0, 100)}`.replace(/^\.\//, "");
    members.set(name, { offset: offset + BLOCK_BYTES, bytes });
    offset += BLOCK_BYTES + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder("latin1").decode(end === -1 ? field : field.subarray(0, end)).trim();
}

/** undefined: there is no manifest, or a layer is not in the archive. */
async function layersOf(
  handle: FileHandle,
  members: ReadonlyMap<string, Member>,
): Promise<readonly Member[] | undefined> {
  const names = (await ociLayers(handle, members)) ?? (await dockerLayers(handle, members));
  const layers = names?.map((name) => members.get(name));
  return layers?.every((layer) => layer !== undefined) ? layers : undefined;
}

/** An index may lead to further indexes, one for each platform: the first image counts. */
async function ociLayers(
  handle: FileHandle,
  members: ReadonlyMap<string, Member>,
): Promise<readonly string[] | undefined> {
  let document = await jsonOf(handle, members.get("index.json"));
  for (let depth = 0; depth < 4; depth += 1) {
    const layers = listOf(document, "layers");
    if (layers) return layers.map((layer) => blobName(layer));
    document = await jsonOf(handle, members.get(blobName(listOf(document, "manifests")?.[0])));
  }
  return undefined;
}

async function dockerLayers(
  handle: FileHandle,
  members: ReadonlyMap<string, Member>,
): Promise<readonly string[] | undefined> {
  const manifest = await jsonOf(handle, members.get("manifest.json"));
  const layers = Array.isArray(manifest) ? listOf(manifest[0], "Layers") : undefined;
  return layers?.every((layer) => typeof layer === "string") ? layers : undefined;
}

/** "blobs/sha256/..." of a descriptor; "" for what is none. */
function blobName(descriptor: unknown): string {
  const digest = isRecord(descriptor) ? descriptor.digest : undefined;
  return typeof digest === "string" ? `blobs/${digest.replace(":", "/")}` : "";
}

function listOf(document: unknown, key: string): readonly unknown[] | undefined {
  const list = isRecord(document) ? document[key] : undefined;
  return Array.isArray(list) ? list : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

async function jsonOf(handle: FileHandle, member: Member | undefined): Promise<unknown> {
  if (!member || member.bytes > JSON_BYTES_MAX) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await read(handle, member.offset, member.bytes)));
  } catch {
    // No JSON: the archive is of another kind.
    return undefined;
  }
}

async function read(handle: FileHandle, offset: number, bytes: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(bytes), 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
}

async function compressedBytes(handle: FileHandle, { offset, bytes }: Member): Promise<number> {
  if (isCompressed(await read(handle, offset, Math.min(4, bytes)))) return bytes;
  const gzip = createGzip();
  let sum = 0;
  gzip.on("data", (piece: Uint8Array) => {
    sum += piece.length;
  });
  const end = new Promise((resolve, reject) => gzip.once("end", resolve).once("error", reject));
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const piece = await read(handle, offset + at, Math.min(PIECE_BYTES, bytes - at));
    if (!gzip.write(piece)) await new Promise((resolve) => gzip.once("drain", resolve));
  }
  gzip.end();
  await end;
  return sum;
}

/** The first bytes of gzip (RFC 1952) and of Zstandard (RFC 8878). */
function isCompressed([first, second, third, fourth]: Uint8Array): boolean {
  const isGzip = first === 0x1f && second === 0x8b;
  const isZstd = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
  return isGzip || isZstd;
}
