/**
 * The path of a request's URL as it was sent: not decoded, without the query, which may carry secrets. Never throws:
 * runtimes hand out URLs that the URL parser refuses, when a client sends no host or a malformed one.
 */
export function pathOf(url: string): string {
  const mark = queryStart(url);
  const start = pathStart(url, mark);
  return start < 0 ? "/" : url.slice(start, mark);
}

/** Where the query begins, with its question mark; the URL's length where there is none. */
export function queryStart(url: string): number {
  const mark = url.indexOf("?");
  return mark < 0 ? url.length : mark;
}

/**
 * Where the path begins, or -1 where there is none: "http://host?next=/admin" is a request for "/", and the slash in its
 * query is not the path's.
 */
export function pathStart(url: string, queryAt: number): number {
  // 47 is a slash: a target without a host. 8: behind "http://" and "https://" no earlier slash can begin the path.
  const slash = url.charCodeAt(0) === 47 ? 0 : url.indexOf("/", 8);
  return slash < queryAt ? slash : -1;
}
