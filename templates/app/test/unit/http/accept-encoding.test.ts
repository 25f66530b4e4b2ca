import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ContentCoding, preferredEncoding } from "../../../src/http/accept-encoding.ts";

type Row = readonly [
  header: string | null,
  available: readonly ContentCoding[],
  expected: ContentCoding | "identity" | undefined,
];

const all = ["br", "zstd", "gzip"] as const;

const rows: readonly Row[] = [
  [null, all, "identity"],
  ["", all, "identity"],
  ["gzip", all, "gzip"],
  ["x-gzip", all, "gzip"],
  ["GZip", all, "gzip"],
  ["gzip, deflate, br, zstd", all, "br"],
  ["gzip, deflate, br, zstd", ["zstd", "br", "gzip"], "zstd"],
  ["gzip, deflate, br, zstd", ["gzip"], "gzip"],
  ["gzip, br", [], "identity"],
  ["deflate", all, "identity"],
  ["gzip;q=1.0, br;q=0.9", all, "gzip"],
  ["gzip;q=0.5,br;q=0.501", all, "br"],
  ["gzip ; q=0.5 , br\t;\tq=0.4", all, "gzip"],
  ["gzip;Q=0.5", all, "gzip"],
  ["*", all, "br"],
  ["*", [], "identity"],
  ["*;q=0.5, gzip", all, "gzip"],
  ["br;q=0, *", all, "zstd"],
  ["gzip;q=0", all, "identity"],
  ["*;q=0", all, undefined],
  ["identity;q=0", all, undefined],
  ["identity;q=0, *", all, "br"],
  ["identity;q=0, gzip;q=0.1", all, "gzip"],
  ["identity;q=0, deflate", all, undefined],
  ["*;q=0, identity;q=0.1", all, "identity"],
  ["identity", all, "identity"],
  ["identity, gzip;q=0.5", all, "identity"],
  ["identity;q=0.5, gzip;q=0.5", all, "gzip"],
  ["gzip;q=0.001", all, "gzip"],
  // Outside the grammar: the element does not count.
  ["gzip;q=2", all, "identity"],
  ["gzip;q=1.001", all, "identity"],
  ["gzip;q=0.0001", all, "identity"],
  ["gzip;q=-1", all, "identity"],
  ["gzip;q=", all, "identity"],
  ["gzip;q=a, br", all, "br"],
  ["gzip;level=9", all, "identity"],
  [",,, gzip ,,", all, "gzip"],
  // The first of a repeated name counts.
  ["gzip;q=0, gzip", all, "identity"],
  ["gzip br", all, "identity"],
];

for (const [header, available, expected] of rows) {
  test(`preferredEncoding(${JSON.stringify(header)}, [${available.join()}]) is ${expected}`, () => {
    assert.equal(preferredEncoding(header, available), expected);
  });
}

test("preferredEncoding never throws, and only picks what is available", () => {
  const pieces = fc.constantFrom("gzip", "br", "zstd", "*", "identity", ";", "q=", "0", "1", ".", ",", " ", "x");
  const header = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join("")),
  );
  const available = fc.subarray([...all]);
  fc.assert(
    fc.property(header, available, (text, codings) => {
      const picked = preferredEncoding(text, codings);
      return picked === undefined || picked === "identity" || codings.includes(picked);
    }),
  );
});
