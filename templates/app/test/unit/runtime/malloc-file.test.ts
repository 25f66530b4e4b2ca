import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAt, mallocOf } from "../../../src/runtime/malloc-file.ts";

const MAPS = `55d0c0000000-55d0c1000000 r-xp 00000000 fe:00 1 /usr/bin/deno
7f1000001000-7f1000080000 r-xp 00001000 fe:00 3                          /opt/a folder/libjemalloc.so.2
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]
`;

const addresses: readonly (readonly [name: string, address: bigint, expected: string | undefined])[] = [
  ["at its first byte", 0x7f1000001000n, "/opt/a folder/libjemalloc.so.2"],
  ["at its last byte", 0x7f100007ffffn, "/opt/a folder/libjemalloc.so.2"],
  ["after it", 0x7f1000080000n, undefined],
  ["in memory of no file", 0x7ffd00000000n, undefined],
];

for (const [name, address, expected] of addresses) {
  test(`fileAt() tells the mapped file ${name}`, () => assert.equal(fileAt(MAPS, address), expected));
}

const files = [
  ["/usr/lib/x86_64-linux-gnu/libc.so.6", "glibc"],
  ["/lib/libc-2.31.so", "glibc"],
  ["/usr/lib/libmimalloc.so.2.0", "mimalloc"],
  ["/usr/lib/libtcmalloc_minimal.so.4.5.10", "tcmalloc"],
  ["/usr/lib/libjemalloc.so.2", "jemalloc"],
  ["/usr/lib/libcrypt.so.1", "other"],
  ["/usr/bin/deno", "other"],
] as const;

for (const [file, expected] of files) {
  test(`mallocOf() takes ${file} for ${expected}`, () => assert.equal(mallocOf(file), expected));
}
