/** Conditional requests against a kept reply: whether the client has it already (RFC 9110, section 13). */

export function isNotModified(headers: Headers, etag: string | undefined, lastModified: string | undefined): boolean {
  if (etag === undefined && lastModified === undefined) return false;
  const match = headers.get("if-none-match");
  // If-None-Match alone decides where there is one (section 13.2.2).
  if (match !== null) return etag !== undefined && matchesAny(match, etag);
  if (lastModified === undefined) return false;
  const since = headers.get("if-modified-since");
  return since !== null && Date.parse(lastModified) <= Date.parse(since);
}

/** Weak comparison: the opaque parts are equal, whatever stands before them. */
function matchesAny(field: string, etag: string): boolean {
  if (field.trim() === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  for (const [, tag] of field.matchAll(/(?:W\/)?("[^"]*")/g)) if (tag === opaque) return true;
  return false;
}
