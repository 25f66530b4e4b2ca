/** The golden cases: answers and facts in, a plan and the generated files out. Shared by tests and `golden-update`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answers } from "../../src/answers/answers.ts";
import { parseAnswersFile } from "../../src/answers/answers-file.ts";
import { resolve } from "../../src/answers/resolve.ts";
import { factsDocument } from "../../src/facts/facts-document.ts";
import type { FactsDocument } from "../../src/facts/hardware-facts.ts";
import { presets } from "../../src/facts/presets.ts";
import { templateFiles } from "../../src/io/template-files.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { solve } from "../../src/plan/solve.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { noProfiles, type Profiles, type ProfileWish, profileAnswers } from "../../src/tree/profile-wish.ts";

export const repositoryRoot = fileURLToPath(new URL("../../", import.meta.url));
export const goldenRoot = join(repositoryRoot, "test/golden");
export const templates = templateFiles(join(repositoryRoot, "templates"));

/** The plan whose wiring and tuned file are checked in as twins below `templates/app`. */
export const REFERENCE = "reference";

export const caseNames: readonly string[] = readdirSync(goldenRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export async function planOfCase(name: string): Promise<Plan> {
  return planOf(JSON.parse(readFileSync(join(goldenRoot, name, "answers.json"), "utf8")), factsOfCase(name));
}

export function factsOfCase(name: string): FactsDocument {
  return JSON.parse(readFileSync(join(goldenRoot, name, "facts.json"), "utf8")) as FactsDocument;
}

/** Plans of the case's profiles, from their own answers; most cases have none. */
export async function profilesOfCase(name: string): Promise<Profiles> {
  const path = join(goldenRoot, name, "profiles.json");
  if (!existsSync(path)) return noProfiles;
  const project = await planOfCase(name);
  const own = JSON.parse(readFileSync(path, "utf8")) as Readonly<Record<string, ProfileWish["answers"]>>;
  return new Map(Object.entries(own).map(([profile, answers]) => [profile, planOfProfile(project, answers)]));
}

/** The plan of a profile whose target is a preset. */
export function planOfProfile(project: Plan, answers: ProfileWish["answers"]): Plan {
  const preset = presets.find(({ id }) => id === answers.target);
  if (preset === undefined) throw new Error(`${answers.target} is no preset`);
  return planFor(profileAnswers(project.answers, { answers }), factsDocument(preset.id, preset.facts));
}

/** The plan for some answers, the others at their defaults, as a config file gives them. */
export async function planOf(answers: unknown, document: FactsDocument): Promise<Plan> {
  const { given, problems } = await parseAnswersFile(JSON.stringify(answers), "answers.json");
  const resolution = resolve(given, { packageManager: "npm", currentDirectoryName: "server" });
  const faults = [...problems, ...resolution.problems];
  if (faults.length > 0) throw new AppError(faults);
  return planFor(resolution.answers, document);
}

/** The plan stage, called as the commands call it. */
export function planFor(answers: Answers, document: FactsDocument): Plan {
  return solve(answers, document.facts, { target: document.label, generatorVersion: "0.1.0" });
}

/** The files that depend on the plan, and a list of all paths. Copied sources are reviewed where they stand. */
export function expectedFiles(tree: FileTree): ReadonlyMap<string, string> {
  const listing = [...tree.values()].map(
    (entry) => `${entry.mode.toString(8)} ${entry.owner.padEnd(7)} ${entry.path}\n`,
  );
  const files = new Map([["FILES.txt", listing.join("")]]);
  for (const { path, content } of tree.values()) {
    if (planned.test(path) && typeof content === "string") files.set(path, content);
  }
  return files;
}

const planned =
  /^(README\.md|Dockerfile|package\.json|deno\.json|fastserve\.json|fastserve\.tuned\.([a-z-]+\.)?toml|src\/wiring\.ts|deploy\/.*)$/;
