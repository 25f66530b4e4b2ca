/** Sentences in lines of a width; words longer than a line stand on one of their own. */

export function wrappedLines(text: string, columns: number, indent = "", first = indent): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (!empty && [...longer].length > columns) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
    empty = false;
  }
  return [...lines, line];
}
