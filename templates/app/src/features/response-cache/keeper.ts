/** Keeps what a handler answered, when it may be kept: takes the reply apart, asks the policy, writes it into the zone. */
import type { Context, Outcome } from "../../http/context.ts";
import { JsonText } from "../../http/json-text.ts";
import type { Reply } from "../../http/route.ts";
import type { CacheOptions } from "../../http/route-options.ts";
import type { TextEncoding } from "../../memory/encode-scratch.ts";
import { collectBody } from "./body-collector.ts";
import type { Directives } from "./cache-control.ts";
import type { CacheCount } from "./cache-counters.ts";
import { variantOf, varyNames } from "./cache-key.ts";
import type { CacheLookup } from "./cache-lookup.ts";
import type { CacheZone } from "./cache-zone.ts";
import { type CapturedHead, captureHead, isSendable, tagsOf, textOf } from "./capture.ts";
import type { EntryTimes, NewEntry } from "./entry.ts";
import type { Stored } from "./shard.ts";
import { type Keep, type Refusal, type RouteTimes, storePolicy } from "./store-policy.ts";
import { type Body, bytesBody, headText, textBody } from "./stored-reply.ts";

/** Tags of one entry, the route's and the reply's own. An entry with more would not be found by all of them, so it is not kept. */
export const TAGS_MAX = 16;
/**
 * How long misses of a key whose reply could not be kept go to the handler without waiting for each other.
 * Varnish's default for such objects (its "hit-for-miss") is 120 s.
 */
const PASS_MS = 120_000;
/** What says of the reply, not of the one request, that it cannot be kept. */
const lasting: ReadonlySet<Refusal> = new Set(["private", "set_cookie", "vary", "size", "stream", "not_fresh"]);

/** One run of the handler. */
export interface Filling {
  readonly context: Context;
  readonly directives: Directives;
  readonly urlKey: string;
  /** Headers that features outside had added before. */
  readonly outcomeFrom: number;
  readonly purgesSeen: number;
  readonly startedMs: number;
  /** Read before the handler runs: the request may be gone afterwards. */
  readonly headers: Headers;
  readonly isAuthorized: boolean;
}

type FillingOrder = Pick<Filling, "context" | "directives" | "urlKey" | "outcomeFrom">;

const noBody: Body = { form: "empty", bytes: new Uint8Array(0) };

export class Keeper {
  readonly #zone: CacheZone;
  readonly #lookup: CacheLookup;
  readonly #tags: readonly string[];
  readonly #vary: readonly string[];
  readonly #times: RouteTimes;
  readonly #encoding: TextEncoding;
  readonly #count: (name: CacheCount) => void;

  constructor(
    zone: CacheZone,
    lookup: CacheLookup,
    options: CacheOptions,
    times: RouteTimes,
    encoding: TextEncoding,
    count: (name: CacheCount) => void,
  ) {
    this.#zone = zone;
    this.#lookup = lookup;
    this.#tags = options.tags ?? [];
    this.#vary = (options.vary ?? []).map((name) => name.toLowerCase());
    this.#times = { ttlMs: options.ttlMs ?? times.ttlMs, staleMs: options.staleMs ?? times.staleMs };
    this.#encoding = encoding;
    this.#count = count;
  }

  begin({ context, directives, urlKey, outcomeFrom }: FillingOrder): Filling {
    const { headers } = context.request;
    return {
      context,
      directives,
      urlKey,
      outcomeFrom,
      purgesSeen: this.#zone.purges,
      startedMs: Date.now(),
      headers,
      isAuthorized: context.user !== undefined || headers.has("authorization"),
    };
  }

  /** The reply to send: the same, except that what had to be read or made into text comes back as such. */
  keep(given: Reply, filling: Filling): Reply | Promise<Reply> {
    const { context, outcomeFrom } = filling;
    const head = captureHead(given, context.outcome, outcomeFrom);
    const keep = storePolicy(filling, head, this.#times, filling.startedMs);
    const reply = head.header("cache-tag") === undefined ? given : withoutTags(given, context.outcome);
    if (typeof keep === "string") return this.#refused(keep, reply, filling);
    if (!isSendable(head)) return this.#refused("unsendable", reply, filling);
    const names = varyNames(head.header("vary"), this.#vary);
    if (names === undefined) return this.#refused("vary", reply, filling);
    const store = (body: Body) => this.#store(head, body, keep, names, filling);
    if (reply instanceof Response) return this.#keepResponse(reply, head, store, filling);
    if (reply === undefined) {
      store(noBody);
      return reply;
    }
    if (reply instanceof Uint8Array) {
      store(bytesBody(reply, true));
      return reply;
    }
    const text = textOf(reply);
    if (text === undefined) return this.#refused("unsendable", reply, filling);
    this.#encoding.withBytes(text, (bytes) => store(textBody(text, bytes)));
    // JSON is made into text once, for the cache and for the client.
    return typeof reply === "string" ? reply : new JsonText(text);
  }

  async #keepResponse(
    response: Response,
    head: CapturedHead,
    store: (body: Body) => void,
    filling: Filling,
  ): Promise<Reply> {
    if (response.body === null) {
      store(noBody);
      return response;
    }
    // A stream of events has no end that would be worth waiting for.
    const length = Number(head.header("content-length") ?? 0);
    if (/^text\/event-stream/i.test(head.header("content-type") ?? ""))
      return this.#refused("stream", response, filling);
    if (length > this.#zone.layout.entryBytesMax) return this.#refused("size", response, filling);
    const { whole, stream, later } = await collectBody(response.body, this.#zone.layout.entryBytesMax);
    const hasType = head.header("content-type") !== undefined;
    if (whole !== undefined) store(bytesBody(whole, hasType));
    else {
      void later.then((bytes) => {
        if (bytes !== undefined) store(bytesBody(bytes, hasType));
        else this.#refused("size", undefined, filling);
      });
    }
    const { status, headers } = response;
    return new Response(whole ?? stream ?? null, { status, headers });
  }

  #store(head: CapturedHead, body: Body, keep: Keep, names: readonly string[], filling: Filling): void {
    const tags = [...new Set([...this.#tags, ...tagsOf(head)])];
    if (tags.length > TAGS_MAX) {
      this.#count("tags");
      return;
    }
    const { startedMs, purgesSeen, urlKey } = filling;
    const storedMs = startedMs - keep.ageMs;
    const freshMs = storedMs + keep.freshForMs;
    const times: EntryTimes = {
      storedMs,
      freshMs,
      staleMs: freshMs + keep.staleForMs,
      errorMs: freshMs + keep.errorForMs,
    };
    const hashes = tags.flatMap((tag) => [...this.#zone.tag(tag)]);
    const key = names.length === 0 ? urlKey : this.#variant(urlKey, names, times, hashes, filling);
    const { status, headers } = head;
    const text = headText({ status, headers, mustRevalidate: keep.mustRevalidate });
    const entry = { ...times, form: body.form, body: body.bytes, tags: hashes };
    const stored = this.#put(key, text, entry, purgesSeen);
    this.#count(stored === "stored" ? "store" : stored);
    if (stored === "size") this.#pass(filling);
  }

  /** The key of a variant, once the URL's own entry tells by which headers its replies vary. */
  #variant(
    urlKey: string,
    names: readonly string[],
    times: EntryTimes,
    tags: readonly number[],
    { headers, purgesSeen }: Filling,
  ): string {
    const known = this.#lookup.find(urlKey);
    const marker = known?.form === "vary" ? known : undefined;
    const all = varyNames([...names, ...(marker?.names ?? [])].join(","), []) ?? names;
    const lasts = marker !== undefined && marker.freshMs >= times.staleMs;
    if (!lasts || all.length > marker.names.length) {
      // It must last as long as each variant, or they could not be found.
      const freshMs = Math.max(times.freshMs, times.staleMs, times.errorMs, marker?.freshMs ?? 0);
      const entry = { storedMs: times.storedMs, freshMs, staleMs: freshMs, errorMs: freshMs, tags };
      this.#put(urlKey, all.join(","), { ...entry, form: "vary", body: noBody.bytes }, purgesSeen);
    }
    return variantOf(urlKey, all, headers);
  }

  /** The zone copies head and body before it returns. */
  #put(key: string, head: string, entry: Omit<NewEntry, "head">, purgesSeen: number): Stored | "key" | "size" {
    return this.#encoding.withBytes(head, (bytes) =>
      this.#zone.store(key, { ...entry, head: bytes }, Date.now(), purgesSeen),
    );
  }

  #refused<R extends Reply>(reason: Refusal, reply: R, filling: Filling): R {
    this.#count(reason);
    if (lasting.has(reason)) this.#pass(filling);
    return reply;
  }

  /** Later misses need not wait for each other: waiting brings them nothing. */
  #pass({ urlKey, purgesSeen }: Filling): void {
    const nowMs = Date.now();
    const untilMs = nowMs + PASS_MS;
    const times: EntryTimes = { storedMs: nowMs, freshMs: untilMs, staleMs: untilMs, errorMs: untilMs };
    if (this.#lookup.find(urlKey) !== undefined) return;
    const text = headText({ status: 0, headers: [], mustRevalidate: false });
    this.#put(urlKey, text, { ...times, form: "pass", body: noBody.bytes, tags: [] }, purgesSeen);
  }
}

/** Tags are the cache's, not the client's. */
export function withoutTags(reply: Reply, outcome: Outcome | undefined): Reply {
  if (outcome !== undefined) {
    for (let at = outcome.headers.length - 1; at >= 0; at -= 1) {
      if (outcome.headers[at]?.[0].toLowerCase() === "cache-tag") outcome.headers.splice(at, 1);
    }
  }
  if (!(reply instanceof Response) || !reply.headers.has("cache-tag")) return reply;
  const headers = new Headers(reply.headers);
  headers.delete("cache-tag");
  return new Response(reply.body, { status: reply.status, headers });
}
