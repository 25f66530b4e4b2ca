/**
 * Where a measuring script writes: docs/measurements, or the folder that `npm run measure -- --smoke` names, because
 * what was measured to see that a script works is no figure for the documents.
 */
import { fileURLToPath } from "node:url";

/**
 * Whether this run writes: one with other settings than the documents' writes only where MEASURE_OUTPUT says.
 * @param {readonly string[]} args what the program was called with; "--dry" writes nothing
 */
export function writesFigures(args = process.argv.slice(2)) {
  if (args.includes("--dry")) return false;
  if (args.length === 0 || process.env.MEASURE_OUTPUT !== undefined) return true;
  console.error(
    `${args.join(" ")}: not the documents' settings, so nothing is written; MEASURE_OUTPUT names a folder.`,
  );
  return false;
}

/** @returns {string} an absolute path without a slash at its end */
export function outputFolder() {
  return process.env.MEASURE_OUTPUT ?? fileURLToPath(new URL("../../docs/measurements", import.meta.url));
}
