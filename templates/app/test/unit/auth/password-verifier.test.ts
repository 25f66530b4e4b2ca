import assert from "node:assert/strict";
import { test } from "node:test";
import type { User } from "../../../src/features/auth/credential-files.ts";
import { derive, hashPassword, parsePasswordHash } from "../../../src/features/auth/password-hash.ts";
import { PasswordVerifier, type PasswordVerifierOptions } from "../../../src/features/auth/password-verifier.ts";
import { Remembered } from "../../../src/features/auth/remembered.ts";
import { quickHash } from "../../fixture/credential-files.ts";

async function user(name: string, password: string, n: number = quickHash.n): Promise<User> {
  const hash = parsePasswordHash(await hashPassword(password, { ...quickHash, n }));
  assert.ok(typeof hash !== "string");
  return { name, ...hash };
}

/** A verifier that tells which parameters each derivation had. */
function verifierOf(users: readonly User[], changes: Partial<PasswordVerifierOptions> = {}) {
  const derived: number[] = [];
  const verifier = new PasswordVerifier({
    users,
    hashesMax: 2,
    rememberedMax: 10,
    rememberedMs: 60_000,
    derive(password, parameters) {
      derived.push(parameters.n);
      return derive(password, parameters);
    },
    ...changes,
  });
  const verify = async (name: string, password: string) => {
    const verdict = verifier.verify(verifier.keyOf(`${name}:${password}`), { name, password });
    return verdict === "busy" ? verdict : (await verdict).name;
  };
  return { verifier, verify, derived };
}

test("PasswordVerifier knows a user by name and password together", async () => {
  const { verify } = verifierOf([await user("anna", "a"), await user("ben", "b")]);
  assert.equal(await verify("anna", "a"), "anna");
  assert.equal(await verify("ben", "b"), "ben");
  assert.equal(await verify("anna", "b"), undefined);
  assert.equal(await verify("Anna", "a"), undefined);
  assert.equal(await verify("", ""), undefined);
});

test("PasswordVerifier goes the same way for a wrong password, an unknown name and a right password", async () => {
  const { verify, derived } = verifierOf([await user("anna", "a")]);
  for (const [name, password] of [
    ["anna", "wrong"],
    ["nobody", "wrong"],
    ["anna", "a"],
  ] as const) {
    await verify(name, password);
  }
  assert.deepEqual(derived, [1024, 1024, 1024]);
});

test("PasswordVerifier never lets an unknown name in, even with the stand-in's own password", async () => {
  const { verify } = verifierOf([await user("anna", "a")]);
  assert.equal(await verify("nobody", "a"), undefined);
});

test("PasswordVerifier gives an unknown name some user's parameters, and the same ones each time", async () => {
  const { verify, derived } = verifierOf([await user("anna", "a"), await user("ben", "b", 2048)]);
  for (const name of ["x", "x", "x"]) await verify(name, "p");
  assert.equal(new Set(derived).size, 1);
  for (let number = 0; number < 40; number += 1) await verify(`name-${number}`, "p");
  assert.deepEqual([...new Set(derived)].sort(), [1024, 2048]);
});

test("PasswordVerifier derives also where there are no users", async () => {
  const { verify, derived } = verifierOf([]);
  assert.equal(await verify("anna", "a"), undefined);
  assert.deepEqual(derived, [16_384]);
});

test("PasswordVerifier shares one derivation among equal credentials, and is busy for one more than it may have", async () => {
  const { verify, derived } = verifierOf([await user("anna", "a")]);
  const running = [verify("anna", "a"), verify("anna", "a"), verify("anna", "b"), verify("anna", "c")];
  assert.deepEqual(await Promise.all(running), ["anna", "anna", undefined, "busy"]);
  assert.equal(derived.length, 2);
  assert.equal(await verify("anna", "c"), undefined);
});

test("PasswordVerifier has its place back when a derivation fails", async () => {
  const failing = () => Promise.reject(new Error("no memory"));
  const { verify } = verifierOf([], { hashesMax: 1, derive: failing });
  await assert.rejects(verify("anna", "a"), /no memory/);
  await assert.rejects(verify("anna", "a"), /no memory/);
});

test("PasswordVerifier remembers what was right, and nothing else", async () => {
  const { verifier, verify } = verifierOf([await user("anna", "a")]);
  await verify("anna", "a");
  await verify("anna", "b");
  assert.equal(verifier.remembered(verifier.keyOf("anna:a")), "anna");
  assert.equal(verifier.remembered(verifier.keyOf("anna:b")), undefined);
});

test("Remembered forgets at the end of the time, and the oldest above the bound", () => {
  const remembered = new Remembered(2, 1000);
  remembered.add("a", "anna", 0);
  assert.deepEqual([remembered.find("a", 999), remembered.find("a", 1000), remembered.size], ["anna", undefined, 0]);
  for (const [index, key] of ["a", "b", "c"].entries()) remembered.add(key, key, index);
  assert.deepEqual([remembered.find("a", 3), remembered.find("b", 3), remembered.find("c", 3)], [undefined, "b", "c"]);
  assert.equal(remembered.size, 2);
});

for (const [max, ms] of [
  [0, 1000],
  [10, 0],
] as const) {
  test(`Remembered with room for ${max} and ${ms} ms remembers nothing`, () => {
    const remembered = new Remembered(max, ms);
    remembered.add("a", "anna", 0);
    assert.deepEqual([remembered.find("a", 0), remembered.size], [undefined, 0]);
  });
}

test("Remembered has another key for the same field in another worker", () => {
  const field = "Basic YTpi";
  const keys = [new Remembered(1, 1), new Remembered(1, 1)].map((each) => each.keyOf(field));
  assert.notEqual(keys[0], keys[1]);
  assert.ok(!keys.some((key) => key.includes("YTpi")));
});
