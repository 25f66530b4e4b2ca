import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it, test } from "node:test";
import { checkDates, checkFiles } from "../../../src/doctor/check-files.ts";
import { makeCertificate, withoutOpenssl } from "../../fixture/certificate.ts";
import { configWith } from "../reference-config.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 31);

const dates: readonly (readonly [name: string, from: number, to: number, status: string, reason: RegExp])[] = [
  ["a year left", -1, 365, "ok", /^It is valid until 2027-01-31/],
  ["15 days left", -75, 15, "ok", /^It is valid until 2026-02-15/],
  ["14 days left", -76, 14, "warning", /^It expires on 2026-02-14, in 14 days\.$/],
  ["expired at this moment", -90, 0, "problem", /^It expired on 2026-01-31: clients refuse it\.$/],
  ["not valid yet", 1, 90, "problem", /^It is not valid before 2026-02-01\.$/],
];

for (const [name, from, to, status, reason] of dates) {
  test(`checkDates() of a certificate: ${name}`, () => {
    const finding = checkDates("/cert.pem", NOW_MS + from * DAY_MS, NOW_MS + to * DAY_MS, NOW_MS);
    assert.equal(finding.status, status);
    assert.match(finding.reason, reason);
  });
}

test("checkFiles() has nothing to look at without TLS and token", () => {
  assert.deepEqual(checkFiles(configWith(""), NOW_MS), []);
});

test("checkFiles() names files that cannot be read, each with its setting", () => {
  const user =
    'tls = { mode = "files", cert = "/nowhere/c.pem", key = "/nowhere/k.pem" }\nadmin.token_file = "no-token"\n';
  const findings = checkFiles(configWith(user), NOW_MS);
  assert.deepEqual(
    findings.map(({ status, subject, value }) => [status, subject, value]),
    [
      ["problem", "tls.cert", "/nowhere/c.pem"],
      ["problem", "tls.key", "/nowhere/k.pem"],
      ["problem", "admin.token_file", "/project/no-token"],
    ],
  );
  for (const { reason } of findings) assert.match(reason, /^It cannot be read: .*\.$/);
});

test("checkFiles() takes a development certificate that is not made yet for none", () => {
  const user = 'tls = { mode = "dev", cert = "/nowhere/c.pem", key = "/nowhere/k.pem" }\n';
  assert.deepEqual(
    checkFiles(configWith(user), NOW_MS).map(({ status, value }) => [status, value]),
    [["ok", "none yet"]],
  );
});

describe("checkFiles()", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "fastserve-files-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("accepts a certificate with its key, and refuses another key", { skip: withoutOpenssl() }, () => {
    const [mine, other] = [makeCertificate(), makeCertificate()];
    const tls = (key: string) => configWith(`tls = { mode = "files", cert = "${mine.certPath}", key = "${key}" }\n`);
    const statuses = (key: string) =>
      checkFiles(tls(key), Date.now()).filter(({ subject }) => subject === "certificate");
    const [good, bad] = [statuses(mine.keyPath), statuses(other.keyPath)];
    mine.remove();
    other.remove();
    // The fixture's certificate is for a day or two: it is about to expire.
    assert.match(good[0]?.reason ?? "", /^It (expires on|is valid until)/);
    assert.deepEqual(
      bad.map(({ status, reason }) => [status, reason]),
      [["problem", "The key is not this certificate's."]],
    );
  });

  it("refuses what is no certificate", () => {
    const path = join(folder, "cert.pem");
    writeFileSync(path, "nothing\n", { mode: 0o600 });
    const [finding] = checkFiles(configWith(`tls = { mode = "files", cert = "${path}", key = "${path}" }\n`), NOW_MS);
    assert.equal(finding?.status, "problem");
    assert.match(finding?.reason ?? "", /^It cannot be used: /);
  });

  it("takes the token as the server does", () => {
    const path = join(folder, "token");
    const config = configWith(`admin.token_file = "${path}"\n`);
    const look = () => checkFiles(config, NOW_MS).map(({ status, reason, next }) => [status, reason, next]);
    writeFileSync(path, "short\n", { mode: 0o600 });
    assert.deepEqual(look(), [
      ["problem", "It holds 5 bytes; a token has 16 to 4096.", "openssl rand -hex 32 makes one"],
    ]);
    writeFileSync(path, "two words of enough bytes\n");
    assert.deepEqual(look(), [
      [
        "problem",
        "It holds white space or bytes that no header carries.",
        "openssl rand -hex 32 makes a token without them",
      ],
    ]);
    writeFileSync(path, "a-token-of-enough-bytes\n");
    assert.deepEqual(look(), [["ok", "It holds a token, and only its owner can read it.", undefined]]);
    if (process.platform === "win32") return;
    chmodSync(path, 0o644);
    assert.deepEqual(look(), [
      [
        "problem",
        "It can be read or written by others (mode 0644).",
        "chmod 600 it, owned by the user that runs the server",
      ],
    ]);
  });
});
