import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { render } from "../../src/tree/render.ts";
import { templates } from "./golden-cases.ts";

describe("render()", () => {
  it("prints a string as it is, without HTML entities", () => {
    assert.equal(render("t", "{{x}}", { x: "a < b & \"c\" 'd'" }), "a < b & \"c\" 'd'\n");
  });

  it("fails on a field that the view does not have", () => {
    assert.throws(() => render("t", "{{missing}}", { x: "" }), /template t failed: .*missing/);
  });

  it("fails on a missing field inside a list", () => {
    assert.throws(() => render("t", "{{#each rows}}{{b}}{{/each}}", { rows: [{ a: "1" }] }), /"b" not defined/);
  });

  it("fails on a helper that is neither if nor each", () => {
    for (const template of ["{{#with x}}{{/with}}", "{{lookup x 0}}", "{{#unless x}}{{/unless}}", "{{shout x}}"]) {
      assert.throws(() => render("t", template, { x: "a" }), /template t failed/, template);
    }
  });

  it("leaves no trace of a tag that stands alone on its line", () => {
    assert.equal(
      render("t", "a\n{{#if yes}}\nb\n{{/if}}\n{{#each rows}}\n{{this}}\n{{/each}}\n", { yes: true, rows: ["c", "d"] }),
      "a\nb\nc\nd\n",
    );
  });
});

describe("templates/text", () => {
  /** {{x}}, {{this}}, {{#if x}}, {{#each x}}, {{/if}}, {{/each}}, {{> partial}}; everything else decides something. */
  const allowed =
    /^\{\{(?:this|[a-z][A-Za-z0-9]*|#(?:if|each) [a-z][A-Za-z0-9]*|\/(?:if|each)|> [a-z][A-Za-z0-9-]*)\}\}$/;

  for (const path of templates.list().filter((name) => name.startsWith("text/") && name.endsWith(".hbs"))) {
    it(`${path} has only the allowed tags, because logic in text has no types and no tests`, () => {
      const text = templates.read(path);
      assert.ok(typeof text === "string");
      for (const tag of text.match(/\{\{.*?\}\}+/g) ?? []) assert.match(tag, allowed);
    });
  }
});
