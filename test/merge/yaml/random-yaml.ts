/** Random settings as a YAML file, and what a user does to its lines. */
import type { Setting, UserEditWays } from "../random-settings.ts";

/** Nested maps in the order of the settings, root keys first. */
export function printYaml(all: readonly Setting[]): string {
  const root: Branch = new Map();
  for (const setting of all) {
    const names = setting.key.split(".");
    let at = root;
    for (const name of names.slice(0, -1)) at = branchAt(at, name);
    at.set(names.at(-1) ?? "", setting);
  }
  return `# Generated.\n${printBranch(root, "")}`;
}

type Branch = Map<string, Branch | Setting>;

function branchAt(branch: Branch, name: string): Branch {
  const found = branch.get(name);
  if (found instanceof Map) return found;
  const made: Branch = new Map();
  branch.set(name, made);
  return made;
}

function printBranch(branch: Branch, indent: string): string {
  const parts = [...branch].map(([name, part]) => {
    if (part instanceof Map)
      return `\n${indent}# About ${name}.\n${indent}${name}:\n${printBranch(part, `${indent}  `)}`;
    const comments = part.comments.map((line) => `${indent}# ${line}\n`).join("");
    return `${comments}${indent}${name}: ${valueText(part.value, indent)}\n`;
  });
  return parts.join("");
}

/** A list with a line for each item becomes a list in block form, the first of whose items is a map. */
function valueText(value: string, indent: string): string {
  if (value.includes("\n")) return `\n${indent}  - id: 1\n${indent}    k: 1\n${indent}  # the third\n${indent}  - 3`;
  if (value === '"x"') return `|\n${indent}  one\n\n${indent}  # two`;
  return value.replaceAll(" =", ":");
}

/** A key outside of lists: when another target writes a list as a number, its items have no place. */
const PAIR = /^ *(?!k:|- )\w+: [^[{|\n]+$/;
const indentOf = (line: string) => /^ */.exec(line)?.[0] ?? "";

export const yamlEdits: UserEditWays = {
  comment: { where: /^ *\w+:/, to: (line, index) => [`${indentOf(line)}# mine ${index}`, line] },
  value: { where: PAIR, to: (line, index) => [line.replace(/:.*/, `: mine ${index}`)] },
  remove: { where: PAIR, to: () => [] },
  add: { where: PAIR, to: (line, index) => [line, `${indentOf(line)}mine_${index}: 1`] },
  reword: {
    where: /^ *# (why|from|origin|source)/,
    to: (line, index) => [`${indentOf(line)}# reworded, mine ${index}`],
  },
  indent: { where: PAIR, to: (line) => [line.replace(": ", ":   ")] },
  tail: { where: /^ *(?!k:|- )\w+: [^[{|#\n]+$/, to: (line, index) => [`${line} # mine ${index}`] },
  blank: { where: /^$/, to: () => ["", ""] },
  inside: { where: /^ *- \d$/, to: (line, index) => [`${indentOf(line)}# mine ${index}`, line] },
};
