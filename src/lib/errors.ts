/**
 * Every error that a user can cause, as data: a code, its arguments, a message and the next step.
 * Only `cli/main.ts` prints them and turns them into exit codes.
 */

/** Exit codes; documented in the README and stable. */
export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  drift: 3,
  unsafeTarget: 4,
  installFailed: 5,
  cancelled: 130,
} as const;

export type ErrorKind = Exclude<keyof typeof exitCodes, "done">;

/** One thing that is wrong. `key` is the answer, flag, fact or file it is about. */
export interface Problem {
  readonly code: ErrorCode;
  readonly key?: string;
  readonly message: string;
  /** What to do: a command, a flag with a value, or an action. */
  readonly next: string;
}

/** Codes with the exit they lead to. A code is stable: scripts may match on it. */
export const errorKinds = {
  ANSWER_INVALID: "usage",
  ANSWER_MISSING: "usage",
  ANSWER_REFUSED: "usage",
  ARGUMENT_UNKNOWN: "usage",
  COMMAND_UNKNOWN: "usage",
  CONFIG_UNREADABLE: "usage",
  FACTS_UNREADABLE: "usage",
  TARGET_TOO_SMALL: "usage",
  SETTING_UNKNOWN: "usage",
  PIN_REFUSED: "usage",
  PROJECT_NOT_FOUND: "usage",
  PROFILE_UNKNOWN: "usage",
  PLAN_DIFFERS: "drift",
  DOWNGRADE_REFUSED: "usage",
  FILE_NOT_RESTORABLE: "usage",
  DIRECTORY_NAME_INVALID: "unsafeTarget",
  DIRECTORY_NOT_EMPTY: "unsafeTarget",
  DIRECTORY_UNSAFE: "unsafeTarget",
  DIRECTORY_BUSY: "unsafeTarget",
  FILE_CHANGED_MEANWHILE: "drift",
  FILES_CONFLICT: "drift",
  MARKERS_REFUSED: "usage",
  NOTHING_TO_UNDO: "usage",
  PROJECT_STATE_INVALID: "usage",
  WRITE_FAILED: "internal",
  INSTALL_FAILED: "installFailed",
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** One or more problems that end the command. All problems found are reported at once. */
export class AppError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: { cause?: unknown }) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map((problem) => problem.message).join("\n"), options);
    this.name = "AppError";
    this.problems = list;
  }

  get code(): ErrorCode {
    return this.problems[0]?.code ?? "WRITE_FAILED";
  }

  get exitCode(): number {
    return exitCodes[errorKinds[this.code]];
  }
}
