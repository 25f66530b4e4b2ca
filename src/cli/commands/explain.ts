/**
 * `explain [KEY]`: why each value is what it is. Inside a project its recorded answers and facts are the start, and
 * flags change them for this one look; elsewhere flags and defaults are everything.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Given } from "../../answers/given.ts";
import { editsAllowed, nearest } from "../../answers/nearest.ts";
import {
  type DefaultInputs,
  type QuestionKey,
  type QuestionValues,
  questionKeys,
  questions,
} from "../../answers/questions.ts";
import { resolve } from "../../answers/resolve.ts";
import { overrideFacts } from "../../facts/override-facts.ts";
import { AppError, exitCodes } from "../../lib/errors.ts";
import type { Decision } from "../../plan/decision.ts";
import { explainSetting } from "../../plan/explain.ts";
import type { Plan } from "../../plan/plan.ts";
import { solve } from "../../plan/solve.ts";
import { PROJECT_FILE, type ProjectFile, parseProjectFile } from "../../tree/project-file.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";
import { defaultInputs, gather } from "../gather.ts";
import { generatorVersion } from "../package-root.ts";
import { decisionDocument, planDocument, planText } from "../present-plan.ts";
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
    terminal.json({ schema: JSON_SCHEMA, ok: true, command: "explain", decisions: documents });
  } else terminal.result(decisions.map((decision) => explainSetting(plan, decision.key)).join("\n\n"));
  return exitCodes.done;
}

async function planOf(session: Session): Promise<Plan> {
  const inputs = defaultInputs(session, "project");
  const project = readProject(session.cwd);
  const gathered = await gather(session);
  const recorded = project === undefined ? [] : recordedAnswers(project, inputs);
  const { answers, problems } = resolve([...gathered.given, ...recorded], inputs);
  const all = [...gathered.problems, ...problems];
  if (all.length > 0) throw new AppError(all);
  const isOther = gathered.given.some((one) => one.key === "target");
  const target: Target =
    project === undefined || isOther
      ? openTargets(session.cwd).load(answers)
      : {
          label: project.target,
          facts: overrideFacts(project.facts.facts, {
            cpus: answers.cpus.value,
            memoryBytes: answers.memory.value,
            arch: answers.arch.value,
          }),
        };
  return solve(answers, target.facts, { generatorVersion, target: target.label });
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

/** The recorded values; one that equals its default was not given by anybody, as far as can be told. */
function recordedAnswers(project: ProjectFile, inputs: DefaultInputs): readonly Given[] {
  const values: Partial<QuestionValues> = project.answers;
  return questionKeys.flatMap((key: QuestionKey): readonly Given[] => {
    const raw = values[key];
    const usual = questions[key].default(values, inputs);
    if (raw === undefined || JSON.stringify(raw) === JSON.stringify(usual)) return [];
    return [{ key, raw, origin: "file", where: PROJECT_FILE }];
  });
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
