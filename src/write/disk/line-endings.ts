/**
 * The line endings of a file for its next text. A file that mixes them keeps each line's own, so that version control
 * shows only the lines that changed; lines that it did not have end as most of it does. Bytes are taken as latin1, in
 * which each byte is one character and none is lost.
 */

/** @param text with LF line endings */
export function withLineEndingsOf(text: Uint8Array, disk: Uint8Array): Uint8Array {
  const before = linesOf(Buffer.from(disk).toString("latin1"));
  const withReturn = before.filter(({ ending }) => ending === "\r\n").length;
  const plain = before.filter(({ ending }) => ending === "\n").length;
  if (withReturn === 0) return text;
  const lines = linesOf(Buffer.from(text).toString("latin1"));
  const own = plain === 0 ? [] : ownEndings(lines, before);
  const usual = withReturn > plain ? "\r\n" : "\n";
  const dressed = lines.map(({ words, ending }, index) => words + (ending === "" ? "" : own[index] || usual));
  return Buffer.from(dressed.join(""), "latin1");
}

interface Line {
  readonly words: string;
  /** Empty for a last line without one. */
  readonly ending: "\n" | "\r\n" | "";
}

function linesOf(text: string): readonly Line[] {
  const parts = text.split("\n");
  return parts.flatMap((part, index): Line[] => {
    if (index === parts.length - 1) return part === "" ? [] : [{ words: part, ending: "" }];
    return [part.endsWith("\r") ? { words: part.slice(0, -1), ending: "\r\n" } : { words: part, ending: "\n" }];
  });
}

/** The ending that each line had; undefined for a new one. Lines are found again from both ends, then in their order. */
function ownEndings(lines: readonly Line[], before: readonly Line[]): readonly (Line["ending"] | undefined)[] {
  const shorter = Math.min(lines.length, before.length);
  const isSame = (at: number, old: number): boolean => lines[at]?.words === before[old]?.words;
  let start = 0;
  while (start < shorter && isSame(start, start)) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(lines.length - 1 - end, before.length - 1 - end)) end += 1;
  const places = placesOf(before.slice(start, before.length - end));
  let next = 0;
  return lines.map(({ words }, index) => {
    if (index < start) return before[index]?.ending;
    if (index >= lines.length - end) return before[index - lines.length + before.length]?.ending;
    const found = firstFrom(next, places.get(words));
    if (found === undefined) return undefined;
    next = found + 1;
    return before[start + found]?.ending;
  });
}

/** Where each line stands, the last place first. */
function placesOf(lines: readonly Line[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [index, { words }] of [...lines.entries()].reverse()) {
    const known = places.get(words);
    if (known === undefined) places.set(words, [index]);
    else known.push(index);
  }
  return places;
}

/** Places before `next` are used up for good, so each is looked at once. */
function firstFrom(next: number, places: number[] = []): number | undefined {
  while (places.length > 0 && (places.at(-1) ?? next) < next) places.pop();
  return places.at(-1);
}
