/** What went wrong with owned memory: a code for programs, a sentence with the next step for people. */

export type MemoryErrorCode =
  /** More was asked of an arena than its spill list may hold. */
  | "ARENA_SPILL_EXCEEDED"
  /** A scope was released that is not open, or left open by an asynchronous function. */
  | "ARENA_SCOPE"
  /** Something was asked of an arena whose cleanup hooks run, or too many hooks or scopes. */
  | "ARENA_CLEANUP"
  /** A handler asked for its arena when it was done. */
  | "ARENA_LATE"
  /** Found in debug mode only. */
  | "USE_AFTER_RELEASE"
  | "WRITE_AFTER_RELEASE"
  | "WRITE_OUTSIDE"
  | "DOUBLE_RELEASE"
  | "FOREIGN_RELEASE";

export class MemoryError extends Error {
  readonly code: MemoryErrorCode;

  constructor(code: MemoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MemoryError";
    this.code = code;
  }
}
