/** A task's result whose buffers are handed over instead of being copied: `return transferred(pixels, [pixels.buffer])`. */
export class Transferred<Value> {
  readonly value: Value;
  readonly buffers: readonly ArrayBuffer[];

  constructor(value: Value, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** The buffers are empty for the task afterwards. */
export function transferred<Value>(value: Value, buffers: readonly ArrayBuffer[]): Transferred<Value> {
  return new Transferred(value, buffers);
}
