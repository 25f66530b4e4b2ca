/**
 * Where a measuring script writes: docs/measurements, or the folder that `npm run measure -- --smoke` names, because
 * what was measured to see that a script works is no figure for the documents.
 */
import { fileURLToPath } from "node:url";

/** @returns {string} an absolute path without a slash at its end */
export function outputFolder() {
  return process.env.MEASURE_OUTPUT ?? fileURLToPath(new URL("../../docs/measurements", import.meta.url));
}
