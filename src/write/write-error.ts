/** Errors of the file system as errors that a user can act on. */

import { AppError } from "../lib/errors.ts";

/** What to do about an error code of the operating system. */
const nextSteps: Readonly<Record<string, string>> = {
  ENOSPC: "Free some space on this disk, or choose a directory on another one.",
  EDQUOT: "Your disk quota is used up: free some space, or choose a directory on another disk.",
  EACCES: "Choose a directory that you may write to, or change its permissions.",
  EPERM: "Choose a directory that you may write to, or change its permissions.",
  EROFS: "This file system is read-only: choose a directory on another one.",
  EIO: "The disk reports an error: check it (dmesg, SMART), or choose a directory on another one.",
  ENAMETOOLONG: "Choose a shorter path.",
  EMFILE: "Too many files are open: raise `ulimit -n`, then run the command again.",
  EBUSY: "Another program holds the file: close it, then run the command again.",
};

/** What the failure left behind. */
export type Aftermath = "unchanged" | "needsRecovery";

/** An AppError for an error of the operating system; any other error as it is, for it is a defect or a signal. */
export function toWriteError(error: unknown, directory: string, aftermath: Aftermath): unknown {
  const code = (error as { code?: unknown }).code;
  if (error instanceof AppError || !(error instanceof Error) || typeof code !== "string") return error;
  const next = nextSteps[code] ?? "Run the command again.";
  const state =
    aftermath === "unchanged"
      ? "Nothing was changed."
      : "The folder is partly written; its journal is kept, and the next run restores it.";
  return new AppError(
    {
      code: "WRITE_FAILED",
      key: directory,
      message: `Writing to ${directory} failed: ${error.message}. ${state}`,
      next,
    },
    { cause: error },
  );
}
