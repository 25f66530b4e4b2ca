import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { imageBytesCompressed } from "../../../bench/targets/image-size.ts";

const folder = mkdtempSync(join(tmpdir(), "fastserve-image-"));
after(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A tar file (POSIX ustar) of these files. Checksums are left out: nobody here reads them. */
function archive(name: string, files: Files): string {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const head = new Uint8Array(512);
    head.set(new TextEncoder().encode(path));
    head.set(new TextEncoder().encode(bytes.length.toString(8).padStart(11, "0")), 124);
    const body = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    body.set(bytes);
    return [head, body];
  });
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat([...blocks, new Uint8Array(1024)]));
  return file;
}

const digestOf = (bytes: string | Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const blobOf = (bytes: string | Uint8Array) => ({ [`blobs/${digestOf(bytes).replace(":", "/")}`]: bytes });

const text = "a line of a program, and another one\n".repeat(5000);
const packed = gzipSync(text);
const zstd = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...Array.from({ length: 96 }, () => 7)]);

function ociFiles(layers: readonly (string | Uint8Array)[], wrap: (manifest: string) => Files): Files {
  const manifest = JSON.stringify({ layers: layers.map((layer) => ({ digest: digestOf(layer) })) });
  return Object.assign({}, ...layers.map(blobOf), blobOf(manifest), wrap(manifest));
}

const indexOf = (manifest: string) => JSON.stringify({ manifests: [{ digest: digestOf(manifest) }] });

test("imageBytesCompressed() of an OCI archive adds up its layers as they are", async () => {
  const file = archive(
    "oci.tar",
    ociFiles([packed, zstd], (manifest) => ({ "index.json": indexOf(manifest) })),
  );
  assert.equal(await imageBytesCompressed(file), packed.length + 100);
});

test("imageBytesCompressed() follows an index of several platforms", async () => {
  const files = ociFiles([packed], (manifest) => {
    const inner = indexOf(manifest);
    return { ...blobOf(inner), "./index.json": indexOf(inner) };
  });
  assert.equal(await imageBytesCompressed(archive("platforms.tar", files)), packed.length);
});

test("imageBytesCompressed() of a docker archive compresses what lies there uncompressed", async () => {
  const manifest = JSON.stringify([{ Config: "config.json", Layers: ["one/layer.tar", "two/layer.tar"] }]);
  const file = archive("docker.tar", { "one/layer.tar": text, "two/layer.tar": packed, "manifest.json": manifest });
  const bytes = await imageBytesCompressed(file);
  // The same text by the same compressor, up to its parameters: far below its 185,000 bytes.
  assert.ok(bytes > packed.length && Math.abs(bytes - 2 * packed.length) < 64, `${bytes} for ${packed.length}`);
});

const refused: readonly (readonly [name: string, file: () => string])[] = [
  ["a text", () => writeText("text.tar", "not an archive at all\n".repeat(100))],
  ["an empty file", () => writeText("empty.tar", "")],
  ["a tar of something else", () => archive("other.tar", { "readme.txt": "hello" })],
  [
    "an archive that lacks a layer",
    () => archive("torn.tar", { "manifest.json": JSON.stringify([{ Layers: ["gone/layer.tar"] }]) }),
  ],
];

function writeText(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

for (const [name, file] of refused) {
  test(`imageBytesCompressed() refuses ${name}`, async () => {
    const path = file();
    await assert.rejects(imageBytesCompressed(path), (error: unknown) => {
      assert.ok(error instanceof BenchError);
      assert.equal(
        error.message,
        `--image ${path} is no image archive: give a tar file of "docker save" or "podman save".`,
      );
      return error.exitCode === 2;
    });
  });
}

test("imageBytesCompressed() names a file that is not there", async () => {
  await assert.rejects(
    imageBytesCompressed(join(folder, "gone.tar")),
    /^BenchError: --image .*gone\.tar cannot be read: /,
  );
});
