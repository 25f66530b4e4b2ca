/**
 * A proposal shown, settled, confirmed and written; a dry run is the same without the last steps. Nothing is written
 * while a conflict is open, nor without a yes: from the person at the terminal, or as a flag.
 */
import { cancelled } from "../answers/cancelled.ts";
import { directoryWord } from "../finish/next-steps.ts";
import { shellOf } from "../finish/shell-words.ts";
import { uncommittedFiles } from "../finish/uncommitted.ts";
import { nodeExec, nodeFileSystem } from "../io/node.ts";
import { AppError, exitCodes } from "../lib/errors.ts";
import { refuseOtherPlan } from "../write/changes/plan-digest.ts";
import { isRecorded } from "../write/records/is-recorded.ts";
import { updateProject } from "../write/update-project.ts";
import type { Session } from "./command.ts";
import { confirmed } from "./confirm.ts";
import { errorDocument } from "./present/present-errors.ts";
import { isChange } from "./present/present-files.ts";
import { proposalDocument, proposalLines } from "./present/present-proposal.ts";
import { warningLines } from "./present/warning-lines.ts";
import type { Proposal } from "./project/proposal.ts";
import { refuseConflicts, settledByFlag, settledByPerson } from "./settle-conflicts.ts";
import { showProposal } from "./show-proposal.ts";
import { stepsAfter } from "./steps-after.ts";

/** @throws AppError FILES_CONFLICT, PLAN_DIFFERS, ANSWER_MISSING without a yes, and what writing throws */
export async function carryOut(command: string, proposed: Proposal, session: Session): Promise<number> {
  const { terminal, line, interactive } = session;
  const { onConflict, planDigest: reviewed, json, dryRun, yes } = line.control;
  const proposal = { ...proposed, changes: settledByFlag(proposed.changes, onConflict) };
  if (dryRun) return showProposal(command, proposal, session);
  if (!json) say(command, proposal, session);
  if (reviewed !== undefined) refuseOtherPlan(proposal.changes, reviewed);
  const settled = await settle(proposal, session);
  if (settled === cancelled) return leave(session);
  const conflict = conflictError(settled, onConflict);
  if (conflict !== undefined) {
    if (!json) throw conflict;
    terminal.json({ ...proposalDocument(command, settled), ...(errorDocument(conflict) as object), written: false });
    return conflict.exitCode;
  }
  const isAgreed = yes || reviewed !== undefined || !settled.changes.some(isChange);
  if (!isAgreed) {
    if (!interactive) throw noConsent(command);
    await warnOfUncommitted(settled, session);
    if ((await confirmed(settled, session)) === cancelled) return leave(session);
  }
  const next = stepsAfter(settled, session);
  write(settled);
  report(command, settled, next, session);
  return exitCodes.done;
}

function say(command: string, proposal: Proposal, { terminal }: Session): void {
  terminal.say(proposalLines(command, proposal, terminal.style, terminal.columns).join("\n"));
}

async function settle(proposal: Proposal, session: Session): Promise<Proposal | typeof cancelled> {
  // A reviewed plan is carried out as it was reviewed, or not at all.
  if (!session.interactive || session.line.control.planDigest !== undefined) return proposal;
  const changes = await settledByPerson(proposal.changes, proposal.project.directory, session);
  return changes === cancelled ? cancelled : { ...proposal, changes };
}

function conflictError({ changes }: Proposal, onConflict: string | undefined): AppError | undefined {
  try {
    refuseConflicts(changes, onConflict);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Only a warning: `undo` takes back the write and leaves the person's own changes as they were. */
async function warnOfUncommitted({ project }: Proposal, { terminal }: Session): Promise<void> {
  const count = await uncommittedFiles(nodeExec, project.directory);
  if (count === 0) return;
  const files = count === 1 ? "1 file has" : `${count} files have`;
  const text = `${files} changes that are not committed; a commit first keeps the two apart.`;
  terminal.say(warningLines(text, terminal.style, terminal.columns).join("\n"));
}

function noConsent(command: string): AppError {
  return new AppError({
    code: "ANSWER_MISSING",
    key: "yes",
    message: "There are changes to write, and no terminal to ask on whether to write them.",
    next: `Add --yes, or look first: create-fastserve ${command} --dry-run --json prints a digest for --plan-digest.`,
  });
}

function leave({ terminal }: Session): number {
  terminal.say("Cancelled. Nothing was written.");
  return exitCodes.cancelled;
}

function write({ changes, tree, base, project, plan }: Proposal): void {
  if (isRecorded(nodeFileSystem, project.directory, changes, base, plan.generatorVersion)) return;
  updateProject(nodeFileSystem, changes, tree, project.directory, { generatorVersion: plan.generatorVersion, base });
}

function report(command: string, settled: Proposal, next: readonly string[], session: Session): void {
  const { terminal, line, cwd, environment } = session;
  const count = settled.changes.filter(isChange).length;
  if (line.control.json) {
    terminal.json({ ...proposalDocument(command, settled), written: count > 0, next });
    return;
  }
  if (count === 0) return;
  const { style } = terminal;
  const files = count === 1 ? "1 file" : `${count} files`;
  const place = directoryWord(settled.project.directory, cwd, shellOf(process.platform, environment.SHELL));
  const undo = `create-fastserve undo${place === undefined ? "" : ` ${place}`}`;
  terminal.result(`${style.green(style.done)} Changed ${files}; ${undo} takes it back.`);
  if (next.length > 0) terminal.result([style.bold("Next"), ...next.map((step) => `  ${step}`)].join("\n"));
}
