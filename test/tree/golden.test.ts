import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { featureNames } from "../../src/answers/choices.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { compose } from "../../src/tree/compose.ts";
import { emitWiring } from "../../src/tree/emit-wiring.ts";
import { manifest } from "../../src/tree/manifest.ts";
import { answersOf, answersOfProfile, parseProjectFile } from "../../src/tree/project-file.ts";
import {
  caseNames,
  expectedFiles,
  goldenRoot,
  planFor,
  planOfCase,
  profilesOfCase,
  REFERENCE,
  templates,
} from "./golden-cases.ts";

const UPDATE = "differs: if the change is meant, run npm run golden:update and read the difference";

describe("golden projects", () => {
  for (const name of caseNames) {
    it(`${name} is emitted as checked in`, async () => {
      const wanted = expectedFiles(compose(await planOfCase(name), templates, await profilesOfCase(name)));
      const folder = join(goldenRoot, name, "expected");
      assert.deepEqual(filesBelow(folder), [...wanted.keys()].sort(), `${name}: the list of files ${UPDATE}`);
      for (const [path, text] of wanted) {
        assert.equal(readFileSync(join(folder, path), "utf8"), text, `${name}/expected/${path} ${UPDATE}`);
      }
    });

    it(`${name} comes out the same when it is planned from its own fastserve.json`, async () => {
      const first = compose(await planOfCase(name), templates, await profilesOfCase(name));
      const project = parseProjectFile(String(first.get("fastserve.json")?.content), "fastserve.json");
      const profiles = Object.entries(project.profiles ?? {}).map(([profile, wish]): [string, Plan] => [
        profile,
        planFor(answersOfProfile(project, wish), wish.facts),
      ]);
      const second = compose(planFor(answersOf(project), project.facts), templates, new Map(profiles));
      assert.deepEqual([...second], [...first]);
    });
  }
});

describe("twins in templates/app", () => {
  for (const row of manifest) {
    if (row.kind !== "emit" || row.twin === undefined) continue;
    const { twin, text } = row;
    it(`${twin} equals what the reference plan prints`, async () => {
      assert.equal(templates.read(twin), text(await planOfCase(REFERENCE)), `${twin} ${UPDATE}`);
    });
  }
});

describe("wiring for Deno in templates/app", () => {
  for (const adapter of ["deno-serve", "deno-http"] as const) {
    it(`equals what emitWiring() prints for ${adapter} with every feature`, () => {
      const printed = emitWiring({ adapter, features: featureNames });
      assert.equal(templates.read(`app/src/wiring.${adapter}.ts`), printed);
    });
  }
});

function filesBelow(folder: string, prefix = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
        : [`${prefix}${entry.name}`],
    )
    .sort();
}
