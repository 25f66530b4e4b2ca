/**
 * Router: finds the resource of a URL. Exact paths by perfect hash (or a Map where none can be built), then the
 * parameter tree. Adapters without a native router use it for every request, the others for 404 and 405 only.
 */
import type { Resource } from "../runtime/port.ts";
import { type Found, ParameterTree } from "./parameter-tree.ts";
import { buildPerfectHash } from "./perfect-hash.ts";

const noParams: Readonly<Record<string, string>> = Object.freeze({});

export interface Router {
  /** The resource for an absolute URL ("http://host/path?query"). Throws HttpError 400 on an undecodable parameter. */
  find(url: string): Found<Resource> | undefined;
}

export function buildRouter(resources: readonly Resource[]): Router {
  const exact = resources.filter((resource) => !isParametric(resource.pattern));
  const findExact = exactFinder(exact);
  const tree = new ParameterTree<Resource>();
  for (const resource of resources) if (isParametric(resource.pattern)) tree.insert(resource.pattern, resource);
  const found = exact.map((resource) => ({ value: resource, params: noParams }));
  return {
    find(url) {
      // 8: behind "http://" and "https://" no earlier slash can begin the path.
      const start = url.indexOf("/", 8);
      if (start < 0) return undefined;
      const query = url.indexOf("?", start);
      const end = query < 0 ? url.length : query;
      return found[findExact(url, start, end)] ?? tree.find(url, start, end);
    },
  };
}

function isParametric(pattern: string): boolean {
  return pattern.includes("/:") || pattern.endsWith("/*");
}

/** Index of the exact path text[start, end), or -1. */
function exactFinder(resources: readonly Resource[]): (text: string, start: number, end: number) => number {
  const paths = resources.map((resource) => resource.pattern);
  const perfect = buildPerfectHash(paths);
  if (perfect) return perfect.find;
  const indexes = new Map(paths.map((path, index) => [path, index]));
  return (text, start, end) => indexes.get(text.slice(start, end)) ?? -1;
}
