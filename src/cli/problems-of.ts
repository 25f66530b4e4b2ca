/** Turns a call that throws into a list, so that problems of several calls are reported at once. */
import { AppError, type Problem } from "../lib/errors.ts";

/** The problems that the call throws; none when it succeeds. Other errors are defects and pass through. */
export function problemsOf(call: () => unknown): readonly Problem[] {
  try {
    call();
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.problems;
    throw error;
  }
}
