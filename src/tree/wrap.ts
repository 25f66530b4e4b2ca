/** Breaks prose into comment lines. */

/** Generated text stays within this many columns, so that it reads in a side-by-side diff. */
export const COLUMNS_MAX = 100;

/** Words of `text` in lines that start with `first`, then `rest`; a word longer than a line stays whole. */
export function wrap(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of glued(text)
    .split(/ +/)
    .filter((part) => part !== "")) {
    if (!empty && line.length + 1 + word.length > COLUMNS_MAX) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines.map((each) => each.replaceAll(GLUE, " "));
}

/** Stands for a space at which a line is not broken. */
const GLUE = "\u00a0";

/** A number keeps its unit beside it, and a key its value: "512 MiB", "facts.cpus = 2". */
function glued(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(\d) (?=(?:B|KiB|MiB|GiB|TiB|ms|s|min|h|d|%)(?![A-Za-z]))/g, `$1${GLUE}`)
    .replaceAll(" = ", `${GLUE}=${GLUE}`);
}
