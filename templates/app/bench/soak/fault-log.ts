/** The first faults of a soak in words, so that a count of one can be looked into. Bound: so many. */

const FAULTS_MAX = 12;

export class FaultLog {
  readonly #startMs = performance.now();
  readonly #faults: string[] = [];

  /** `what`: "GET /json answered 404". */
  add(what: string, isRolling: boolean): void {
    if (this.#faults.length >= FAULTS_MAX) return;
    const seconds = ((performance.now() - this.#startMs) / 1000).toFixed(1);
    this.#faults.push(`${seconds} s: ${what}${isRolling ? ", while workers were replaced" : ""}.`);
  }

  get faults(): readonly string[] {
    return this.#faults;
  }
}
