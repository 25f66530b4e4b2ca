/** The bytes that debug mode puts where nothing is allocated: who reads them sees it, and who wrote there is found. */
import { MemoryError } from "./memory-error.ts";

/** The dead byte of CPython's debug allocator: an odd number, a large one in every width, and no UTF-8 when it repeats. */
export const POISON = 0xdb;

/** Index of the first byte of from..to that is not `value`; -1: all are. */
export function firstOther(bytes: Uint8Array, value: number, from = 0, to = bytes.length): number {
  for (let index = from; index < to; index += 1) if (bytes[index] !== value) return index;
  return -1;
}

/** @throws MemoryError when somebody wrote to memory that was free */
export function assertUntouched(bytes: Uint8Array, value: number, whose: string, from = 0, to = bytes.length): void {
  const at = firstOther(bytes, value, from, to);
  if (at < 0) return;
  throw new MemoryError(
    "WRITE_AFTER_RELEASE",
    `byte ${at} of ${whose} was written while it was free: by who gave it back, or by who wrote past what it had`,
  );
}

/** Makes every view of this memory one of no bytes, so that whoever kept one reads nothing. */
export function detach(buffer: ArrayBuffer): void {
  // Older engines lack ArrayBuffer.prototype.transfer; structuredClone does the same everywhere.
  structuredClone(buffer, { transfer: [buffer] });
}
