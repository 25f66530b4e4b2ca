/** Conditional requests (RFC 9110, section 13): whether to go on, in the order that section 13.2.2 prescribes. */
import { parseHttpDate } from "./http-date.ts";

/** What identifies a representation: its entity tag, quotes and all, and its Last-Modified in whole seconds. */
export interface Validators {
  readonly etag: string;
  /** The weak tag that it had before its digest was known: what clients got then is still good for a 304. */
  readonly earlierTag?: string | undefined;
  readonly modifiedMs: number;
}

export type Verdict = "go" | "not-modified" | "failed";

/** For GET and HEAD of a representation that exists. */
export function evaluate(headers: Headers, validators: Validators): Verdict {
  const match = headers.get("if-match");
  if (match !== null) {
    if (!lists(match, validators.etag, strongly)) return "failed";
  } else {
    const since = dateOf(headers, "if-unmodified-since");
    if (since !== undefined && validators.modifiedMs > since) return "failed";
  }
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null) return listsEither(noneMatch, validators) ? "not-modified" : "go";
  const since = dateOf(headers, "if-modified-since");
  return since !== undefined && validators.modifiedMs <= since ? "not-modified" : "go";
}

/** Whether a Range counts, by If-Range: the client's part is of the very representation that is there now. */
export function rangeApplies(headers: Headers, validators: Validators, nowMs: number): boolean {
  const field = headers.get("if-range");
  if (field === null) return true;
  if (field.startsWith('"') || field.startsWith("W/")) return strongly(field, validators.etag);
  const date = parseHttpDate(field);
  // A date is exact, and strong only when the file cannot have changed again within its second (section 8.8.2.2).
  return date !== undefined && date === validators.modifiedMs && nowMs - date >= 1000;
}

/** Malformed dates are ignored with their field. */
function dateOf(headers: Headers, name: string): number | undefined {
  const field = headers.get(name);
  return field === null ? undefined : parseHttpDate(field);
}

const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/y;

/** Whether "*" or one of the tags matches. Reading ends at the first thing that is no tag. */
function lists(field: string, etag: string, matches: (given: string, etag: string) => boolean): boolean {
  if (field.trim() === "*") return true;
  let at = 0;
  while (at < field.length) {
    const character = field[at];
    if (character === "," || character === " " || character === "\t") {
      at += 1;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(field)?.[0];
    if (tag === undefined) return false;
    if (matches(tag, etag)) return true;
    at += tag.length;
  }
  return false;
}

function listsEither(field: string, { etag, earlierTag }: Validators): boolean {
  return lists(field, etag, weakly) || (earlierTag !== undefined && lists(field, earlierTag, weakly));
}

function strongly(given: string, etag: string): boolean {
  return given === etag && !etag.startsWith("W/");
}

function weakly(given: string, etag: string): boolean {
  return opaque(given) === opaque(etag);
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
