/** A warning among other lines: its mark in colour, its text within the columns. */
import { hangingLines } from "./columns.ts";
import type { Style } from "./style.ts";

export function warningLines(text: string, style: Style, columns: number): readonly string[] {
  const [first = "", ...rest] = hangingLines(`${style.warning} ${text}`, columns);
  return [first.replace(style.warning, style.yellow(style.warning)), ...rest];
}
