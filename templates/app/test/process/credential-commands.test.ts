import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { derive, newHashParameters, parsePasswordHash } from "../../src/features/auth/password-hash.ts";
import { runCommand } from "../fixture/server-process.ts";
import { within } from "../fixture/until.ts";

type CommandName = "hash-password" | "new-token";

const commandOf = (name: CommandName, args: readonly string[]) =>
  runCommand(fileURLToPath(new URL(`../../src/features/auth/commands/${name}.ts`, import.meta.url)), args);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  program: string,
  args: readonly string[],
  input: (output: string) => string | undefined,
): Promise<Outcome> {
  const child = spawn(program, [...args], { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const answer = () => {
    const text = input(stdout + stderr);
    if (text !== undefined) child.stdin.write(text);
  };
  child.stdout.on("data", (chunk: unknown) => {
    stdout += String(chunk);
    answer();
  });
  child.stderr.on("data", (chunk: unknown) => {
    stderr += String(chunk);
    answer();
  });
  const ended = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  return within(`the end of ${program}`, ended);
}

function piped(name: CommandName, args: readonly string[], input = ""): Promise<Outcome> {
  const child = spawn(process.execPath, [...commandOf(name, args)], { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: unknown) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: unknown) => {
    stderr += String(chunk);
  });
  // A command that refuses its arguments may be gone before it reads.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const ended = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  return within(`the end of ${name}`, ended);
}

async function assertHashOf(line: string, name: string, password: string): Promise<void> {
  assert.ok(line.startsWith(`${name}:`), line);
  const hash = parsePasswordHash(line.slice(name.length + 1));
  assert.ok(typeof hash !== "string", line);
  assert.deepEqual({ n: hash.n, r: hash.r, p: hash.p }, newHashParameters);
  assert.equal(btoa(String.fromCharCode(...(await derive(password, hash)))), hash.hash);
}

describe("hash-password", () => {
  it("prints the user's line for the password that is piped in, and nothing else", async () => {
    const { code, stdout } = await piped("hash-password", ["jos\u00e9"], "p\u00e4ss w\u00f6rd:1\n");
    assert.equal(code, 0);
    await assertHashOf(stdout.replace(/\n$/, ""), "jos\u00e9", "p\u00e4ss w\u00f6rd:1");
  });

  const script =
    spawnSync("script", ["--version"]).error === undefined ? false : "script (util-linux) is not installed";
  it("asks twice on a terminal, and does not show what is typed", { skip: script }, async () => {
    const line = [process.execPath, ...commandOf("hash-password", ["anna"])].map((part) => `'${part}'`).join(" ");
    const answers = ["typo\u007f\u007f\u007f\u007fsecret\r", "secret\r"];
    const { stdout } = await run("script", ["-qec", line, "/dev/null"], (output) => {
      const asked = [/Password: /, /Again: /].filter((question) => question.test(output)).length;
      return asked > 2 - answers.length ? answers.shift() : undefined;
    });
    assert.ok(!stdout.includes("secret") && !stdout.includes("typo"), stdout);
    await assertHashOf(/^anna:\S+/m.exec(stdout)?.[0] ?? "", "anna", "secret");
  });

  const refused: readonly (readonly [what: string, args: readonly string[], input: string, reason: RegExp])[] = [
    ["a password on the command line", ["anna", "s3cret"], "", /give one name and nothing else/],
    ["no name", [], "s3cret", /give one name/],
    ["a name with a colon", ["anna:s3cret"], "x", /colon/],
    ["an empty password", ["anna"], "\n", /empty/],
    ["a password of two lines", ["anna"], "s3cret\ns3cret\n", /control character/],
  ];
  for (const [what, args, input, reason] of refused) {
    it(`refuses ${what}, and repeats nothing`, async () => {
      const { code, stdout, stderr } = await piped("hash-password", args, input);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, reason);
      assert.ok(!stderr.includes("s3cret"), stderr);
    });
  }
});

describe("new-token", () => {
  it("prints a token of 256 bits and its line", async () => {
    const [first, second] = [await piped("new-token", ["ci"]), await piped("new-token", ["ci"])];
    const token = /^token: ([A-Za-z0-9_-]{43})$/m.exec(first.stdout)?.[1] ?? "";
    assert.equal(first.code, 0);
    assert.ok(first.stdout.includes(`\nline: ci:${createHash("sha256").update(token).digest("hex")}\n`), first.stdout);
    assert.notEqual(first.stdout, second.stdout);
  });
});
