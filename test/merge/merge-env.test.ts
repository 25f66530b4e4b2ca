import assert from "node:assert/strict";
import { test } from "node:test";
import { printEnv, readEnv } from "../../src/merge/lines/env-file.ts";
import { mergeVersions } from "../../src/merge/merge.ts";

test("mergeVersions() adds missing keys to .env where the new version has them, and changes nothing else", () => {
  const base = "# Port\nPORT=3000\n\n# Log\nLOG_LEVEL=info\n";
  const local = "# my notes\nPORT=8080\nLOG_LEVEL=info\nSECRET='a\nb'\n";
  const next = "# Port\nPORT=3000\n\n# Where metrics go\nMETRICS_URL=\n\n# Log\nLOG_LEVEL=debug\nTRACE=off\n";
  const merged = mergeVersions(".env", { base, local, next });
  assert.equal(
    merged.text,
    "# my notes\nPORT=8080\n\n# Where metrics go\nMETRICS_URL=\nLOG_LEVEL=info\nTRACE=off\nSECRET='a\nb'\n",
  );
  assert.deepEqual(merged.clashes, []);
});

test("mergeVersions() shows no value of .env, whose values may be secrets, and those of an example", () => {
  const versions = { base: "TOKEN=\nPORT=1\n", local: "TOKEN=s3cret\nPORT=2\n", next: "TOKEN=change-me\nPORT=1\n" };
  assert.deepEqual(mergeVersions(".env", versions).kept, [
    { key: "TOKEN", mine: "(its value is not shown)", recommended: "change-me" },
  ]);
  assert.deepEqual(mergeVersions(".env.example", versions).kept, [
    { key: "TOKEN", mine: "s3cret", recommended: "change-me" },
  ]);
});

test("mergeVersions() does not add a key again that the user deleted", () => {
  const merged = mergeVersions(".env", { base: "A=1\nB=2\n", local: "A=5\n", next: "A=1\nB=3\nC=4\n" });
  assert.equal(merged.text, "A=5\nC=4\n");
});

test("mergeVersions() lets unedited keys of an example follow, and drops those that are gone", () => {
  const base = "# Port\nPORT=3000\nOLD=1\nLOG=info\n";
  const local = "# Port\nPORT=3000\nOLD=1\nLOG=debug\nMINE=x\n";
  const next = "# The port\nPORT=8080\nLOG=warn\nNEW=\n";
  const merged = mergeVersions(".env.example", { base, local, next });
  assert.equal(merged.text, "# The port\nPORT=8080\nLOG=debug\nNEW=\nMINE=x\n");
  assert.deepEqual(merged.kept, [{ key: "LOG", mine: "debug", recommended: "warn" }]);
});

test("mergeVersions() begins a new line before a key that comes after a last line without a line feed", () => {
  assert.equal(mergeVersions(".env", { base: "A=1\n", local: "A=2", next: "A=1\nB=3\n" }).text, "A=2\nB=3\n");
});

test("mergeVersions() adds what a .env that is not ours lacks", () => {
  const merged = mergeVersions(".env", { base: undefined, local: "export A = 1\n", next: "# about B\nB=2\nA=3\n" });
  assert.equal(merged.text, "export A = 1\n# about B\nB=2\n");
  assert.deepEqual(merged.clashes, []);
});

test("printEnv() gives the text that readEnv() took apart", () => {
  const texts = [
    "",
    "\n",
    "A=1",
    "# only a comment",
    'A="x\ny" # c\nB=2\n\n# end\n',
    "  export A=1 \n=x\nB: 2\nC='it\n",
  ];
  assert.deepEqual(
    texts.map((text) => printEnv(readEnv(text))),
    texts,
  );
  assert.deepEqual(
    readEnv('# a\nA="x\ny" # c\nexport B = 2 \n').entries.map(({ key, value }) => [key, value]),
    [
      ["A", '"x\ny" # c'],
      ["B", "2"],
    ],
  );
});

test("mergeVersions() takes a quoted value of any length", () => {
  const local = `A="${"x".repeat(10_000_000)}"\n`;
  assert.equal(mergeVersions(".env", { base: "A=1\n", local, next: "A=2\nB=1\n" }).text, `${local}B=1\n`);
});

test("mergeVersions() keeps a key of an example that is gone, with what the user wrote above it, and reports it", () => {
  const base = "# Port\nPORT=1\n# Old\nOLD=1\nOTHER=1\n";
  const local = "# Port\nPORT=1\n# Old\n# Ask Ann before you change it.\nOLD=1\n\nOTHER=1\n";
  const merged = mergeVersions(".env.example", { base, local, next: "# Port\nPORT=1\n" });
  assert.equal(merged.text, "# Port\nPORT=1\n# Old\n# Ask Ann before you change it.\nOLD=1\n");
  assert.deepEqual(merged.kept, [{ key: "OLD", mine: "1", recommended: "absent" }]);
});

test("mergeVersions() keeps the user's export before a key of an example whose value follows", () => {
  const merged = mergeVersions(".env.example", { base: "A=1\n", local: "export A = 1\n", next: "A=2\n" });
  assert.equal(merged.text, "export A = 2\n");
});
