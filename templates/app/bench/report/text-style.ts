/** How a report is drawn on a terminal: its width, whether it takes colour, and whether it can show block characters. */

export interface TextStyle {
  readonly columns: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

/** What a file, a pipe and an unknown terminal get: the width that mail and tickets show without wrapping. */
const COLUMNS_DEFAULT = 80;
/** Narrower than this no table stands; wider than this nobody reads a line. */
const COLUMNS_MIN = 72;
const COLUMNS_MAX = 140;

/** Colour as no-color.org asks: only for a terminal, and never when NO_COLOR is set to anything but nothing. */
export function textStyleOf(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): TextStyle {
  const dumb = environment.TERM === "dumb";
  const asked = stream.isTTY === true ? (stream.columns ?? COLUMNS_DEFAULT) : COLUMNS_DEFAULT;
  return {
    columns: Math.min(Math.max(asked, COLUMNS_MIN), COLUMNS_MAX),
    colour: stream.isTTY === true && !dumb && (environment.NO_COLOR ?? "") === "",
    unicode: !dumb && (environment.NO_UNICODE ?? "") === "" && isUtf8(environment),
  };
}

/** As POSIX orders them: LC_ALL decides over LC_CTYPE, and that over LANG; an empty one does not count. */
function isUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "";
  return /utf-?8/i.test(locale);
}

const codes = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39], yellow: [33, 39] } as const;
export type Tint = keyof typeof codes;

export function tinted(style: TextStyle, tint: Tint, text: string): string {
  if (!style.colour || text === "") return text;
  const [on, off] = codes[tint];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Text for a terminal that may only know ASCII. */
export function plainText(style: TextStyle, text: string): string {
  if (style.unicode) return text;
  return [...text].map((character) => asciiOf[character] ?? character).join("");
}

const asciiOf: Readonly<Record<string, string>> = {
  "±": "+-",
  "×": "x",
  µ: "u",
  "·": "-",
  "–": "-",
  "…": "...",
  "✓": "+",
  "✗": "x",
  "≥": ">=",
  "≤": "<=",
};
