/** Prose in the last of several columns, broken so that it stays in it. */

/** Below this the last column would hold two words a line; the terminal may break the lines then. */
const LAST_CHARS_MIN = 24;

/** The words of `text` in lines of at most `columns - indent` characters; one line at least. */
export function brokenLines(text: string, indent: number, columns: number): readonly string[] {
  const lineChars = Math.max(columns - indent, LAST_CHARS_MIN);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > lineChars) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Deep enough to tell the lines of one entry from the next entry. */
const HANGING_CHARS = 2;

/** The text in lines of at most `columns` characters; all but the first are indented. */
export function hangingLines(text: string, columns: number): readonly string[] {
  const [first = "", ...rest] = brokenLines(text, HANGING_CHARS, columns);
  return [first, ...rest.map((line) => `${" ".repeat(HANGING_CHARS)}${line}`)];
}
