/** A proposal as a dry run prints it: as text, as JSON, or as a patch. */
import { repositoryPrefix } from "../finish/repository-prefix.ts";
import { nodeExec } from "../io/node.ts";
import { exitCodes } from "../lib/errors.ts";
import type { Change } from "../write/changes/change.ts";
import { planDigest } from "../write/changes/plan-digest.ts";
import type { Session } from "./command.ts";
import { isChange } from "./present/present-files.ts";
import { type Patch, patchOf } from "./present/present-patch.ts";
import { proposalDocument, proposalLines } from "./present/present-proposal.ts";
import type { Proposal } from "./project/proposal.ts";
import { settledByFlag } from "./settle-conflicts.ts";

/** Prints the proposal as a dry run. Exit code 3 when anything would be written. */
export async function showProposal(command: string, proposed: Proposal, session: Session): Promise<number> {
  const { terminal, line } = session;
  const { onConflict, json, patch } = line.control;
  const proposal = { ...proposed, changes: settledByFlag(proposed.changes, onConflict) };
  if (json) {
    const fields = patch ? await patchFields(proposal) : {};
    terminal.json({ ...proposalDocument(command, proposal), written: false, ...fields });
  } else if (patch) await showPatch(proposal, session);
  else {
    const lines = proposalLines(command, proposal, terminal.style, terminal.columns);
    terminal.result([...lines, ...digestLines(command, proposal, session)].join("\n"));
  }
  return proposal.changes.some(isChange) ? exitCodes.drift : exitCodes.done;
}

/** What a dry run adds for whoever carries it out later; a plan with an open conflict is never carried out. */
function digestLines(command: string, { changes }: Proposal, { terminal }: Session): readonly string[] {
  if (!changes.some(isChange)) return [];
  if (openConflicts(changes).length > 0) {
    return ["", "Nothing is written while a conflict is open: decide on a terminal, or with --on-conflict."];
  }
  const writer = command === "diff" ? "retune" : command;
  const digest = planDigest(changes);
  return ["", terminal.style.dim(`${writer} --plan-digest ${digest} with the same flags writes exactly this.`)];
}

async function patchFields(proposal: Proposal): Promise<object> {
  const { text, binary } = await patchOfProposal(proposal);
  return { patch: text, notInPatch: [...openConflicts(proposal.changes), ...binary] };
}

async function patchOfProposal({ changes, project }: Proposal): Promise<Patch> {
  return patchOf(changes, project.directory, await repositoryPrefix(nodeExec, project.directory));
}

function openConflicts(changes: readonly Change[]): readonly string[] {
  return changes.filter(({ kind }) => kind === "conflict").map(({ path }) => path);
}

async function showPatch(proposal: Proposal, { terminal }: Session): Promise<void> {
  const { text, binary } = await patchOfProposal(proposal);
  // The last line may be a blank one of the context, so only its own line feed goes.
  if (text !== "") terminal.result(text.slice(0, -1));
  for (const path of openConflicts(proposal.changes)) {
    terminal.complain(`Not in the patch: ${path} has a conflict; --on-conflict decides it.`);
  }
  for (const path of binary) terminal.complain(`Not in the patch: ${path} is a binary file.`);
}
