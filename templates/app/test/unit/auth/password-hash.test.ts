import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derive,
  hashPassword,
  isWeak,
  newHashParameters,
  parsePasswordHash,
} from "../../../src/features/auth/password-hash.ts";
import { quickHash } from "../../fixture/credential-files.ts";

const salt = "AAECAwQFBgcICQoLDA0ODw==";
const hash = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

test("derive is the scrypt of RFC 7914, section 12", async () => {
  // The vector for "pleaseletmein"; of its 64 bytes the first 32, which PBKDF2's first block is.
  const key = await derive("pleaseletmein", { n: 16_384, r: 8, p: 1, salt: btoa("SodiumChloride") });
  assert.equal(
    [...key].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
  );
});

test("hashPassword makes a line that parses, with a salt of its own", async () => {
  const [first, second] = [await hashPassword("p", quickHash), await hashPassword("p", quickHash)];
  assert.notEqual(first, second);
  const parsed = parsePasswordHash(first);
  assert.ok(typeof parsed !== "string");
  assert.deepEqual({ n: parsed.n, r: parsed.r, p: parsed.p }, quickHash);
});

test("derive takes composed and decomposed letters for the same password", async () => {
  const of = (password: string) => derive(password, { ...quickHash, salt });
  assert.deepEqual(await of("caf\u00e9"), await of("cafe\u0301"));
});

const weak: readonly (readonly [n: number, r: number, p: number, expected: boolean])[] = [
  [newHashParameters.n, newHashParameters.r, newHashParameters.p, false],
  [131_072, 8, 1, false],
  [262_144, 8, 1, false],
  [65_536, 8, 2, false],
  [65_536, 8, 1, true],
  [16_384, 8, 4, true],
  [16_384, 4, 5, true],
  [4096, 8, 16, true],
];
for (const [n, r, p, expected] of weak) {
  test(`isWeak(N=${n}, r=${r}, p=${p}) is ${expected}`, () => {
    assert.equal(isWeak({ n, r, p }), expected);
  });
}

const refused: readonly (readonly [text: string, reason: RegExp])[] = [
  ["", /not of the form/],
  ["secret", /not of the form/],
  [`bcrypt$16384$8$5$${salt}$${hash}`, /not of the form/],
  [`scrypt$16384$8$5$${salt}$${hash}$`, /not of the form/],
  [`scrypt$16385$8$5$${salt}$${hash}`, /has an N/],
  [`scrypt$512$8$5$${salt}$${hash}`, /has an N/],
  [`scrypt$1e4$8$5$${salt}$${hash}`, /has an N/],
  [`scrypt$16384$0$5$${salt}$${hash}`, /has an r/],
  [`scrypt$16384$8$17$${salt}$${hash}`, /has an r/],
  [`scrypt$1048576$8$1$${salt}$${hash}`, /256 MiB/],
  [`scrypt$16384$8$5$c2hvcnQ=$${hash}`, /has a salt/],
  [`scrypt$16384$8$5$${salt}$${salt}`, /has a hash/],
  [`scrypt$16384$8$5$${salt}$${hash.slice(0, -1)}`, /has a hash/],
];
for (const [text, reason] of refused) {
  test(`parsePasswordHash(${JSON.stringify(text)}) says what is wrong and repeats nothing`, () => {
    const parsed = parsePasswordHash(text);
    assert.ok(typeof parsed === "string");
    assert.match(parsed, reason);
    assert.ok(!parsed.includes(salt) && !parsed.includes(hash));
  });
}
