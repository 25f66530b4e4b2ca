/**
 * The words of TypeScript and JavaScript, close enough to tell what a formatter changes from what a person means. A slip,
 * such as a division taken for a regular expression, costs at worst a blank that counts as layout.
 */
import type { Laid, Word } from "./layout-tokens.ts";
import { withoutOptionalBrackets } from "./optional-brackets.ts";

const BLANKS = /\s+/y;
const SEMICOLON = /;/y;
/** Their `;` parts a header, and behind them it is an empty statement. */
const HEADER = /^(?:for|while|if|with)$/;
/** Before a closing bracket, comments between them or not. */
const OPTIONAL_COMMA = /,(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[)\]}>])/y;
/** After these a comma makes a hole in a list. */
const HOLE = /^[,[]$/;
/** Before the first of several types. */
const OPTIONAL_BAR = /[|&](?![|&=])/y;
const BEFORE_TYPES = /^(?:[=:<(,[]|=>|extends|as|satisfies)$/;

const NAME = /[\w$\u0080-\uffff]+/y;
const STRING = /"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'/y;
/** A block that is not closed goes on to the end. */
const COMMENT = /\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*)/y;
/** Up to the end, or up to the expression in it. */
const TEMPLATE_PART = /[^`\\$]*(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*)*(?:`|\$\{)/y;
const REGULAR_EXPRESSION = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** ">" stands alone: in types several of them close one list each. */
const OPERATOR = /\.{3}|=>|={2,3}|!={1,2}|<<=?|(?:&&|\|\||\?\?|\*\*)=?|[-+*/%&|^<>]=|\?\.|\+\+|--/y;

/** After these a slash divides; after anything else it begins a regular expression. */
const OPERAND = /[\w$\u0080-\uffff)\]}"'`]$/;
const KEYWORD = /^(?:return|typeof|case|in|of|new|delete|void|throw|else|do|await|yield|instanceof)$/;

export function codeWords(text: string): Laid {
  const words: Word[] = [];
  /** The braces that are open; true: of an expression in a template string. */
  const braces: boolean[] = [];
  const semicolons = semicolonMeaning(braces);
  let previous = "";
  let at = 0;
  while (true) {
    const start = layoutEnd(text, at, previous, !semicolons.mean());
    if (start >= text.length) return withoutOptionalBrackets({ words, end: text.slice(at) });
    const raw = wordAt(text, start, previous, braces);
    words.push({ before: text.slice(at, start), raw, key: keyOf(raw) });
    // Comments do not decide what a slash means.
    if (!isComment(raw)) {
      semicolons.pass(raw, previous);
      previous = raw;
    }
    at = start + raw.length;
  }
}

/** Whether the lines after these stand in a template string or a block comment that begins in them. */
export function endsInsideWord(text: string): boolean {
  const last = codeWords(text).words.at(-1)?.raw ?? "";
  if (last.startsWith("/*")) return last.length < 4 || !last.endsWith("*/");
  return /^(?:`|\}[\s\S])/.test(last) && lengthAt(TEMPLATE_PART, last, 1) === 0;
}

interface SemicolonMeaning {
  /** Whether a semicolon here is no layout: in the header of a loop, or as the whole body of a statement. */
  mean(): boolean;
  pass(raw: string, previous: string): void;
}

function semicolonMeaning(braces: readonly boolean[]): SemicolonMeaning {
  /** The parentheses that are open: the word before each, and how many braces were open there. */
  const open: { readonly after: string; readonly depth: number }[] = [];
  let isBody = false;
  return {
    mean() {
      const inner = open.at(-1);
      return isBody || (inner?.after === "for" && inner.depth === braces.length);
    },
    pass(raw, previous) {
      while ((open.at(-1)?.depth ?? 0) > braces.length) open.pop();
      isBody = raw === "else" || (raw === ")" && HEADER.test(open.pop()?.after ?? ""));
      if (raw === "(") open.push({ after: previous, depth: braces.length });
    },
  };
}

function layoutEnd(text: string, from: number, previous: string, dropsSemicolons: boolean): number {
  let at = from;
  while (true) {
    const length =
      lengthAt(BLANKS, text, at) ||
      (dropsSemicolons ? lengthAt(SEMICOLON, text, at) : 0) ||
      (HOLE.test(previous) ? 0 : lengthAt(OPTIONAL_COMMA, text, at)) ||
      (BEFORE_TYPES.test(previous) ? lengthAt(OPTIONAL_BAR, text, at) : 0);
    if (length === 0) return at;
    at += length;
  }
}

function wordAt(text: string, at: number, previous: string, braces: boolean[]): string {
  const sign = text[at];
  if (sign === "`") return templatePart(text, at, braces);
  if (sign === "}" && braces.pop() === true) return templatePart(text, at, braces);
  if (sign === "{") braces.push(false);
  const divides = OPERAND.test(previous) && !KEYWORD.test(previous);
  const length =
    lengthAt(NAME, text, at) ||
    lengthAt(COMMENT, text, at) ||
    lengthAt(STRING, text, at) ||
    (divides ? 0 : lengthAt(REGULAR_EXPRESSION, text, at)) ||
    lengthAt(OPERATOR, text, at);
  return text.slice(at, at + Math.max(1, length));
}

/** From the backtick or brace at `at`; one that is not closed goes on to the end. */
function templatePart(text: string, at: number, braces: boolean[]): string {
  const length = lengthAt(TEMPLATE_PART, text, at + 1);
  const part = length === 0 ? text.slice(at) : text.slice(at, at + 1 + length);
  if (part.endsWith("${")) braces.push(true);
  return part;
}

function keyOf(raw: string): string {
  if (/^["']/.test(raw) && raw.length > 1) return `"${raw.slice(1, -1).replace(/\\(["'])/g, "$1")}"`;
  if (!isComment(raw)) return raw;
  return raw
    .split("\n")
    .map((line) => line.trim())
    .join("\n");
}

function isComment(raw: string): boolean {
  return raw.startsWith("//") || raw.startsWith("/*");
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
