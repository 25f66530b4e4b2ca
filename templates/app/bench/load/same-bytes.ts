/** Compares pieces of two buffers in place. */
import { Buffer } from "node:buffer";

/**
 * Through two views, because `buffer.compare()` with ranges mistakes the one's for the other's on Deno 2.9 (it refuses a
 * range of the target that its own buffer does not have). A view costs some 50 ns and copies nothing.
 */
export function sameBytes(a: Buffer, aStart: number, b: Buffer, bStart: number, bytes: number): boolean {
  return Buffer.compare(a.subarray(aStart, aStart + bytes), b.subarray(bStart, bStart + bytes)) === 0;
}
