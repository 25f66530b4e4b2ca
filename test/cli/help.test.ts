import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { controlFlags } from "../../src/answers/control-flags.ts";
import { questionKeys, questions } from "../../src/answers/questions.ts";
import { commandTable } from "../../src/cli/command-table.ts";
import { helpText } from "../../src/cli/help.ts";
import { makeStyle } from "../../src/cli/present/style.ts";

describe("helpText()", () => {
  const text = helpText(makeStyle({}, false));

  it("is what help.txt shows", () => {
    // To accept a change: write the new text to the file and read it as a person would.
    assert.equal(`${text}\n`, readFileSync(new URL("help.txt", import.meta.url), "utf8"));
  });

  it("names every command, answer and control flag", () => {
    for (const name of Object.keys(commandTable)) assert.ok(text.includes(`create-fastserve ${name}`), name);
    for (const key of questionKeys) assert.ok(text.includes(`--${questions[key].flag} `), key);
    for (const { usage } of Object.values(controlFlags)) assert.ok(text.includes(usage), usage);
  });

  it("fits 120 columns", () => {
    assert.deepEqual(
      text.split("\n").filter((line) => line.length > 120),
      [],
    );
  });
});
