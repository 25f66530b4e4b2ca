/** One log line when the level changes, and at most one per second: a level that keeps moving must not fill the log. */
import type { Logger } from "../../log/logger.ts";
import type { Level, Sign } from "./level.ts";

const LINE_MS_MIN = 1000;

const actions: Readonly<Record<Level, string>> = {
  0: "serving everything again",
  1: "closing connections after their answer",
  2: "shedding routes of low priority",
  3: "shedding all but critical routes",
};

export class LevelLog {
  readonly #logger: Logger;
  readonly #signs: readonly Sign[];
  #said: Level = 0;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(logger: Logger, signs: readonly Sign[]) {
    this.#logger = logger;
    this.#signs = signs;
  }

  /** Called at each probe: what could not be said a moment ago is said later, if it still holds. */
  note(level: Level, values: readonly number[], nowMs: number): void {
    if (level === this.#said || nowMs - this.#saidMs < LINE_MS_MIN) return;
    const worst = this.#worst(values);
    const fields = { level, before: this.#said, ...worst };
    const message = `overload: ${actions[level]}`;
    if (level > this.#said) this.#logger.warn(message, fields);
    else this.#logger.info(message, fields);
    this.#said = level;
    this.#saidMs = nowMs;
  }

  /** The sign that is highest above its mark. */
  #worst(values: readonly number[]): { readonly sign: string; readonly value: number; readonly mark: number } {
    const shares = this.#signs.map((sign, index) => (values[index] as number) / sign.mark);
    const index = shares.indexOf(Math.max(...shares));
    const { name, mark } = this.#signs[index] as Sign;
    return { sign: name, value: Math.round(values[index] as number), mark: Math.round(mark) };
  }
}
