/** What the head of a reply will be: the reply's own headers under those that handler and middleware added to it. */
import type { Context } from "../../http/context.ts";
import { withVary } from "../../http/vary.ts";

/** The value that is sent; null: none is. */
export function sentHeader(name: string, own: Headers | undefined, context: Context): string | null {
  const added = context.outcome?.headers.findLast(([each]) => each.toLowerCase() === name);
  return added?.[1] ?? own?.get(name) ?? null;
}

/** No body, or a part of one that the client puts together by its offsets. */
const untouched: ReadonlySet<number> = new Set([204, 205, 206, 304]);

/**
 * Whether the body may be coded: it is not yet, nobody forbids it (RFC 9111, section 5.2.2.6), no digest speaks of its
 * bytes (RFC 9530), and no client is told that it may ask for ranges of them.
 */
export function mayBeCoded(status: number, own: Headers | undefined, context: Context): boolean {
  if (untouched.has(status)) return false;
  const sent = (name: string) => sentHeader(name, own, context);
  if (sent("content-encoding") !== null || sent("content-digest") !== null) return false;
  if (/(^|[\s,])no-transform($|[\s,])/i.test(sent("cache-control") ?? "")) return false;
  return (sent("accept-ranges") ?? "none").toLowerCase() === "none";
}

/** The head of the coded reply. Takes out of the added headers what was true of the body before. */
export function codedHead(own: Headers, coding: string, context: Context): Headers {
  const headers = new Headers(own);
  headers.set("content-encoding", coding);
  headers.delete("content-length");
  headers.set("vary", withVary(headers.get("vary"), "accept-encoding"));
  const tag = headers.get("etag");
  if (tag !== null) headers.set("etag", weakened(tag));
  const added = context.outcome?.headers;
  if (added) {
    const kept = added.filter(([name]) => name.toLowerCase() !== "content-length");
    const changed = kept.map(([name, value]): [string, string] =>
      name.toLowerCase() === "etag" ? [name, weakened(value)] : [name, value],
    );
    added.splice(0, added.length, ...changed);
  }
  return headers;
}

/** A strong validator promises the same bytes (RFC 9110, section 8.8.1), which another coding does not have. */
function weakened(tag: string): string {
  return tag.startsWith('"') ? `W/${tag}` : tag;
}
