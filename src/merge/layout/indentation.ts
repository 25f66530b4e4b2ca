/** The step of indentation that a text uses, and texts brought to another step. */
import type { Laid, Word } from "./layout-tokens.ts";

/** A tab, or as many blanks as lines are most often indented further than the line before; undefined: nothing is. */
export function indentationStep(text: string): string | undefined {
  const counts = new Map<string, number>();
  let last = "";
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
    const step = indent.startsWith(last) ? indent.slice(last.length) : "";
    // One blank is the second line of a block comment; more than eight line up with something above.
    if (step === "\t" || /^ {2,8}$/.test(step)) counts.set(step, (counts.get(step) ?? 0) + 1);
    last = indent;
  }
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0];
}

/** Each whole step before a word, and in block comments, replaced; what is less than a step stays. Strings stay. */
export function reindented({ words, end, pairs }: Laid, from: string, to: string): Laid {
  const word = ({ before, raw, key }: Word): Word => ({
    before: withSteps(before, from, to),
    raw: raw.startsWith("/*") ? withSteps(raw, from, to) : raw,
    key,
  });
  return { words: words.map(word), end, pairs };
}

function withSteps(text: string, from: string, to: string): string {
  return text.replace(/(?<=\n)[ \t]+/g, (indent) => {
    let steps = 0;
    while (indent.startsWith(from, steps * from.length)) steps += 1;
    return to.repeat(steps) + indent.slice(steps * from.length);
  });
}
