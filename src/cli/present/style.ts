/** Colours and symbols of one output stream, decided once from the environment. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  readonly done: string;
  readonly failed: string;
  readonly warning: string;
  readonly arrow: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * As Node itself decides: FORCE_COLOR first, then NO_COLOR, then a dumb terminal, then whether anybody looks at it.
 * An empty NO_COLOR does not count (no-color.org).
 */
export function hasColour(environment: Environment, isTerminal: boolean): boolean {
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if ((environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb") return false;
  return isTerminal;
}

/** A terminal that names a locale without UTF-8, or the Linux console, gets ASCII. */
export function hasUnicode(environment: Environment): boolean {
  if (environment.TERM === "dumb" || environment.TERM === "linux") return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "";
  return locale === "" || /utf-?8/i.test(locale);
}

export function makeStyle(environment: Environment, isTerminal: boolean): Style {
  const colour = hasColour(environment, isTerminal);
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  const unicode = hasUnicode(environment);
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    done: unicode ? "✔" : "+",
    failed: unicode ? "✖" : "x",
    warning: unicode ? "▲" : "!",
    arrow: unicode ? "→" : "->",
  };
}
