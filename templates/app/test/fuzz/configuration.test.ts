import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { TUNED_FILE, USER_FILE } from "../../src/config/profile-files.ts";
import { fixtureDirectory } from "../fixture/settings.ts";
import { fuzzOptions, fuzzTimeoutMs } from "./fuzz-options.ts";

/** A run parses two files and checks every setting: about a millisecond. */
const RUNS = 300;
const tuned = readFileSync(join(fixtureDirectory, TUNED_FILE), "utf8");
const keys = [...tuned.matchAll(/^(\w+) = /gm)].map((match) => match[1] as string);
const sections = [...tuned.matchAll(/^\[(\w+)\]$/gm)].map((match) => match[1] as string);

const value = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom(
    "true",
    "false",
    "inf",
    "nan",
    "-0",
    "0x1f",
    "1_000",
    "1979-05-27",
    '""',
    "''",
    '"""',
    "[]",
    "[[",
    "{}",
    "{ a = 1 }",
    "[{ a = 1 }]",
    "[[{ __proto__.polluted = 1 }]]",
  ),
  fc.string().map((text) => JSON.stringify(text)),
  fc.array(fc.string(), { maxLength: 3 }).map((texts) => JSON.stringify(texts)),
  fc.string(),
);
const line = fc.oneof(
  fc.constantFrom(...sections, "pin", "nothing").map((name) => `[${name}]`),
  fc
    .tuple(fc.constantFrom(...keys, "pin", "a.b.c", '"quoted key"', "__proto__", "constructor"), value)
    .map(([key, text]) => `${key} = ${text}`),
  fc
    .tuple(fc.constantFrom(...sections, "__proto__"), fc.constantFrom(...keys), value)
    .map(([section, key, text]) => `${section}.${key} = ${text}`),
  fc.string(),
  fc.constantFrom("[[server]]", "[server.port]", "# a comment", "\uFEFF", "\r", "]"),
);
const userFile = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
/** The tuned file with a part of it cut out and something put in its place. */
const damagedFile = fc
  .tuple(fc.nat(tuned.length), fc.nat(40), fc.string({ maxLength: 20 }))
  .map(([at, length, put]) => `${tuned.slice(0, at)}${put}${tuned.slice(at + length)}`);
const environment = fc.dictionary(
  fc
    .tuple(fc.constantFrom(...sections), fc.constantFrom(...keys))
    .map(([section, key]) => `FASTSERVE__${section}__${key}`.toUpperCase()),
  fc.string(),
  { maxKeys: 3 },
);

/** Loads, or is refused in words: every problem has a place and a sentence. */
function load(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}): void {
  const readFile = (path: string) => files[path.replace(/^.*[\\/]/, "")];
  try {
    const listFiles = () => Object.keys(files);
    loadConfig({ directory: fixtureDirectory, environment: variables, readFile, listFiles });
  } catch (error) {
    assert.ok(
      error instanceof ConfigError,
      `not a ConfigError: ${error instanceof Error ? error.stack : String(error)}`,
    );
    assert.ok(error.problems.length > 0);
    for (const { where, message } of error.problems) assert.ok(where !== "" && message !== "");
  }
  assert.equal("polluted" in {}, false);
}

describe("loadConfig() with any text", () => {
  it("takes the tuned file as it is", () => {
    loadConfig({
      directory: fixtureDirectory,
      environment: {},
      readFile: (path) => (path.endsWith(TUNED_FILE) ? tuned : undefined),
    });
  });

  it("loads or refuses whatever the user's file says", { timeout: fuzzTimeoutMs(RUNS) }, () => {
    fc.assert(
      fc.property(userFile, (text) => load({ [TUNED_FILE]: tuned, [USER_FILE]: text })),
      fuzzOptions(RUNS),
    );
  });

  it("loads or refuses a damaged tuned file", { timeout: fuzzTimeoutMs(RUNS) }, () => {
    fc.assert(
      fc.property(damagedFile, (text) => load({ [TUNED_FILE]: text })),
      fuzzOptions(RUNS),
    );
  });

  it("loads or refuses whatever profile is named, and whatever its own file says", {
    timeout: fuzzTimeoutMs(RUNS),
  }, () => {
    const name = fc.oneof(
      fc.constant("staging"),
      fc.string({ maxLength: 12 }),
      fc.constantFrom("../x", "Staging", "a.b"),
    );
    fc.assert(
      fc.property(name, userFile, (profile, text) =>
        load(
          { [TUNED_FILE]: tuned, "fastserve.tuned.staging.toml": tuned, "fastserve.staging.toml": text },
          { FASTSERVE_PROFILE: profile },
        ),
      ),
      fuzzOptions(RUNS),
    );
  });

  it("loads or refuses whatever the environment says", { timeout: fuzzTimeoutMs(RUNS) }, () => {
    fc.assert(
      fc.property(environment, (variables) => load({ [TUNED_FILE]: tuned }, variables)),
      fuzzOptions(RUNS),
    );
  });
});
