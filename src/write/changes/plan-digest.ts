/**
 * A plan by its digest: whoever reviewed one can have exactly that one carried out. It covers everything that is
 * written and everything that it was planned from, so an edit, another answer or another decision gives another digest.
 */

import { createHash } from "node:crypto";
import { AppError } from "../../lib/errors.ts";
import { hashOf, toBytes } from "../disk/file-text.ts";
import type { Change } from "./change.ts";

/** SHA-256 (hex) over the changes, their contents and the preimages; the order of the changes does not matter. */
export function planDigest(changes: readonly Change[]): string {
  const rows = changes.map((change) => JSON.stringify(digestRow(change))).sort();
  return createHash("sha256").update(rows.join("\n")).digest("hex");
}

/** @throws AppError PLAN_DIFFERS when the changes are not the reviewed ones */
export function refuseOtherPlan(changes: readonly Change[], reviewed: string): void {
  const digest = planDigest(changes);
  if (digest === reviewed) return;
  throw new AppError({
    code: "PLAN_DIFFERS",
    key: "planDigest",
    message: `The plan is not the reviewed one: its digest is ${digest}, not ${reviewed}.`,
    next: "Review the plan of now with the same flags and --dry-run --json, then pass its digest.",
  });
}

function digestRow({ kind, path, reason, entry, preimage, from, clashes, kept, advancesBase }: Change): unknown {
  const content = entry === undefined ? null : [hashOf(toBytes(entry.content)), entry.mode, entry.owner];
  return [path, kind, reason, content, preimage, from, clashes ?? [], kept ?? [], advancesBase === true];
}
