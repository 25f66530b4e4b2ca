/** Random JSON files as people write them: any indentation, comments, trailing commas, blank lines, parts on one line. */
import fc from "fast-check";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Table = { [key: string]: Json };

/** Few keys and values, so that versions of a file meet in the same places. */
const key = fc.constantFrom("a", "b", "c", "d", "name", "with space", "__proto__", 'quo"te', "");
const scalar: fc.Arbitrary<Json> = fc.constantFrom(1, 2, -0.5, true, null, "x", "y", "// no comment", 'q"', ",]}");

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "medium" },
    scalar,
    fc.uniqueArray(scalar, { maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 3 }),
    table(tie("value")),
  ),
}));

function table(values: fc.Arbitrary<Json>): fc.Arbitrary<Table> {
  return fc
    .uniqueArray(fc.tuple(key, values), { maxLength: 5, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));
}

export const anyTable: fc.Arbitrary<Table> = table(value);

/** A version that came from another: some keys gone, some replaced, some new, at any depth. */
export function changed(from: Table): fc.Arbitrary<Table> {
  return fc
    .tuple(fc.infiniteStream(fc.nat({ max: 9 })), fc.infiniteStream(value), fc.infiniteStream(key))
    .map(([choices, values, keys]) => changedTable(from, { choices, values, keys }));
}

interface Changes {
  readonly choices: Iterator<number>;
  readonly values: Iterator<Json>;
  readonly keys: Iterator<string>;
}

function changedTable(from: Table, changes: Changes): Table {
  const entries = Object.entries(from).flatMap(([name, old]): [string, Json][] => {
    const choice = changes.choices.next().value;
    if (choice === 0) return [];
    if (choice === 1) return [[name, changes.values.next().value]];
    if (choice === 2)
      return [
        [changes.keys.next().value, changes.values.next().value],
        [name, old],
      ];
    return [[name, changedValue(old, changes)]];
  });
  return Object.fromEntries(entries);
}

function changedValue(old: Json, changes: Changes): Json {
  if (Array.isArray(old)) {
    return old.flatMap((item) => {
      const choice = changes.choices.next().value;
      return choice === 0 ? [] : choice === 1 ? [item, changes.values.next().value] : [item];
    });
  }
  return typeof old === "object" && old !== null ? changedTable(old, changes) : old;
}

/** The data as a text with a layout of its own. Each comment is different, so that a lost one is noticed. */
export function written(data: Table, layout: readonly number[]): string {
  const pen = new Pen(layout);
  return `${pen.space(0)}${pen.value(data, 0)}${pen.space(0)}`;
}

export const anyLayout = fc.array(fc.nat({ max: 19 }), { minLength: 1, maxLength: 40 });

class Pen {
  readonly #layout: readonly number[];
  #at = 0;
  #comments = 0;

  constructor(layout: readonly number[]) {
    this.#layout = layout;
  }

  value(data: Json, depth: number): string {
    if (Array.isArray(data))
      return this.#parts(
        "[",
        data.map((item) => this.value(item, depth + 1)),
        "]",
        depth,
      );
    if (typeof data !== "object" || data === null) return JSON.stringify(data);
    const members = Object.entries(data).map(
      ([name, inner]) =>
        `${JSON.stringify(name)}${this.#pick(["", " "])}:${this.space(depth)}${this.value(inner, depth + 1)}`,
    );
    return this.#parts("{", members, "}", depth);
  }

  space(depth: number): string {
    switch (this.#next()) {
      case 0:
        return ` // ${this.#comment()}\n${"  ".repeat(depth)}`;
      case 1:
        return ` /* ${this.#comment()} */ `;
      case 2:
        return `\n\n${"\t".repeat(depth)}`;
      case 3:
        return `\n// ${this.#comment()}\n${"  ".repeat(depth)}`;
      default:
        return this.#pick(["", " ", `\n${"  ".repeat(depth)}`]);
    }
  }

  #parts(open: string, parts: readonly string[], close: string, depth: number): string {
    const inside = parts.map((part) => `${this.space(depth)}${part}${this.space(depth)}`).join(",");
    const comma = parts.length > 0 && this.#next() < 4 ? "," : "";
    return `${open}${inside}${comma}${this.space(depth)}${close}`;
  }

  #comment(): string {
    this.#comments += 1;
    return `note-${this.#comments}, "quoted" ] }`;
  }

  #pick(choices: readonly string[]): string {
    return choices[this.#next() % choices.length] ?? "";
  }

  #next(): number {
    const choice = this.#layout[this.#at % this.#layout.length] ?? 4;
    this.#at += 1;
    return choice;
  }
}

/** The comments of a text, in their order. */
export function commentsOf(text: string): readonly string[] {
  return [...text.matchAll(/note-\d+/g)].map(([note]) => note);
}
