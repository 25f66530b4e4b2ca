/** What users do to a project, as data that fast-check can shrink, and what must then be true of it whatever comes next. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { modify } from "jsonc-parser";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";

export interface UserEdit {
  readonly kind: (typeof kinds)[number];
  /** Of the files that the edit suits, and of the places in the file; taken modulo their number. */
  readonly file: number;
  readonly place: number;
}

const kinds = [
  "insert line",
  "insert line",
  "insert line",
  "change line",
  "change line",
  "change line",
  "remove line",
  "add key",
  "change key",
  "remove key",
  "delete file",
  "rename file",
  "add file",
  "crlf",
  "byte order mark",
  "no final newline",
  "permission",
  "indentation",
] as const;

export const editScript = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), file: fc.nat(10_000), place: fc.nat(10_000) }),
  { maxLength: 12 },
);

/** What the user has done, as far as a write must keep it. */
export interface UserWork {
  /** Texts that occur nowhere else; each must be somewhere in the project. */
  readonly tokens: Set<string>;
  /** Must not come back. */
  readonly deleted: Set<string>;
  /** The user's own files, byte for byte. */
  readonly own: Map<string, Buffer>;
  /** Files of the generator that the user has touched. */
  readonly touched: Set<string>;
}

/**
 * Carries the script out in a project's folder. Most edits go where the next plan changes something too: elsewhere
 * nothing can go wrong.
 * @param from the generated files
 * @param to the files that a later retune generates
 */
export function applyScript(folder: string, from: FileTree, to: FileTree, script: readonly UserEdit[]): UserWork {
  const all = [...from.keys()];
  const changing = all.filter((path) => from.get(path)?.content !== to.get(path)?.content);
  const work: UserWork = { tokens: new Set(), deleted: new Set(), own: new Map(), touched: new Set() };
  for (const [index, edit] of script.entries()) {
    const token = `kept-${index}-${edit.place}`;
    if (edit.kind === "add file") {
      addOwn(folder, work, `src/app/mine-${index}.ts`, `// ${token}\n`);
      continue;
    }
    const among = edit.file % 4 === 0 || changing.length === 0 ? all : changing;
    const suited = among.filter((path) => suits(edit, path) && isFile(join(folder, path)));
    const path = suited[Math.floor(edit.file / 4) % suited.length];
    if (path === undefined) continue;
    work.touched.add(path);
    change({ folder, path, next: to.get(path)?.content, token, work }, edit);
  }
  return work;
}

function suits({ kind }: UserEdit, path: string): boolean {
  if (/\.(png|ico|webp|gz)$/.test(path)) return kind === "permission" || kind === "delete file";
  if (kind.endsWith(" key")) return /^(package|deno|tsconfig)\.json$/.test(path);
  // A wish that is no JSON, or another wish, is another property.
  if (path === "fastserve.json") return kind === "crlf" || kind === "byte order mark" || kind === "indentation";
  return kind !== "insert line" || !path.endsWith(".json");
}

interface Place {
  readonly folder: string;
  readonly path: string;
  /** What a later retune generates there. */
  readonly next: FileEntry["content"] | undefined;
  readonly token: string;
  readonly work: UserWork;
}

function change({ folder, path, next, token, work }: Place, edit: UserEdit): void {
  const file = join(folder, path);
  const text = readFileSync(file, "utf8");
  const write = (to: string) => writeFileSync(file, to);
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(eol);
  const at = lineOf(lines, next, edit.place);
  switch (edit.kind) {
    case "insert line":
      // Not inside of a multi-line value of a parsed format, where a comment would break the file.
      write(
        [
          ...lines.slice(0, topLine(path, lines, at)),
          commented(path, token),
          ...lines.slice(topLine(path, lines, at)),
        ].join(eol),
      );
      work.tokens.add(token);
      return;
    case "change line":
      if (isParsed(path) || lines[at] === "") return;
      // In front of what stands there, for the end may continue on the next line.
      write([...lines.slice(0, at), `${token} ${lines[at]}`, ...lines.slice(at + 1)].join(eol));
      work.tokens.add(token);
      return;
    case "remove line":
      if (isParsed(path)) return;
      for (const gone of work.tokens) if (lines[at]?.includes(gone)) work.tokens.delete(gone);
      write([...lines.slice(0, at), ...lines.slice(at + 1)].join(eol));
      return;
    case "add key":
    case "change key":
    case "remove key":
      write(changedKey(text, edit, token, work));
      return;
    case "delete file":
      forget(text, work);
      rmSync(file);
      work.deleted.add(path);
      return;
    case "rename file":
      forget(text, work);
      renameSync(file, `${file}.mine`);
      work.deleted.add(path);
      work.own.set(`${path}.mine`, readFileSync(`${file}.mine`));
      return;
    case "crlf":
      write(text.replace(/\r?\n/g, "\r\n"));
      return;
    case "byte order mark":
      if (!text.startsWith("\ufeff")) write(`\ufeff${text}`);
      return;
    case "no final newline":
      write(text.replace(/(\r?\n)+$/, ""));
      return;
    case "permission":
      chmodSync(file, (lstatSync(file).mode & 0o777) ^ 0o111);
      return;
    case "indentation":
      write(text.replace(/^ +/gm, (spaces) => " ".repeat(spaces.length * 2)));
      return;
    default:
      return;
  }
}

/** Most often a line that the next version changes as well. */
function lineOf(lines: readonly string[], next: FileEntry["content"] | undefined, place: number): number {
  const kept = new Set(typeof next === "string" ? next.split("\n") : []);
  const changing = lines.flatMap((line, index) => (kept.has(line) ? [] : [index]));
  return (place % 3 === 0 ? undefined : changing[place % changing.length]) ?? place % lines.length;
}

const parsed = /\.(json|toml|ya?ml)$/;

function isParsed(path: string): boolean {
  return parsed.test(path);
}

/** The next line that begins a key or a section, where a comment of its own can stand. */
function topLine(path: string, lines: readonly string[], at: number): number {
  if (!isParsed(path)) return at;
  const next = lines.findIndex((line, index) => index >= at && /^(\[|[\w-]+ *[=:])/.test(line));
  return Math.max(0, next);
}

function commented(path: string, token: string): string {
  return /\.(ts|js|mjs|css)$/.test(path) ? `// ${token}` : `# ${token}`;
}

function changedKey(text: string, { kind, place }: UserEdit, token: string, work: UserWork): string {
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(mark.length);
  const document = JSON.parse(body) as Record<string, unknown>;
  const keys = scalarKeys(document);
  const key = keys[place % keys.length];
  if (kind !== "add key" && key === undefined) return text;
  const path = kind === "add key" ? [token] : (key ?? []);
  const value = kind === "remove key" ? undefined : token;
  // What is written over or removed is lost on purpose.
  const old = JSON.stringify(
    path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document),
  );
  for (const gone of work.tokens)
    if (old?.includes(gone) || (kind === "remove key" && path.includes(gone))) work.tokens.delete(gone);
  if (value !== undefined) work.tokens.add(token);
  const edits = modify(body, [...path], value, {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: body.includes("\r\n") ? "\r\n" : "\n" },
  });
  return (
    mark +
    [...edits]
      .reverse()
      .reduce((all, one) => all.slice(0, one.offset) + one.content + all.slice(one.offset + one.length), body)
  );
}

function scalarKeys(
  value: Readonly<Record<string, unknown>>,
  above: readonly string[] = [],
): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([key, one]) => {
    if (typeof one === "string" || typeof one === "number") return [[...above, key]];
    return typeof one === "object" && one !== null && !Array.isArray(one)
      ? scalarKeys(one as Record<string, unknown>, [...above, key])
      : [];
  });
}

function addOwn(folder: string, work: UserWork, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  work.own.set(path, Buffer.from(text));
}

function forget(text: string, work: UserWork): void {
  for (const token of work.tokens) if (text.includes(token)) work.tokens.delete(token);
}

function isFile(path: string): boolean {
  return existsSync(path) && lstatSync(path).isFile();
}
