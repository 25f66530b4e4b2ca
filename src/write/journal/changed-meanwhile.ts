/** The refusal to write over what somebody has saved since the plan was made. */

import type { Problem } from "../../lib/errors.ts";

/** @param path relative to the project */
export function changedMeanwhile(path: string): Problem {
  return {
    code: "FILE_CHANGED_MEANWHILE",
    key: path,
    message: `${path} has changed since the changes were planned.`,
    next: "Run the command again, so that it plans from the current files.",
  };
}
