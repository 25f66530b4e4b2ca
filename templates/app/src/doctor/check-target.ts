/** Whether this host still is what the plan was made for, as the running server tells it. Pure. */
import type { LoadedConfig } from "../config/load.ts";
import { retuneCommand } from "../config/retune-command.ts";
import { checkDrift, type DriftHost, type DriftRow, driftNotes } from "../control/drift-check.ts";
import { type Finding, ok, warning } from "./finding.ts";

const SUBJECT = "target";

export function checkTarget(
  loaded: Pick<LoadedConfig, "config" | "origin" | "pins" | "profile">,
  host: DriftHost,
): Finding {
  const rows = checkDrift(loaded, host);
  const drift = driftNotes(rows);
  if (drift.length > 0) {
    const value = named(rows, "drift");
    const next = `retune the project for this host: ${retuneCommand(loaded.profile)}`;
    return warning(SUBJECT, value, `The plan for this host would differ. ${sentences(drift)}`, next);
  }
  const [own, unknown] = [named(rows, "own"), named(rows, "unknown")];
  if (rows.every(({ verdict }) => verdict === "unknown")) {
    return ok(SUBJECT, "unknown", "The plan says of no fact what it was made for, or none can be read here.");
  }
  const said = [
    "Every setting that was looked at would be planned the same for this host.",
    ...(own === "" ? [] : [`Not looked at, as they are yours: ${own}.`]),
    ...(unknown === "" ? [] : [`Not looked at, as nothing is known: ${unknown}.`]),
  ];
  return ok(SUBJECT, "no drift", said.join(" "));
}

function named(rows: readonly DriftRow[], verdict: DriftRow["verdict"]): string {
  return rows
    .filter((row) => row.verdict === verdict)
    .map(({ setting }) => setting)
    .join(", ");
}

function sentences(notes: readonly string[]): string {
  return notes.map((note) => `${note}.`).join(" ");
}
