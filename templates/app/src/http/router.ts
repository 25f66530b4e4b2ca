/**
 * Router: finds the resource of a URL. Exact paths by perfect hash (or a Map where none can be built), then the
 * parameter tree. Adapters without a native router use it for every request, the others for all but exact paths.
 *
 * A path is looked for as it was sent first: patterns are canonical, so what equals one is. Only what that does not find
 * is checked for another spelling.
 */
import type { Resource } from "../runtime/port.ts";
import { canonicalPath, isCanonical } from "./canonical-path.ts";
import { type Found, ParameterTree } from "./parameter-tree.ts";
import type { PathParams } from "./parameter-types.ts";
import { pathOf, pathStart, queryStart } from "./path-of.ts";
import { parsePattern } from "./pattern.ts";
import { buildPerfectHash } from "./perfect-hash.ts";

const noParams: PathParams = Object.freeze({});

export interface Router {
  /** The resource for an absolute URL ("http://host/path?query"). Throws HttpError 400 on a malformed path. */
  find(url: string): Found<Resource> | undefined;
  /** Where to go instead when a resource has this path but for the last slash: path and query, never another host. */
  twin(url: string): string | undefined;
}

/**
 * Throws TypeError when a pattern is not valid, and when two cannot be told apart.
 *
 * @param build undefined from it means that no perfect hash could be built
 */
export function buildRouter(resources: readonly Resource[], build: typeof buildPerfectHash = buildPerfectHash): Router {
  const tree = new ParameterTree<Resource>();
  const exact = new Map<string, Found<Resource>>();
  for (const resource of resources) {
    const path = parsePattern(resource.pattern).exact;
    if (path === undefined) tree.insert(resource.pattern, resource);
    else claim(exact, path, resource);
  }
  const findExact = exactFinder([...exact.keys()], build);
  const found = [...exact.values()];
  const look = (text: string, start: number, end: number) =>
    found[findExact(text, start, end)] ?? tree.find(text, start, end);
  return {
    find(url) {
      const end = queryStart(url);
      const start = pathStart(url, end);
      if (start < 0) return look("/", 0, 1);
      const sent = found[findExact(url, start, end)];
      if (sent) return sent;
      if (isCanonical(url, start, end)) return tree.find(url, start, end);
      const path = canonicalPath(url.slice(start, end));
      return look(path, 0, path.length);
    },
    twin(url) {
      const path = twinOf(canonicalPath(pathOf(url)));
      return path !== undefined && look(path, 0, path.length) ? path + queryOf(url) : undefined;
    },
  };
}

/** A path that begins with two slashes would be read as a host (RFC 3986, section 4.2). */
function twinOf(path: string): string | undefined {
  if (path === "/" || path.startsWith("//")) return undefined;
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

/** With its question mark; in what a header may hold. */
function queryOf(url: string): string {
  const query = url.slice(queryStart(url));
  return query.replace(/[^\x21-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed()));
}

function claim(exact: Map<string, Found<Resource>>, path: string, resource: Resource): void {
  const taken = exact.get(path);
  if (taken) throw new TypeError(`"${resource.pattern}" matches the same paths as "${taken.value.pattern}"`);
  exact.set(path, { value: resource, params: noParams });
}

/** Index of the exact path text[start, end), or -1. */
function exactFinder(
  paths: readonly string[],
  build: typeof buildPerfectHash,
): (text: string, start: number, end: number) => number {
  const perfect = build(paths);
  if (perfect) return perfect.find;
  const indexes = new Map(paths.map((path, index) => [path, index]));
  return (text, start, end) => indexes.get(text.slice(start, end)) ?? -1;
}
