/** Texts as lines. The line feed at the end of a text begins no further line. */

export function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Each line with its line feed. */
export function asLinesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Whether the last line has no line feed. */
export function endsOpen(text: string): boolean {
  return text !== "" && !text.endsWith("\n");
}
