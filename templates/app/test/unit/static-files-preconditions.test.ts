import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evaluate, rangeApplies, type Verdict } from "../../src/features/static-files/preconditions.ts";

const DAY_MS = 86_400_000;
const modifiedMs = Date.UTC(2024, 0, 2);
const date = (ms: number) => new Date(ms).toUTCString();

interface Fields {
  readonly match: readonly string[] | "*" | undefined;
  readonly noneMatch: readonly string[] | "*" | undefined;
  readonly modifiedSince: number | undefined;
  readonly unmodifiedSince: number | undefined;
}

/** RFC 9110, section 13.2.2, step by step. */
function oracle(fields: Fields, etag: string): Verdict {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = fields;
  const isStrong = !etag.startsWith("W/");
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  if (match !== undefined) {
    if (match !== "*" && !(isStrong && match.includes(etag))) return "failed";
  } else if (unmodifiedSince !== undefined && modifiedMs > unmodifiedSince) return "failed";
  if (noneMatch !== undefined) {
    return noneMatch === "*" || noneMatch.some((tag) => opaque(tag) === opaque(etag)) ? "not-modified" : "go";
  }
  return modifiedSince !== undefined && modifiedMs <= modifiedSince ? "not-modified" : "go";
}

function headersOf({ match, noneMatch, modifiedSince, unmodifiedSince }: Fields): Headers {
  const headers = new Headers();
  const list = (tags: readonly string[] | "*") => (tags === "*" ? "*" : tags.join(" ,  "));
  if (match !== undefined) headers.set("if-match", list(match));
  if (noneMatch !== undefined) headers.set("if-none-match", list(noneMatch));
  if (modifiedSince !== undefined) headers.set("if-modified-since", date(modifiedSince));
  if (unmodifiedSince !== undefined) headers.set("if-unmodified-since", date(unmodifiedSince));
  return headers;
}

describe("evaluate()", () => {
  const tag = fc.constantFrom('"a"', '"b"', 'W/"a"', 'W/"b"', '"a,b"', '""');
  const tags = fc.option(fc.oneof(fc.constant("*" as const), fc.array(tag, { minLength: 1, maxLength: 4 })), {
    nil: undefined,
  });
  const time = fc.option(fc.constantFrom(modifiedMs - DAY_MS, modifiedMs, modifiedMs + DAY_MS), { nil: undefined });

  it("decides in the order of RFC 9110, section 13.2.2", () => {
    fc.assert(
      fc.property(tags, tags, time, time, tag, (match, noneMatch, modifiedSince, unmodifiedSince, etag) => {
        const fields = { match, noneMatch, modifiedSince, unmodifiedSince };
        assert.equal(evaluate(headersOf(fields), { etag, modifiedMs }), oracle(fields, etag));
      }),
      { numRuns: 3000 },
    );
  });

  it("never throws, whatever the fields", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "W/", ",", " ", "a", "*", "\\", "é"), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (match, noneMatch) => {
        const headers = new Headers([
          ["if-match", match],
          ["if-none-match", noneMatch],
          ["if-modified-since", match],
        ]);
        assert.ok(["go", "failed", "not-modified"].includes(evaluate(headers, { etag: '"a"', modifiedMs })));
      }),
    );
  });

  it("takes the tag that a file had before its digest was known for a 304, and for nothing else", () => {
    const validators = { etag: '"digest"', earlierTag: 'W/"1-2"', modifiedMs };
    assert.equal(evaluate(new Headers({ "if-none-match": 'W/"1-2"' }), validators), "not-modified");
    assert.equal(evaluate(new Headers({ "if-match": 'W/"1-2"' }), validators), "failed");
  });

  it("ignores dates that are none", () => {
    for (const name of ["if-modified-since", "if-unmodified-since"]) {
      assert.equal(evaluate(new Headers({ [name]: "yesterday" }), { etag: '"a"', modifiedMs }), "go");
    }
  });
});

describe("rangeApplies()", () => {
  const rows = [
    { field: undefined, etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: true },
    { field: '"a"', etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: true },
    { field: '"b"', etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: false },
    { field: 'W/"a"', etag: 'W/"a"', nowMs: modifiedMs + DAY_MS, applies: false },
    { field: date(modifiedMs), etag: 'W/"a"', nowMs: modifiedMs + DAY_MS, applies: true },
    { field: date(modifiedMs), etag: '"a"', nowMs: modifiedMs + 500, applies: false },
    { field: date(modifiedMs + 1000), etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: false },
    { field: date(modifiedMs - 1000), etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: false },
    { field: "yesterday", etag: '"a"', nowMs: modifiedMs + DAY_MS, applies: false },
  ];
  for (const { field, etag, nowMs, applies } of rows) {
    it(`is ${applies} for ${field} of ${etag}, ${nowMs - modifiedMs} ms after the change`, () => {
      const headers = new Headers(field === undefined ? {} : { "if-range": field });
      assert.equal(rangeApplies(headers, { etag, modifiedMs }, nowMs), applies);
    });
  }
});
