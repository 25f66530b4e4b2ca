/**
 * Files of names and what proves them: one "name:rest" a line, "#" begins a comment line. What is wrong is told by the
 * line's number alone: the line itself may hold a secret, even one that was put there by mistake.
 */

export interface EntryLine {
  readonly number: number;
  readonly name: string;
  readonly rest: string;
}

/** Far above what a file that people edit holds; each entry takes memory in each worker. */
const ENTRIES_MAX = 10_000;
const NAME_CHARS_MAX = 255;
/** A name's signs: anything printable but the colon, which ends it (RFC 7617, section 2). */
const NAME = /^[^\p{Cc}:]+$/u;

/** @throws Error with a sentence that names the setting and the line */
export function entryLines(text: string, setting: string): readonly EntryLine[] {
  const entries: EntryLine[] = [];
  const numbers = new Map<string, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const number = index + 1;
    const colon = line.indexOf(":");
    const name = (colon < 0 ? "" : line.slice(0, colon)).normalize("NFC");
    const refuse = (what: string) => new Error(`${setting}, line ${number} ${what}`);
    if (colon < 0) throw refuse('has no colon: it must be "name:..."');
    if (!NAME.test(name) || name.length > NAME_CHARS_MAX)
      throw refuse("has a name that is empty, too long or unprintable");
    const before = numbers.get(name);
    if (before !== undefined) throw refuse(`has the same name as line ${before}`);
    if (entries.length === ENTRIES_MAX) throw refuse(`is above the limit of ${ENTRIES_MAX} entries`);
    numbers.set(name, number);
    entries.push({ number, name, rest: line.slice(colon + 1).trimEnd() });
  }
  return entries;
}
