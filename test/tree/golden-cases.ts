/** The golden cases: answers and facts in, a plan and the generated files out. Shared by tests and `golden-update`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answers } from "../../src/answers/answers.ts";
import { parseAnswersFile } from "../../src/answers/answers-file.ts";
import { resolve } from "../../src/answers/resolve.ts";
import type { FactsDocument } from "../../src/facts/hardware-facts.ts";
import { templateFiles } from "../../src/io/template-files.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { solve } from "../../src/plan/solve.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";

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
  /^(README\.md|Dockerfile|package\.json|deno\.json|fastserve\.json|fastserve\.tuned\.toml|src\/wiring\.ts|deploy\/.*)$/;
