/**
 * What people see who wait: on a terminal one line that replaces itself, with the time that is left; elsewhere (a log of a
 * CI run) a line for each round, so that nobody takes the bench for hung.
 */
import type { Turn } from "./rounds.ts";

export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #output: ProgressOutput;
  #bench = "";
  #said = "";

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Names what the next lines are about. */
  begin(bench: string): void {
    this.#bench = bench;
    this.#said = "";
  }

  /** Any step. "run 1 of 5: starting" and "run 1 of 5: loading" are one line of a log: what stands before the colon is new once. */
  show(text: string): void {
    if (this.#output.isTTY) this.#output.write(`\r\x1b[K${this.#bench}: ${text}`);
    else this.#say(text.split(": ")[0] ?? text, "");
  }

  /** `elapsedSeconds`: since the first turn of these rounds. */
  turn(turn: Turn, elapsedSeconds: number): void {
    const { round, rounds, title } = turn;
    const left = leftText(turn, elapsedSeconds);
    if (this.#output.isTTY) {
      this.show(`round ${round} of ${rounds}, ${title}${left}`);
      return;
    }
    this.#say(`round ${round} of ${rounds}`, left);
  }

  /** A line of its own, unless it is what was said last. */
  #say(text: string, more: string): void {
    if (text !== this.#said) this.#output.write(`${this.#bench}: ${text}${more}\n`);
    this.#said = text;
  }

  /** Leaves an empty line on a terminal. */
  clear(): void {
    if (this.#output.isTTY) this.#output.write("\r\x1b[K");
  }
}

/** From the time of the turns so far; before the first is over nothing is known. */
export function leftText({ done, total }: Turn, elapsedSeconds: number): string {
  if (done === 0) return "";
  return `, about ${durationText(((total - done) * elapsedSeconds) / done)} left`;
}

/** "40 s", "3 min", "2 h". */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
