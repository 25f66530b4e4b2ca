/**
 * The middleware: answers GET and HEAD of the routes that ask for it from the cache, and runs what is inside for the rest.
 *
 * A hit runs nothing inside: it is a remembered string, the reply's own headers and its age, as a plain reply, so that the
 * Responder adds the server's headers as to any other. What is inside and answers synchronously is stored synchronously.
 */
import type { Context } from "../../http/context.ts";
import { HttpError } from "../../http/http-error.ts";
import { type Handle, whenReady } from "../../http/middleware.ts";
import { pathOf } from "../../http/path-of.ts";
import type { Reply, Route } from "../../http/route.ts";
import type { CacheOptions } from "../../http/route-options.ts";
import type { Logger } from "../../log/logger.ts";
import type { TextEncoding } from "../../memory/encode-scratch.ts";
import type { Gauge } from "../../zones/gauge.ts";
import { runBehind } from "./background-run.ts";
import { type Directives, directivesOf } from "./cache-control.ts";
import type { CacheCount } from "./cache-counters.ts";
import { keyOf, variantOf } from "./cache-key.ts";
import type { CacheLookup, Entry } from "./cache-lookup.ts";
import type { CacheZone } from "./cache-zone.ts";
import type { Filler } from "./filler.ts";
import { type Filling, Keeper, withoutTags } from "./keeper.ts";
import type { RouteTimes } from "./store-policy.ts";
import { useOf } from "./use-policy.ts";
import { isNotModified } from "./validators.ts";

export interface CachingParts {
  readonly zone: CacheZone;
  readonly lookup: CacheLookup;
  readonly filler: Filler;
  readonly times: RouteTimes;
  readonly encoding: TextEncoding;
  /** Bound of a refresh, where the route has none of its own: that of a handler for whom a client waits. */
  readonly handlerMs: number;
  readonly inFlight: Gauge;
  readonly logger: Logger;
  readonly count: (name: CacheCount) => void;
}

/** Waits for other runs that one request makes: once for its URL, once more when that told of variants. */
const ROUNDS_MAX = 2;

/** What one request is looked up by. */
interface Search {
  readonly context: Context;
  readonly directives: Directives;
  readonly urlKey: string;
  key: string;
  entry: Entry | undefined;
  /** Headers that features outside had added before. */
  readonly outcomeFrom: number;
}

export class CachedRoute {
  readonly #next: Handle;
  readonly #parts: CachingParts;
  readonly #keeper: Keeper;
  readonly #query: readonly string[] | undefined;
  readonly #vary: readonly string[];
  readonly #isAnyMethod: boolean;
  readonly #limitMs: number;

  constructor(next: Handle, route: Route, options: CacheOptions, parts: CachingParts) {
    this.#next = next;
    this.#parts = parts;
    this.#keeper = new Keeper(parts.zone, parts.lookup, options, parts.times, parts.encoding, parts.count);
    this.#query = options.query;
    this.#vary = (options.vary ?? []).map((name) => name.toLowerCase()).sort();
    this.#isAnyMethod = route.method === "*";
    this.#limitMs = route.options.timeoutMs ?? parts.handlerMs;
  }

  handle(context: Context): Reply | Promise<Reply> {
    const { request } = context;
    const { method, headers } = request;
    if (this.#isAnyMethod && method !== "GET" && method !== "HEAD") return this.#next(context);
    // Pragma is not read: RFC 9111, section 5.4, deprecates it, and a second header would double what a hit reads.
    const directives = directivesOf(headers.get("cache-control"));
    const plain = keyOf(request.url, this.#query);
    const urlKey = this.#vary.length === 0 ? plain : variantOf(plain, this.#vary, headers);
    const outcomeFrom = context.outcome?.headers.length ?? 0;
    const search: Search = { context, directives, urlKey, key: urlKey, entry: undefined, outcomeFrom };
    this.#look(search);
    const found = this.#answerFound(search, directives);
    if (found !== undefined) return found === empty ? undefined : found;
    if (directives.has("only-if-cached")) {
      throw new HttpError(504, "NOT_CACHED", "The cache has no answer that the request accepts.");
    }
    // What HEAD gets may lack the body, and what must not be stored is nobody else's.
    if (method === "HEAD" || directives.has("no-store")) {
      this.#parts.count("bypass");
      return whenReady(this.#next(context), (reply) => withoutTags(reply, context.outcome));
    }
    this.#parts.count("miss");
    return search.entry?.form === "pass" ? this.#run(search) : this.#fill(search, 0);
  }

  #look(search: Search): void {
    const { lookup } = this.#parts;
    search.key = search.urlKey;
    search.entry = lookup.find(search.key);
    if (search.entry?.form !== "vary") return;
    search.key = variantOf(search.urlKey, search.entry.names, search.context.request.headers);
    search.entry = lookup.find(search.key);
  }

  #answerFound(search: Search, directives: Directives): Reply | undefined {
    const { entry, context } = search;
    if (entry === undefined || entry.form === "pass") return undefined;
    const nowMs = Date.now();
    const use = useOf(entry, directives, nowMs);
    if (use === "no") return undefined;
    this.#parts.count(use === "fresh" ? "hit" : "stale");
    if (use === "refresh") this.#refresh(search, nowMs);
    return this.#answer(entry, context, nowMs);
  }

  #answer(entry: Entry, context: Context, nowMs: number): Reply {
    context.outcome ??= { status: undefined, headers: [] };
    const { outcome } = context;
    for (const header of entry.headers) outcome.headers.push(header as [string, string]);
    // Whole seconds, rounded down (RFC 9111, section 5.1).
    outcome.headers.push(["age", String(Math.max(0, Math.floor((nowMs - entry.storedMs) / 1000)))]);
    if (isNotModified(context.request.headers, entry.etag, entry.lastModified)) {
      this.#parts.count("not_modified");
      outcome.status = 304;
      return empty;
    }
    outcome.status = entry.status;
    if (entry.form === "empty") return empty;
    // As a plain reply it would be given a type, which its handler did not do.
    if (!entry.hasType) return new Response(entry.reply as Uint8Array<ArrayBuffer>, { status: entry.status });
    return entry.reply;
  }

  /** Runs the handler for this key, or waits for somebody else's run. */
  #fill(search: Search, round: number): Reply | Promise<Reply> {
    const { filler, count } = this.#parts;
    const { key } = search;
    if (round >= ROUNDS_MAX) return this.#run(search);
    const other = filler.join(key, Date.now());
    if (other !== undefined) return this.#afterOther(search, other, round);
    count("led");
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.#run(search);
    } catch (error) {
      filler.ended(key);
      throw error;
    }
    if (reply instanceof Promise) filler.begun(key, reply);
    else filler.ended(key);
    return reply;
  }

  async #afterOther(search: Search, other: Promise<void>, round: number): Promise<Reply> {
    const { key } = search;
    const idBefore = search.entry?.id;
    await other;
    this.#look(search);
    // A reply made since is as new as one of this request's own: it need not ask whether that is new enough.
    const isNew = search.entry !== undefined && search.entry.id !== idBefore;
    const found = this.#answerFound(search, isNew ? anything : search.directives);
    if (found !== undefined) return found === empty ? undefined : found;
    // Only a variant that became known just now is worth another wait.
    return this.#fill(search, search.key === key ? ROUNDS_MAX : round + 1);
  }

  /** Runs what is inside, keeps what comes of it, and falls back on a stale reply where that is allowed. */
  #run(search: Search): Reply | Promise<Reply> {
    const filling = this.#keeper.begin(search);
    let reply: Reply | Promise<Reply>;
    try {
      reply = this.#next(search.context);
    } catch (error) {
      return this.#insteadOf(error, search);
    }
    if (!(reply instanceof Promise)) return this.#finish(reply, search, filling);
    return reply.then(
      (value) => this.#finish(value, search, filling),
      (error) => this.#insteadOf(error, search),
    );
  }

  #finish(reply: Reply, search: Search, filling: Filling): Reply | Promise<Reply> {
    const status = search.context.outcome?.status ?? (reply instanceof Response ? reply.status : 200);
    const stale = status >= 500 ? staleFor(search) : undefined;
    if (stale === undefined) return this.#keeper.keep(reply, filling);
    if (reply instanceof Response) void reply.body?.cancel();
    return this.#answerStale(stale, search);
  }

  #insteadOf(error: unknown, search: Search): Reply {
    this.#parts.count("failed");
    const stale = error instanceof HttpError && error.status < 500 ? undefined : staleFor(search);
    if (stale === undefined) throw error;
    return this.#answerStale(stale, search);
  }

  #answerStale(entry: Entry, { context, outcomeFrom }: Search): Reply {
    this.#parts.count("error");
    // What a failed run added is not the stale reply's.
    context.outcome = { status: undefined, headers: context.outcome?.headers.slice(0, outcomeFrom) ?? [] };
    const reply = this.#answer(entry, context, Date.now());
    return reply === empty ? undefined : reply;
  }

  /** Makes a new reply behind the answer of the old one, with a request of its own: the client's ends with its answer. */
  #refresh({ context, directives, urlKey, key }: Search, nowMs: number): void {
    const { filler, inFlight, logger, count } = this.#parts;
    if (!filler.mayRefresh(key, nowMs)) return;
    // Made before a place is taken: what throws here must hold nothing.
    const request = unconditional(context.request);
    if (request === undefined || !inFlight.acquire(1)) {
      filler.ended(key);
      return;
    }
    count("refreshed");
    const path = pathOf(context.request.url);
    const again = context.again(request);
    const search: Search = { context: again, directives, urlKey, key, entry: undefined, outcomeFrom: 0 };
    const work = runBehind(again, () => this.#run(search), this.#limitMs)
      .catch((error) => logger.error("a refresh of the response cache failed", { path, error: String(error) }))
      .finally(() => {
        again.release();
        inFlight.release(1);
      });
    filler.begun(key, work);
  }
}

function staleFor({ entry }: Search): Entry | undefined {
  if (entry === undefined || entry.form === "pass" || entry.form === "vary") return undefined;
  return Date.now() < entry.errorMs ? entry : undefined;
}

const anything: Directives = new Map();

/** Stands for a reply without a body where `undefined` already means "not found". */
const empty = "";

/**
 * Conditions and ranges are about one client's copy.
 *
 * @returns undefined: no request can be made of its URL, because the client sent no host or a malformed one
 */
function unconditional(request: Request): Request | undefined {
  const headers = new Headers(request.headers);
  for (const name of ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"]) {
    headers.delete(name);
  }
  return URL.canParse(request.url) ? new Request(request.url, { headers }) : undefined;
}
