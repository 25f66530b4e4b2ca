/** Whether an error is owned memory's own, of this code: for assert.throws. */
import { MemoryError, type MemoryErrorCode } from "../../../src/memory/memory-error.ts";

export function isCode(code: MemoryErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof MemoryError && error.code === code;
}
