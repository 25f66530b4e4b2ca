/** States what must hold; a failure is a defect of this program, not of its input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}
