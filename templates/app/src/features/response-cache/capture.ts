/**
 * Takes a reply apart into what the cache keeps: status, headers, body. Headers that the server adds to every response are
 * not among them; they come with each response anew.
 */
import type { Outcome } from "../../http/context.ts";
import { JsonText } from "../../http/json-text.ts";
import { hasControl } from "../../http/reply.ts";
import type { HeaderPair } from "../../http/responder.ts";
import type { Reply } from "../../http/route.ts";
import { withVary } from "../../http/vary.ts";
import type { ReplyFacts } from "./store-policy.ts";

export interface CapturedHead extends ReplyFacts {
  readonly headers: readonly HeaderPair[];
}

/** What is about one hop or one response only (RFC 9111, section 3.1), or is made anew for each. */
const unkept: ReadonlySet<string> = new Set([
  "age",
  "cache-tag",
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @param from how many of the outcome's headers were there before the handler ran: those are of the features outside */
export function captureHead(reply: Reply, outcome: Outcome | undefined, from: number): CapturedHead {
  const all = new Map<string, string>();
  const isResponse = reply instanceof Response;
  const type = isResponse ? undefined : typeOf(reply);
  if (type !== undefined) all.set("content-type", type);
  if (isResponse) for (const [name, value] of reply.headers) all.set(name, value);
  for (const [given, value] of outcome?.headers.slice(from) ?? []) {
    const name = given.toLowerCase();
    // As the Responder does it: Vary is a list to which everybody adds.
    all.set(name, name === "vary" ? withVary(all.get(name), value) : value);
  }
  const status = outcome?.status ?? (isResponse ? reply.status : reply === undefined ? 204 : 200);
  const named =
    all
      .get("connection")
      ?.toLowerCase()
      .split(",")
      .map((name) => name.trim()) ?? [];
  return {
    status,
    headers: [...all].filter(([name]) => !unkept.has(name) && !named.includes(name)),
    header: (name) => all.get(name),
  };
}

/** Whether all of it may be sent: a handler's mistake must stay its own error, and no entry. */
export function isSendable({ headers }: CapturedHead): boolean {
  return headers.every(([, value]) => !hasControl(value));
}

/** Tags that the handler gave this reply: names with commas, in a header that clients do not get. */
export function tagsOf(head: CapturedHead): readonly string[] {
  const names = head.header("cache-tag")?.split(",") ?? [];
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

/** The text of a reply that is none yet; undefined: JSON has none for it, and the Responder will say so. */
export function textOf(reply: Exclude<Reply, Response | Uint8Array | undefined>): string | undefined {
  if (typeof reply === "string") return reply;
  return reply instanceof JsonText ? reply.text : JSON.stringify(reply);
}

/** As the Responder has it for a reply that is no Response. */
function typeOf(reply: Exclude<Reply, Response>): string | undefined {
  if (typeof reply === "string") return "text/plain;charset=UTF-8";
  if (reply instanceof Uint8Array) return "application/octet-stream";
  return reply === undefined ? undefined : "application/json";
}
