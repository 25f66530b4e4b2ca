/** Random settings as a TOML file, and what a user does to its lines. */
import type { Setting, UserEditWays } from "../random-settings.ts";

export function printToml(all: readonly Setting[]): string {
  const root = all.filter(({ key }) => !key.includes("."));
  const sections = [...new Set(all.filter(({ key }) => key.includes(".")).map(({ key }) => key.replace(/\.\w+$/, "")))];
  const parts = sections.map((section) => {
    const inside = all.filter(({ key }) => key.replace(/\.\w+$/, "") === section && key.includes("."));
    return `\n# About ${section}.\n[${section}]\n${inside.map(printSetting).join("")}`;
  });
  return `# Generated.\n${root.map(printSetting).join("")}${parts.join("")}`;
}

function printSetting({ key, value, comments: lines }: Setting): string {
  return `\n${lines.map((line) => `# ${line}\n`).join("")}${key.split(".").at(-1)} = ${value}\n`;
}

const PAIR = /^\s*\w+ *= *[^[{\n]+$/;
export const tomlEdits: UserEditWays = {
  comment: { where: /^\s*(#|\w+ =|\[\w)|^$/, to: (line, index) => [`# mine ${index}`, line] },
  value: { where: PAIR, to: (line, index) => [line.replace(/=.*/, `= "mine ${index}"`)] },
  remove: { where: PAIR, to: () => [] },
  add: { where: PAIR, to: (line, index) => [line, `mine_${index} = 1`] },
  reword: { where: /^# (why|from|origin|source)/, to: (_, index) => [`# reworded, mine ${index}`] },
  indent: { where: PAIR, to: (line) => [`  ${line}`] },
  tail: { where: /^\s*\w+ *= *[^[{#\n]+$/, to: (line, index) => [`${line} # mine ${index}`] },
  blank: { where: /^$/, to: () => ["", ""] },
  inside: { where: /^ {2}\d,$/, to: (line, index) => [`  # mine ${index}`, line] },
};
