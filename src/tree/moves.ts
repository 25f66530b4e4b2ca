/**
 * Files that a release has put elsewhere. An update takes the user's edits along only when the move is declared here:
 * finding it by likeness is guesswork. A row stays for good, because a project may skip any number of releases.
 */

export interface Move {
  /** Both relative to the project, POSIX form; they differ in more than upper and lower case. Not written any more. */
  readonly from: string;
  readonly to: string;
  /** The first release that writes to `to`: a project of an older one has the file at `from`. */
  readonly since: string;
}

/** In the order of their releases, so that a file that moved twice arrives where it is now. */
export const moves: readonly Move[] = [];
