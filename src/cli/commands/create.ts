/**
 * `create-fastserve [DIRECTORY]`: answers -> plan -> files in memory -> disk -> packages and repository.
 * Until the files are complete in memory nothing is written; a dry run is the same without the last steps.
 */
import { resolve as resolvePath } from "node:path";
import { type Cancelled, cancelled } from "../../answers/cancelled.ts";
import type { Given } from "../../answers/given.ts";
import type { DefaultInputs } from "../../answers/questions.ts";
import { repeatCommand } from "../../answers/repeat-command.ts";
import { missingProblems, type Resolution, resolve } from "../../answers/resolve.ts";
import { AppError, exitCodes, type Problem } from "../../lib/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";
import { type Finished, finishedText, finishProject } from "../finish-project.ts";
import { defaultInputs, gather } from "../gather.ts";
import { placeProblems, planChanges, recoverPlace, writeProject } from "../place.ts";
import { makePlan, makeTree } from "../planner.ts";
import { changeLines, type ListedChange, listChanges } from "../present/present-changes.ts";
import { errorDocument, errorText } from "../present/present-errors.ts";
import { mainLines, planDocument, planText } from "../present/present-plan.ts";
import { recoveryLines } from "../present/present-recovery.ts";
import { problemsOf } from "../problems-of.ts";
import { resolveForTarget } from "../resolve-for-target.ts";
import { openTargets, type Targets } from "../target.ts";

export async function create(session: Session): Promise<number> {
  const inputs = defaultInputs(session, session.words[0] ?? "project");
  const targets = openTargets(session.cwd);
  const given = await answersFor(session, inputs, targets);
  if (given === cancelled) {
    session.terminal.say("Cancelled. Nothing was written.");
    return exitCodes.cancelled;
  }
  const resolution = resolveForTarget(given, inputs, targets);
  const plan = makePlan(resolution.answers, targets);
  const tree = makeTree(plan);
  const path = resolvePath(session.cwd, resolution.directory.value);
  const { control } = session.line;
  if (control.dryRun)
    return dryRun({ resolution, plan, path, changes: listChanges(planChanges(path, tree), tree) }, session);
  if (!session.interactive)
    session.terminal.say(mainLines(plan, session.terminal.style, session.terminal.columns).join("\n"));
  const { changes, isAmongOthers } = writeProject(path, tree, plan.generatorVersion);
  const made: Made = { resolution, plan, path, changes: listChanges(changes, tree) };
  session.terminal.say(writtenLines(made, session).join("\n"));
  const finished = await finishProject({ directory: path, answers: resolution.answers, tree, isAmongOthers }, session);
  report(made, finished, session);
  return finished.failure?.exitCode ?? exitCodes.done;
}

interface Made {
  readonly resolution: Resolution;
  readonly plan: Plan;
  readonly changes: readonly ListedChange[];
  /** Absolute path of the project. */
  readonly path: string;
}

/** Checks everything that was given, then asks for the rest where somebody can be asked. */
async function answersFor(
  session: Session,
  inputs: DefaultInputs,
  targets: Targets,
): Promise<readonly Given[] | Cancelled> {
  const gathered = await gather(session);
  const [word] = session.words;
  const given: readonly Given[] =
    word === undefined
      ? gathered.given
      : [{ key: "directory", raw: word, origin: "flag", where: "the first word" }, ...gathered.given];
  const first = resolve(given, inputs);
  const directoryProblems = (directory: string): readonly Problem[] => judgePlace(directory, session);
  // A directory that is still to be asked for is judged at the prompt, one that is missing not at all.
  const decided = session.line.control.yes || !first.missing.includes("directory");
  const problems = [
    ...gathered.problems,
    ...twice(given),
    ...first.problems,
    ...(session.interactive || session.line.control.yes ? [] : missingProblems(first)),
    ...problemsOf(() => targets.load(first.answers)),
    ...(decided ? directoryProblems(first.directory.value) : []),
  ];
  if (problems.length > 0) throw new AppError(problems);
  if (!session.interactive) return given;
  // The prompts are loaded only when they are shown.
  const { runWizard } = await import("../wizard.ts");
  const { style, columns } = session.terminal;
  return runWizard(given, { inputs, targets, style, columns, directoryProblems });
}

/** Why no project may be written to the directory; ends first what a killed run left there, but not for a dry run. */
function judgePlace(directory: string, { cwd, line, terminal }: Session): readonly Problem[] {
  const path = resolvePath(cwd, directory);
  if (!line.control.dryRun) for (const text of recoveryLines(recoverPlace(path), terminal.style)) terminal.say(text);
  return placeProblems(path, line.control.force);
}

/** A directory as a word and another one as a flag: neither is the obvious one. */
function twice(given: readonly Given[]): readonly Problem[] {
  const directories = given.filter((one) => one.key === "directory" && one.origin === "flag").map((one) => one.raw);
  if (new Set(directories).size < 2) return [];
  return [
    {
      code: "ANSWER_INVALID",
      key: "directory",
      message: `directory is given twice, as ${directories.map((raw) => JSON.stringify(raw)).join(" and as ")}.`,
      next: "Keep the first word or --directory.",
    },
  ];
}

/** The same plan and changes as a real run; ends like one that would stop at files of the user. */
function dryRun(made: Made, session: Session): number {
  const { terminal, line } = session;
  const { style } = terminal;
  if (line.control.json) terminal.json(document(made, { dryRun: true }));
  else {
    terminal.result(planText(made.plan, style));
    terminal.result(`\n${style.bold(`Files in ${made.resolution.directory.value} (dry run: nothing is written)`)}`);
    terminal.result(changeLines(made.changes));
    terminal.result(`\nRepeat with: ${repeat(made)}`);
  }
  return made.changes.some((change) => change.kind === "conflict") ? exitCodes.drift : exitCodes.done;
}

function writtenLines(made: Made, session: Session): readonly string[] {
  const { style } = session.terminal;
  const kept = made.changes.filter((change) => change.kind === "keep");
  return [
    `${style.green(style.done)} Wrote ${made.changes.length - kept.length} files to ${made.path}.`,
    ...kept.map((change) => `${style.yellow(style.warning)} Kept your ${change.path}.`),
    `Repeat with: ${repeat(made)}`,
  ];
}

/** The end of a run. A failed installation is told last, after everything that did work. */
function report(made: Made, { failure, ...finished }: Finished, session: Session): void {
  const { terminal, line } = session;
  if (line.control.json) {
    const outcome = failure === undefined ? {} : (errorDocument(failure) as object);
    terminal.json(document(made, { dryRun: false, ...finished, ...outcome }));
    return;
  }
  terminal.say(finishedText({ failure, ...finished }, terminal.style));
  if (failure !== undefined) terminal.complain(errorText(failure, terminal.complaintStyle));
}

function document(made: Made, more: Readonly<Record<string, unknown>>): unknown {
  return {
    schema: JSON_SCHEMA,
    ok: true,
    command: "create",
    directory: made.path,
    ...more,
    repeat: repeat(made),
    plan: planDocument(made.plan),
    files: made.changes,
  };
}

function repeat(made: Made): string {
  return repeatCommand(made.resolution.answers, made.resolution.directory.value);
}
