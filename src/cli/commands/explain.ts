/**
 * `explain [KEY]`: why each value is what it is. Inside a project its recorded answers and facts are the start, and
 * flags change them for this one look; elsewhere flags and defaults are everything.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnswerKey, Answers } from "../../answers/answers.ts";
import { editsAllowed, nearest } from "../../answers/nearest.ts";
import { resolve } from "../../answers/resolve.ts";
import { overrideFacts } from "../../facts/override-facts.ts";
import { AppError, exitCodes } from "../../lib/errors.ts";
import type { Decision } from "../../plan/decision.ts";
import { explainBudget, explainSetting } from "../../plan/explain.ts";
import { allocatorCase, explainAllocator } from "../../plan/explain-allocator.ts";
import type { Plan } from "../../plan/plan.ts";
import { solve } from "../../plan/solve.ts";
import { answersOf, PROJECT_FILE, type ProjectFile, parseProjectFile } from "../../tree/project-file.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";
import { defaultInputs, gather } from "../gather.ts";
import { generatorVersion } from "../package-root.ts";
import { makePlan } from "../planner.ts";
import { budgetDocument, decisionDocument, planDocument, planText } from "../present-plan.ts";
import { resolveForTarget } from "../resolve-for-target.ts";
import { openTargets, type Target } from "../target.ts";

export async function explain(session: Session): Promise<number> {
  const plan = await planOf(session);
  const { terminal, words } = session;
  const { json } = session.line.control;
  const [key] = words;
  if (key === undefined) {
    if (json) terminal.json({ schema: JSON_SCHEMA, ok: true, command: "explain", plan: planDocument(plan) });
    else terminal.result(planText(plan, terminal.style));
    return exitCodes.done;
  }
  const decisions = decisionsNamed(plan, key);
  if (json) {
    const documents = decisions.map(decisionDocument);
    const about = sectionDocument(plan, key);
    terminal.json({ schema: JSON_SCHEMA, ok: true, command: "explain", decisions: documents, ...about });
  } else {
    const texts = decisions.map((decision) => explainSetting(plan, decision.key));
    terminal.result([...texts, ...(sectionTexts[key]?.(plan) ?? [])].join("\n\n"));
  }
  return exitCodes.done;
}

/** What a section has to say beside its settings. */
const sectionTexts: Readonly<Record<string, ((plan: Plan) => readonly string[]) | undefined>> = {
  memory: (plan) => ["The memory budget:", explainBudget(plan)],
  allocator: (plan) => [explainAllocator(plan)],
};

function sectionDocument(plan: Plan, key: string): object {
  if (key === "memory") return { budget: budgetDocument(plan) };
  return key === "allocator" ? { case: allocatorCase(plan) } : {};
}

async function planOf(session: Session): Promise<Plan> {
  const project = readProject(session.cwd);
  const inputs = defaultInputs(session, "project");
  const targets = openTargets(session.cwd);
  const gathered = await gather(session);
  const { answers: given, problems } = resolve(gathered.given, inputs);
  const all = [...gathered.problems, ...problems];
  if (all.length > 0) throw new AppError(all);
  if (project === undefined) return makePlan(resolveForTarget(gathered.given, inputs, targets).answers, targets);
  const answers = over(answersOf(project), given);
  if (given.target.origin !== "default") return makePlan(answers, targets);
  const { label, facts } = recordedTarget(project, answers);
  return solve(answers, facts, { generatorVersion, target: label });
}

/** The recorded answers, each replaced by one that was given now. */
function over(recorded: Answers, given: Answers): Answers {
  const entries = Object.entries(given).map(([key, answer]) => {
    return [key, answer.origin === "default" ? recorded[key as AnswerKey] : answer];
  });
  return Object.fromEntries(entries) as Answers;
}

/** The facts as they were recorded, on whatever machine this runs; given numbers replace them. */
function recordedTarget(project: ProjectFile, answers: Answers): Target {
  const numbers = { cpus: answers.cpus.value, memoryBytes: answers.memory.value, arch: answers.arch.value };
  return { label: project.target, facts: overrideFacts(project.facts.facts, numbers) };
}

function readProject(directory: string): ProjectFile | undefined {
  const path = join(directory, PROJECT_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseProjectFile(text, PROJECT_FILE);
}

/** One setting, or all of a section such as "limits". */
function decisionsNamed(plan: Plan, name: string): readonly Decision[] {
  const all = Object.values(plan.decisions);
  const found = all.filter(({ key }) => key === name || key.startsWith(`${name}.`));
  if (found.length > 0) return found;
  const near = nearest(
    name,
    all.map(({ key }) => key),
    editsAllowed(name),
  );
  throw new AppError({
    code: "SETTING_UNKNOWN",
    key: name,
    message: `There is no setting "${name}".`,
    next: near === undefined ? "create-fastserve explain lists all settings." : `Did you mean ${near}?`,
  });
}
