/** The user's file is no valid text of its format, so no key of it can be told from another. */
export class Unparsable extends Error {
  /** Counted from 1; undefined when the parser names none. */
  readonly line: number | undefined;
  readonly why: string;

  constructor(line: number | undefined, why: string) {
    super(line === undefined ? why : `line ${line}: ${why}`);
    this.name = "Unparsable";
    this.line = line;
    this.why = why;
  }
}
