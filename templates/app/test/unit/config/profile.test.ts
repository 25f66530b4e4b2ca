import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { configurationView } from "../../../src/config/configuration-view.ts";
import { type LoadedConfig, loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { profileFault, profileOfTunedFile, tunedFileOf, userFileOf } from "../../../src/config/profile-files.ts";
import type { Environment } from "../../../src/config/read-environment.ts";
import { tunedText } from "../reference-config.ts";

const stagingText = tunedText
  .replace("count = 2", "count = 1")
  .replace("connections_max = 4096", "connections_max = 2048");
const project = { "fastserve.tuned.toml": tunedText, "fastserve.tuned.staging.toml": stagingText };

function load(files: Readonly<Record<string, string>>, environment: Environment): LoadedConfig {
  return loadConfig({
    directory: "/project",
    environment,
    readFile: (path) => files[path.slice("/project/".length)],
    listFiles: () => Object.keys(files),
  });
}

function problemsOf(files: Readonly<Record<string, string>>, environment: Environment): readonly string[] {
  try {
    load(files, environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
}

test("loadConfig() reads the project's own files while no profile is named", () => {
  for (const environment of [{}, { FASTSERVE_PROFILE: "" }]) {
    const { config, profile, files } = load({ ...project, "fastserve.staging.toml": "server.port = 1\n" }, environment);
    assert.deepEqual([config.workers.count, config.server.port, profile], [2, 3000, undefined]);
    assert.deepEqual(files, ["fastserve.tuned.toml"]);
  }
});

test("loadConfig() layers a profile's file over the user's over the profile's tuned file", () => {
  const user = "[server]\nport = 8080\n[log]\nlevel = 'debug'\nformat = 'text'\n";
  const files = {
    ...project,
    "fastserve.toml": user,
    "fastserve.staging.toml": "[log]\nlevel = 'warn'\nformat = 'json'\n",
  };
  const loaded = load(files, { FASTSERVE_PROFILE: "staging", FASTSERVE__LOG__FORMAT: "text" });
  const { config, origin, profile } = loaded;
  assert.deepEqual(
    [config.workers.count, config.server.port, config.log.level, config.log.format],
    [1, 8080, "warn", "text"],
  );
  assert.deepEqual(
    [origin["workers.count"], origin["server.port"], origin["log.level"], origin["log.format"]],
    ["tuned", "user", "profile", "environment"],
  );
  assert.equal(profile, "staging");
  assert.deepEqual(loaded.files, ["fastserve.tuned.staging.toml", "fastserve.toml", "fastserve.staging.toml"]);
  assert.equal(configurationView(loaded).profile, "staging");
  assert.equal("profile" in configurationView(load(project, {})), false);
});

test("loadConfig() takes the pins of both of the user's files", () => {
  const files = {
    ...project,
    "fastserve.toml": 'pin = ["workers.count"]\n',
    "fastserve.staging.toml": 'pin = ["server.port"]\n',
  };
  assert.deepEqual(load(files, { FASTSERVE_PROFILE: "staging" }).pins, ["workers.count", "server.port"]);
  assert.deepEqual(load(files, {}).pins, ["workers.count"]);
});

test("loadConfig() names the file of a profile in what is wrong there", () => {
  const files = {
    "fastserve.tuned.staging.toml": stagingText.replace("port = 3000\n", ""),
    "fastserve.toml": "[server]\nhost = ''\n",
    "fastserve.staging.toml": "[admin]\nport = 70000\n",
  };
  assert.deepEqual(problemsOf(files, { FASTSERVE_PROFILE: "staging" }), [
    'fastserve.toml:2: server.host = "" must not be empty.',
    "fastserve.staging.toml:2: admin.port = 70000 must be at most 65535.",
    "fastserve.tuned.staging.toml: server.port is missing; set it in fastserve.toml, or restore fastserve.tuned.staging.toml from version control.",
  ]);
});

test("loadConfig() names a cross-check's problem at the profile's file, which is above the user's", () => {
  const files = {
    ...project,
    "fastserve.toml": "server.port = 9000\n",
    "fastserve.staging.toml": "admin.port = 9000\n",
  };
  assert.deepEqual(problemsOf(files, { FASTSERVE_PROFILE: "staging" }), [
    "fastserve.staging.toml:1: admin.port = 9000 is server.port too; give the admin listener another port.",
  ]);
});

test("loadConfig() names the command for the profile where its file says what the plan was made for", () => {
  const files = { ...project, "fastserve.staging.toml": 'pin = ["target.nofile"]\n[target]\ncpu_millis = 4000\n' };
  const next = "npx create-fastserve retune --profile staging --target this makes another plan.";
  assert.deepEqual(problemsOf(files, { FASTSERVE_PROFILE: "staging" }), [
    `fastserve.staging.toml:1: pin: target.nofile says what the plan was made for, and is nobody's to set: ${next}`,
    `fastserve.staging.toml:3: target.cpu_millis says what the plan was made for, and is nobody's to set: ${next}`,
  ]);
});

const unknown: readonly (readonly [name: string, text: string])[] = [
  ["stagin", '"stagin" is no profile of this project; did you mean staging? It has production, staging.'],
  [
    "qa",
    '"qa" has no fastserve.tuned.qa.toml; there are production, staging. npx create-fastserve retune --target recorded --restore fastserve.tuned.qa.toml brings a deleted one back, npx create-fastserve retune --profile qa --target this plans one; unset the variable for the project\'s own.',
  ],
  [
    "../staging",
    '"../staging" is not made of lower-case letters, digits and single hyphens, the first a letter; did you mean staging? It has production, staging.',
  ],
  ["tuned", '"tuned" is taken: its own settings would stand in fastserve.tuned.toml; it has production, staging.'],
];

for (const [name, text] of unknown) {
  test(`loadConfig() refuses the profile ${name} and tells the others, and still checks the other layers`, () => {
    const files = {
      ...project,
      "fastserve.tuned.production.toml": tunedText,
      "fastserve.toml": "[server]\nport = 70000\n",
    };
    assert.deepEqual(problemsOf(files, { FASTSERVE_PROFILE: name }), [
      `FASTSERVE_PROFILE: ${text}`,
      "fastserve.toml:2: server.port = 70000 must be at most 65535.",
    ]);
  });
}

test("loadConfig() says how a profile gets the tuned file that it has not, whether it was deleted or never was", () => {
  assert.deepEqual(problemsOf({ "fastserve.tuned.toml": tunedText }, { FASTSERVE_PROFILE: "staging" }), [
    'FASTSERVE_PROFILE: "staging" has no fastserve.tuned.staging.toml; no profile has one. npx create-fastserve retune --target recorded --restore fastserve.tuned.staging.toml brings a deleted one back, npx create-fastserve retune --profile staging --target this plans one; unset the variable for the project\'s own.',
  ]);
  assert.deepEqual(problemsOf({ "fastserve.tuned.toml": tunedText }, { FASTSERVE_PROFILE: "No" }), [
    'FASTSERVE_PROFILE: "No" is not made of lower-case letters, digits and single hyphens, the first a letter; it has none: unset the variable, or make one with npx create-fastserve retune --profile NAME.',
  ]);
});

for (const slip of [
  "FASTSERVE__PROFILE",
  "fastserve_profile",
  "FASTSERVE_PROFILES",
  "FASTSERVE_PORFILE",
  "FASTSERV_PROFILE",
]) {
  test(`loadConfig() does not pass over ${slip}`, () => {
    assert.deepEqual(problemsOf(project, { [slip]: "staging" }), [
      `${slip}: is not a setting; did you mean FASTSERVE_PROFILE?`,
    ]);
  });
}

test("loadConfig() leaves variables alone that only look a little like FASTSERVE_PROFILE", () => {
  const strangers = {
    FASTSERVE_LAUNCH: "{}",
    FASTSERVE_PIPELINE: "1",
    FASTSERVE_FILES: "x",
    MY_PROFILE: "x",
    AWS_PROFILE: "x",
  };
  assert.deepEqual(problemsOf(project, strangers), []);
});

test("loadConfig() finds the profiles of a real folder, and none in one that is not there", () => {
  const directory = mkdtempSync(join(tmpdir(), "fastserve profile "));
  try {
    writeFileSync(join(directory, "fastserve.tuned.small.toml"), stagingText);
    const environment = { FASTSERVE_PROFILE: "small" };
    assert.equal(loadConfig({ directory, environment }).config.workers.count, 1);
    assert.throws(
      () => loadConfig({ directory: join(directory, "none"), environment }),
      /"small" has no fastserve\.tuned\.small\.toml; no profile has one\./,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("profileFault() takes short lower-case names and refuses whatever could leave the folder or clash", () => {
  for (const name of ["a", "staging", "eu-central-1", "p2", "a".repeat(32)])
    assert.equal(profileFault(name), undefined);
  for (const name of [
    "",
    "A",
    "1a",
    "a.b",
    "a/b",
    "a\\b",
    "..",
    "a--b",
    "a-",
    "-a",
    "a b",
    "a\n",
    "tuned",
    "a".repeat(33),
  ]) {
    assert.notEqual(profileFault(name), undefined, name);
  }
});

test("tunedFileOf() and userFileOf() name a profile's files, and profileOfTunedFile() reads the name back", () => {
  assert.deepEqual(
    [tunedFileOf(undefined), tunedFileOf("staging"), userFileOf("staging")],
    ["fastserve.tuned.toml", "fastserve.tuned.staging.toml", "fastserve.staging.toml"],
  );
  assert.deepEqual(
    ["fastserve.tuned.staging.toml", "fastserve.tuned.toml", "fastserve.staging.toml", "fastserve.tuned.A.toml"].map(
      profileOfTunedFile,
    ),
    ["staging", undefined, undefined, undefined],
  );
});
