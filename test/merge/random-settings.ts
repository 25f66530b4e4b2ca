/** Random settings, as the generator would write them for two targets, and what a user does to the text of one. */
import fc from "fast-check";

export interface Setting {
  /** "section.key"; a section "" is the root. */
  readonly key: string;
  /** As TOML. */
  readonly value: string;
  readonly comments: readonly string[];
}

const keys = ["s.a", "s.b", "s.c", "t.a", "t.b", "t.c.x", "t.c.y", "u.a", "u.v.w.z", "r", "q"] as const;
const values = [
  "1",
  "2",
  '"x"',
  "true",
  "[1, 2]",
  "[1, 2, 3]",
  "[\n  1,\n  3,\n]",
  "{ k = 1 }",
  "{ k = 2, l = 1 }",
  "1.5",
] as const;
const comments = ["why: one", "why: two", "from facts", "from answers", "origin asked", "source measured"] as const;

const setting = (key: string) =>
  fc.record({
    key: fc.constant(key),
    value: fc.constantFrom(...values),
    comments: fc.subarray([...comments], { minLength: 1 }),
  });

/** Every key is there or not; root keys come first, as TOML wants. */
export const settings: fc.Arbitrary<readonly Setting[]> = fc
  .tuple(fc.subarray([...keys]), fc.tuple(...keys.map(setting)))
  .map(([chosen, all]) => all.filter(({ key }) => (chosen as string[]).includes(key)));

/** The next version has most of the base's settings as they are. */
export const twoVersions = fc
  .tuple(settings, settings, fc.array(fc.boolean(), { minLength: keys.length, maxLength: keys.length }))
  .map(([base, other, changes]) => {
    const next = keys.flatMap((key, index) => {
      const from = changes[index] ? other : base;
      return from.filter((each) => each.key === key);
    });
    return { base, next };
  });

export const sameKeys = twoVersions.map(({ base, next }) => {
  const changed = base.map(
    (each) => next.find(({ key }) => key === each.key) ?? { ...each, value: "9", comments: ["new"] },
  );
  return { base, next: changed };
});

/** One thing that a user does, to the line that `at` (0 to 1) points to. */
export interface UserEdit {
  readonly kind: "comment" | "value" | "remove" | "add" | "reword" | "indent" | "tail" | "blank" | "inside";
  readonly at: number;
}

type Kind = UserEdit["kind"];

function editsOf(kinds: readonly Kind[]): fc.Arbitrary<readonly UserEdit[]> {
  const at = fc.double({ min: 0, max: 0.999, noNaN: true });
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), at }), { maxLength: 5 });
}

export const userEdits = editsOf(["comment", "value", "remove", "add", "reword", "indent", "tail", "blank", "inside"]);

/** Edits on lines of their own, or on parts of lines that no target changes. */
export const separateEdits = editsOf(["value", "add", "indent", "tail"]);

/** The same where a target may write a value in lines of its own, which leave no place behind the key. */
export const keyEdits = editsOf(["value", "add"]);

/** How a format's lines are edited: which lines, and into which. */
export type UserEditWays = Readonly<
  Record<Kind, { readonly where: RegExp; readonly to: (line: string, index: number) => readonly string[] }>
>;

/** @returns the text after the edits; "mine" stands in every line that the user wrote */
export function edited(text: string, edits: readonly UserEdit[], ways: UserEditWays): string {
  let lines: readonly string[] = text.split("\n");
  for (const [index, edit] of edits.entries()) lines = applied(lines, edit, index, ways);
  return lines.join("\n");
}

function applied(
  lines: readonly string[],
  { kind, at }: UserEdit,
  index: number,
  ways: UserEditWays,
): readonly string[] {
  const change = ways[kind];
  const places = lines.flatMap((line, position) => (change.where.test(line) ? [position] : []));
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return lines;
  return lines.flatMap((line, position) => (position === place ? change.to(line, index) : [line]));
}
