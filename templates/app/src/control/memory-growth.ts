/**
 * How fast the process grows: the slope of its resident size over the last ten minutes, by least squares.
 *
 * Idea: two readings tell a burst; a line through sixty tells a leak. A ring keeps the readings, so the sums are taken anew
 * each time that somebody asks, over so few numbers.
 * Bound: 60 readings.
 */

/** One reading each 10 s, for ten minutes. */
export const GROWTH_READ_MS = 10_000;
const READINGS_MAX = 60;
/** Below two minutes a start-up looks like a leak. */
const READINGS_MIN = 12;

export class MemoryGrowth {
  readonly #seconds = new Float64Array(READINGS_MAX);
  readonly #bytes = new Float64Array(READINGS_MAX);
  #count = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  start(rssBytes: () => number): void {
    this.#timer = setInterval(() => this.add(performance.now(), rssBytes()), GROWTH_READ_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  add(nowMs: number, rssBytes: number): void {
    const at = this.#count % READINGS_MAX;
    this.#seconds[at] = nowMs / 1000;
    this.#bytes[at] = rssBytes;
    this.#count += 1;
  }

  /** Bytes per second; undefined: there are too few readings yet. */
  get bytesPerSecond(): number | undefined {
    const count = Math.min(this.#count, READINGS_MAX);
    if (count < READINGS_MIN) return undefined;
    const meanS = mean(this.#seconds, count);
    const meanBytes = mean(this.#bytes, count);
    let [product, square] = [0, 0];
    for (let index = 0; index < count; index += 1) {
      const s = (this.#seconds[index] as number) - meanS;
      product += s * ((this.#bytes[index] as number) - meanBytes);
      square += s * s;
    }
    return square === 0 ? undefined : product / square;
  }
}

function mean(values: Float64Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += values[index] as number;
  return sum / count;
}
