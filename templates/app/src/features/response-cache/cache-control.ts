/** Cache-Control as RFC 9111 reads it: case-insensitive names, tokens or quoted strings, the first of equal names counts. */
export type Directives = ReadonlyMap<string, string>;

const DIRECTIVE = /([^\s,;="]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
const none: Directives = new Map();

/** 2^31: what RFC 9111, section 1.2.2, has a larger number of seconds stand for. */
const SECONDS_MAX = 2 ** 31;

export function directivesOf(header: string | null | undefined): Directives {
  if (!header) return none;
  const found = new Map<string, string>();
  for (const [, name = "", quoted, token] of header.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, quoted ?? token ?? "");
  }
  return found;
}

/** A directive's seconds; undefined: it is not there. A value that is no number counts as 0, which is stale. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Math.min(Number(value), SECONDS_MAX) : 0;
}
