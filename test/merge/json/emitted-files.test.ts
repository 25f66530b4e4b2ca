/**
 * The JSON files of a project, from one wish to another and back, with what people do to them in between. What must come
 * out is made the short way: the other wish's file with the same edits.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeJson } from "../../../src/merge/json/merge-json.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { emitDenoJson, emitPackageJson } from "../../../src/tree/emit-package.ts";
import { manyPlans } from "../../tree/many-plans.ts";

type Table = Record<string, unknown>;

/** A package and a script of the user's, put where `npm install` and people put them. */
function edited(text: string, layout: (value: unknown) => string): string {
  const file = JSON.parse(text) as Table;
  const { dependencies } = file;
  if (isTable(dependencies)) file.dependencies = sorted({ ...dependencies, hono: "4.0.0", "a-logger": "1.0.0" });
  for (const section of ["scripts", "tasks"]) {
    const commands = file[section];
    if (isTable(commands)) file[section] = { ...commands, own: "echo own" };
  }
  return layout({ ...file, author: "A. N. Other" });
}

const layouts: Readonly<Record<string, (value: unknown) => string>> = {
  "as generated": (value) => `${JSON.stringify(value, undefined, 2)}\n`,
  "indented with tabs": (value) => `${JSON.stringify(value, undefined, "\t")}\n`,
  "on one line": (value) => JSON.stringify(value),
  "formatted as code is": (value) => `${asCode(value, "", 0)}\n`,
};

const files: Readonly<Record<string, (plan: Plan) => string>> = {
  "package.json": emitPackageJson,
  "deno.json": emitDenoJson,
};

const plans = (await manyPlans()).map(([, plan]) => plan);

for (const [path, emit] of Object.entries(files)) {
  for (const [name, layout] of Object.entries(layouts)) {
    test(`mergeJson() takes an edited ${path}, ${name}, to every other wish and back`, () => {
      const versions = [...new Set(plans.map(emit))];
      assert.ok(versions.length > 3);
      for (const base of versions) {
        for (const next of versions) thereAndBack(path, base, next, layout);
      }
    });
  }
}

function thereAndBack(path: string, base: string, next: string, layout: (value: unknown) => string): void {
  const local = edited(base, layout);
  const there = mergeJson(path, { base, local, next });
  assert.deepEqual(there.kept, []);
  assert.deepEqual(JSON.parse(there.text), JSON.parse(edited(next, layout)));
  const back = mergeJson(path, { base: next, local: there.text, next: base });
  assert.deepEqual(back.kept, []);
  assert.equal(back.text, local);
}

/** As Prettier and Biome print it: lists of scalars on one line where they fit. */
function asCode(value: unknown, indent: string, columns: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    if (columns + line.length < 80) return line;
    return `[\n${value.map((item) => inner + asCode(item, inner, 0)).join(",\n")}\n${indent}]`;
  }
  if (!isTable(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + asCode(item, inner, head.length);
  });
  return `{\n${members.join(",\n")}\n${indent}}`;
}

function sorted(table: Table): Table {
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
