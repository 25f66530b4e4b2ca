import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readAdminToken } from "../../../src/control/admin-token.ts";
import { readTls } from "../../../src/control/read-tls.ts";
import { basicCredentials } from "../../../src/features/auth/basic-credentials.ts";
import { derive, hashPassword, parsePasswordHash } from "../../../src/features/auth/password-hash.ts";
import { PasswordVerifier } from "../../../src/features/auth/password-verifier.ts";
import { basic } from "../../fixture/credential-files.ts";
import { fixtureConfig } from "../../fixture/settings.ts";

const quick = { n: 1024, r: 8, p: 1 };

/** Runs `work` and returns the bytes that went into TextDecoder.decode or came out of TextEncoder.encode meanwhile. */
async function seenBytes(work: () => unknown): Promise<readonly Uint8Array[]> {
  const seen: Uint8Array[] = [];
  const { decode } = TextDecoder.prototype;
  const { encode } = TextEncoder.prototype;
  TextDecoder.prototype.decode = function (this: TextDecoder, input, options) {
    if (input instanceof Uint8Array) seen.push(input);
    return decode.call(this, input, options);
  };
  TextEncoder.prototype.encode = function (this: TextEncoder, input) {
    const bytes = encode.call(this, input);
    seen.push(bytes);
    return bytes;
  };
  try {
    await work();
  } finally {
    TextDecoder.prototype.decode = decode;
    TextEncoder.prototype.encode = encode;
  }
  return seen;
}

function assertZeroed(seen: readonly Uint8Array[], lengths: readonly number[]): void {
  assert.deepEqual(
    seen.map(({ length }) => length),
    lengths,
  );
  for (const bytes of seen) assert.deepEqual([...bytes], Array(bytes.length).fill(0));
}

test("basicCredentials() zeroes the decoded name and password, well formed or not", async () => {
  const sent = basic("anna", "secret");
  assertZeroed(await seenBytes(() => basicCredentials(sent)), [11]);
  // No UTF-8: the decoder throws.
  assertZeroed(await seenBytes(() => basicCredentials("Basic /////w==")), [4]);
});

test("derive() zeroes the password's bytes when it is done, and when it fails", async () => {
  const salt = btoa("0123456789abcdef");
  assertZeroed(await seenBytes(() => derive("secret", { ...quick, salt })), [6]);
  const failing = () => assert.rejects(derive("secret", { n: 1000, r: 8, p: 1, salt }));
  assertZeroed(await seenBytes(failing), [6]);
});

test("PasswordVerifier zeroes the derived key", async () => {
  const hash = parsePasswordHash(await hashPassword("secret", quick));
  assert.ok(typeof hash !== "string");
  const keys: Uint8Array[] = [];
  const verifier = new PasswordVerifier({
    users: [{ name: "anna", ...hash }],
    hashesMax: 1,
    rememberedMax: 0,
    rememberedMs: 0,
    async derive(password, parameters) {
      const key = await derive(password, parameters);
      assert.ok(key.some((byte) => byte !== 0));
      keys.push(key);
      return key;
    },
  });
  for (const password of ["secret", "wrong"]) {
    const verdict = await verifier.verify(`key of ${password}`, { name: "anna", password });
    assert.deepEqual(verdict, { name: password === "secret" ? "anna" : undefined });
  }
  assertZeroed(keys, [32, 32]);
});

test("readTls() zeroes the bytes of the files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-zeroing-"));
  try {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    writeFileSync(cert, "certificate");
    writeFileSync(key, "private key");
    let tls: ReturnType<typeof readTls>;
    const config = fixtureConfig({ "tls.mode": "files", "tls.cert": cert, "tls.key": key });
    const seen = await seenBytes(() => {
      tls = readTls(config);
    });
    assertZeroed(seen, [11, 11]);
    assert.deepEqual([tls?.certPem, tls?.keyPem], ["certificate", "private key"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("readAdminToken() zeroes the bytes of the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-zeroing-"));
  try {
    const path = join(folder, "token");
    writeFileSync(path, "0123456789abcdef", { mode: 0o600 });
    assertZeroed(await seenBytes(() => readAdminToken(path)), [16]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
