/**
 * Edits a bracketed list as text: TOML's arrays and inline tables, YAML's flow sequences and maps. Items that stay keep
 * their text, their comments and their lines; commas are put where they are needed. A comment next to an item that goes
 * stays: nothing generated has one there.
 */

export interface BracketText {
  readonly text: string;
  /** Ranges in `text` of the brackets' inside, and of the items in it, in their order. */
  readonly inside: readonly [start: number, end: number];
  readonly items: readonly (readonly [start: number, end: number])[];
}

export interface BracketEdits {
  readonly removed: ReadonlySet<number>;
  /** New texts of items. */
  readonly changed: ReadonlyMap<number, string>;
  /** Texts of new items by the count of items before them. */
  readonly inserted: ReadonlyMap<number, readonly string[]>;
}

/** @returns the new inside, without the brackets */
export function editBracket(bracket: BracketText, edits: BracketEdits): string {
  const { slots, last, trailingComma } = slotsOf(bracket);
  const result: Slot[] = [];
  let carried = "";
  for (const [index, slot] of slots.entries()) {
    for (const text of edits.inserted.get(index) ?? []) result.push(newSlot(text, slots, index));
    if (edits.removed.has(index)) {
      carried += commentsOf(slot);
      continue;
    }
    result.push({ ...slot, before: carried + slot.before, text: edits.changed.get(index) ?? slot.text });
    carried = "";
  }
  for (const text of edits.inserted.get(slots.length) ?? []) result.push(newSlot(text, slots, slots.length));
  return print(openedAs(slots, result), carried + last, trailingComma);
}

/** An item with what stands around it: `before` since the last comma's line, `after` up to the comma, `rest` behind it. */
interface Slot {
  readonly before: string;
  readonly text: string;
  readonly after: string;
  /** Blanks and a comment on the comma's line: they belong to the item before it. */
  readonly rest: string;
}

interface Slots {
  readonly slots: readonly Slot[];
  /** Between the last item's line and the closing bracket. */
  readonly last: string;
  readonly trailingComma: boolean;
}

function slotsOf({ text, inside, items }: BracketText): Slots {
  const slots: Slot[] = [];
  let at = inside[0];
  let trailingComma = false;
  for (const [index, [start, end]] of items.entries()) {
    const limit = items[index + 1]?.[0] ?? inside[1];
    const between = text.slice(end, limit);
    const comma = commaIn(between);
    trailingComma = comma !== undefined;
    const after = comma === undefined ? "" : between.slice(0, comma);
    const behind = between.slice(comma === undefined ? 0 : comma + 1);
    const rest = /^[ \t]*#[^\n]*/.exec(behind)?.[0] ?? "";
    slots.push({ before: text.slice(at, start), text: text.slice(start, end), after, rest });
    at = limit - behind.length + rest.length;
  }
  return { slots, last: text.slice(at, inside[1]), trailingComma };
}

/** The first comma that is not in a comment. */
function commaIn(between: string): number | undefined {
  const blank = between.replace(/#[^\n]*/g, (comment) => " ".repeat(comment.length));
  const at = blank.indexOf(",");
  return at === -1 ? undefined : at;
}

function commentsOf({ before, after, rest }: Slot): string {
  return [before, after, rest].filter((trivia) => trivia.includes("#")).join("");
}

/** Laid out as its neighbour: on a line of its own where the neighbour has one. */
function newSlot(text: string, slots: readonly Slot[], at: number): Slot {
  const neighbour = slots[at] ?? slots[at - 1];
  const own = /\n[ \t]*$/.exec(neighbour?.before ?? "")?.[0];
  return { before: own ?? (at === 0 ? (slots[0]?.before ?? "") : " "), text, after: "", rest: "" };
}

/** On one line only the first item stands at the bracket, whichever item that was. */
function openedAs(old: readonly Slot[], slots: readonly Slot[]): readonly Slot[] {
  const opening = old[0]?.before ?? "";
  return slots.map((slot, index) => {
    if (/[\n#]/.test(slot.before)) return slot;
    return { ...slot, before: index === 0 && !/[\n#]/.test(opening) ? opening : index === 0 ? "" : slot.before || " " };
  });
}

function print(slots: readonly Slot[], last: string, trailingComma: boolean): string {
  const parts = slots.map(({ before, text, after, rest }, index) => {
    const comma = index < slots.length - 1 || trailingComma;
    // A comma goes right behind the item where a comment stands before it, for the comment ends the line.
    const tail = after.includes("#") ? `${comma ? "," : ""}${after}` : `${after}${comma ? "," : ""}`;
    return `${before}${text}${tail}${rest}`;
  });
  return `${parts.join("")}${last}`;
}
