/**
 * The path of a request's URL as it was sent: not decoded, without the query, which may carry secrets. Never throws:
 * runtimes hand out URLs that the URL parser refuses, when a client sends no host or a malformed one.
 */
export function pathOf(url: string): string {
  // 8: behind "http://" and "https://" no earlier slash can begin the path.
  const start = url.startsWith("/") ? 0 : url.indexOf("/", 8);
  if (start < 0) return "/";
  const query = url.indexOf("?", start);
  return query < 0 ? url.slice(start) : url.slice(start, query);
}
