/** Why a bench cannot run or go on: sentences for the terminal, no stack. `main.ts` prints them and exits. */
export class BenchError extends Error {
  /** Exit status: 2 for a wrong command line, 1 for everything else. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = "BenchError";
    this.exitCode = exitCode;
  }
}
