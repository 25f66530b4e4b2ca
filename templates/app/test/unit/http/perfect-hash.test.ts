import assert from "node:assert/strict";
import { test } from "node:test";
import { buildPerfectHash } from "../../../src/http/perfect-hash.ts";
import { randomNumbers } from "../random.ts";

function findAll(keys: readonly string[], strangers: readonly string[]): void {
  const hash = buildPerfectHash(keys);
  assert.ok(hash, `no hash for ${keys.length} keys`);
  keys.forEach((key, index) => {
    assert.equal(hash.find(key, 0, key.length), index, key);
    // As a path inside its URL: what stands around it must not matter.
    const url = `http://h${key}?q`;
    assert.equal(hash.find(url, 8, 8 + key.length), index, key);
  });
  const known = new Set(keys);
  for (const stranger of strangers) {
    if (!known.has(stranger)) assert.equal(hash.find(stranger, 0, stranger.length), -1, stranger);
  }
}

/** Keys that differ from a known one in as little as possible. */
function neighbours(key: string): readonly string[] {
  return [
    `${key}x`,
    key.slice(0, -1),
    `${key.slice(0, -1)}\u0000`,
    key.toUpperCase(),
    `x${key}`,
    [...key].reverse().join(""),
  ];
}

for (const count of [1, 2, 3, 10, 100, 1000, 10_000]) {
  test(`perfect hash finds ${count} random keys and nothing else`, () => {
    const random = randomNumbers(count);
    const keys = new Set<string>();
    while (keys.size < count) keys.add(`/${Array.from({ length: 1 + random(24) }, () => letter(random(38))).join("")}`);
    const list = [...keys];
    findAll(list, list.slice(0, 500).flatMap(neighbours));
  });
}

test("perfect hash of no keys finds nothing", () => {
  const hash = buildPerfectHash([]);
  assert.equal(hash?.find("/", 0, 1), -1);
  assert.equal(hash?.find("", 0, 0), -1);
});

const nearCollisions: readonly (readonly [name: string, keys: readonly string[]])[] = [
  [
    "one differing character at every position",
    Array.from({ length: 40 }, (_, at) => `/${"a".repeat(at)}b${"a".repeat(39 - at)}`),
  ],
  ["prefixes of one another", Array.from({ length: 200 }, (_, length) => `/${"a".repeat(length)}`)],
  ["the same letters in another order", permutations("abcdef").map((letters) => `/${letters}`)],
  ["long keys that differ at the end", Array.from({ length: 500 }, (_, index) => `/${"segment/".repeat(50)}${index}`)],
  [
    "long keys that differ at the start",
    Array.from({ length: 500 }, (_, index) => `/${index}${"/segment".repeat(50)}`),
  ],
  ["characters beyond Latin-1", ["/\u00e9", "/e\u0301", "/\u{1f600}", "/\u4e2d\u6587", "/\u6587\u4e2d", "/%C3%A9"]],
  ["the empty string among them", ["", "/", "//"]],
  [
    "bit patterns over two letters",
    Array.from({ length: 4096 }, (_, index) => `/${index.toString(2).padStart(12, "0")}`),
  ],
];
for (const [name, keys] of nearCollisions) {
  test(`perfect hash tells apart ${name}`, () => findAll(keys, keys.slice(0, 300).flatMap(neighbours)));
}

test("perfect hash looks at its range only", () => {
  const hash = buildPerfectHash(["/a", "/a/b"]);
  assert.equal(hash?.find("http://h/a/b", 8, 10), 0);
  assert.equal(hash?.find("http://h/a/b", 8, 12), 1);
  assert.equal(hash?.find("http://h/a/b", 8, 11), -1);
  assert.equal(hash?.find("http://h/a/b", 8, 8), -1);
});

test("perfect hash refuses duplicate keys", () => {
  assert.throws(() => buildPerfectHash(["/a", "/b", "/a"]), RangeError);
});

function letter(index: number): string {
  return "abcdefghijklmnopqrstuvwxyz0123456789-/"[index] ?? "";
}

function permutations(letters: string): readonly string[] {
  if (letters.length < 2) return [letters];
  return [...letters].flatMap((first, index) =>
    permutations(letters.slice(0, index) + letters.slice(index + 1)).map((rest) => first + rest),
  );
}
