import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasColour, hasUnicode, makeStyle } from "../../src/cli/present/style.ts";
import { isTruthy, mayAsk } from "../../src/cli/terminal.ts";

type Environment = Readonly<Record<string, string>>;

describe("hasColour()", () => {
  const rows: readonly (readonly [string, Environment, boolean, boolean])[] = [
    ["colours a terminal", {}, true, true],
    ["leaves a pipe plain", {}, false, false],
    ["honours NO_COLOR", { NO_COLOR: "1" }, true, false],
    ["ignores an empty NO_COLOR", { NO_COLOR: "" }, true, true],
    ["honours FORCE_COLOR on a pipe", { FORCE_COLOR: "1" }, false, true],
    ["honours FORCE_COLOR=0", { FORCE_COLOR: "0" }, true, false],
    ["lets FORCE_COLOR beat NO_COLOR, as Node does", { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    ["leaves a dumb terminal plain", { TERM: "dumb" }, true, false],
  ];
  for (const [criterion, environment, isTerminal, expected] of rows) {
    it(criterion, () => assert.equal(hasColour(environment, isTerminal), expected));
  }
});

describe("hasUnicode()", () => {
  const rows: readonly (readonly [string, Environment, boolean])[] = [
    ["is true without a locale", {}, true],
    ["is true for UTF-8", { LANG: "de_DE.UTF-8" }, true],
    ["is false for the C locale", { LANG: "C" }, false],
    ["lets LC_ALL beat LANG", { LC_ALL: "POSIX", LANG: "en_US.UTF-8" }, false],
    ["is false on the Linux console", { TERM: "linux" }, false],
  ];
  for (const [criterion, environment, expected] of rows) {
    it(criterion, () => assert.equal(hasUnicode(environment), expected));
  }
});

describe("makeStyle()", () => {
  it("paints on a terminal and is plain elsewhere", () => {
    assert.equal(makeStyle({}, true).red("x"), "\u001b[31mx\u001b[39m");
    assert.equal(makeStyle({}, false).red("x"), "x");
  });

  it("falls back to ASCII symbols", () => {
    const { done, failed, warning, arrow } = makeStyle({ LANG: "C" }, true);
    assert.deepEqual({ done, failed, warning, arrow }, { done: "+", failed: "x", warning: "!", arrow: "->" });
  });
});

describe("mayAsk()", () => {
  const terminal = { stdinIsTerminal: true, stdoutIsTerminal: true, environment: {}, yes: false, json: false };
  const rows: readonly (readonly [string, Partial<typeof terminal & { environment: Environment }>, boolean])[] = [
    ["asks on a terminal", {}, true],
    ["does not ask without a terminal to read from", { stdinIsTerminal: false }, false],
    ["does not ask without a terminal to write to", { stdoutIsTerminal: false }, false],
    ["does not ask when CI=1", { environment: { CI: "1" } }, false],
    ["does not ask when CI=woodpecker", { environment: { CI: "woodpecker" } }, false],
    ["asks when CI=false", { environment: { CI: "false" } }, true],
    ["does not ask on a dumb terminal", { environment: { TERM: "dumb" } }, false],
    ["does not ask with --yes", { yes: true }, false],
    ["does not ask with --json", { json: true }, false],
  ];
  for (const [criterion, change, expected] of rows) {
    it(criterion, () => assert.equal(mayAsk({ ...terminal, ...change }), expected));
  }
});

describe("isTruthy()", () => {
  for (const value of [undefined, "", "0", "false", "FALSE", "no", " off "]) {
    it(`takes ${JSON.stringify(value)} for no`, () => assert.equal(isTruthy(value), false));
  }
  for (const value of ["1", "true", "yes", "anything"]) {
    it(`takes ${JSON.stringify(value)} for yes`, () => assert.equal(isTruthy(value), true));
  }
});
