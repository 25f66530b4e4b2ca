/**
 * What a handler gets: the standard request, typed parameters, and bounded readers.
 *
 * Everything beyond the request itself is lazy: on both runtimes touching the URL or the headers costs more than the
 * rest of a small request, so a handler pays only for what it reads.
 */
import type { Arena } from "../memory/arena.ts";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import type { Peer } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { type BodyLimits, type Reservation, readBody } from "./body.ts";
import { isHost } from "./host.ts";
import { HttpError, noPlace, urlTooLong } from "./http-error.ts";
import { type Part, parseParts } from "./multipart.ts";
import { boundaryOf } from "./multipart-boundary.ts";
import type { PathParams } from "./parameter-types.ts";
import { hasControl } from "./reply.ts";
import type { Reply, Route } from "./route.ts";

/** What all requests of one worker share. */
export interface ContextServices extends BodyLimits {
  readonly memory: WorkerMemory;
  readonly urlBytesMax: number;
  /** Calls back when the client leaves before it has the whole answer; some runtimes also do so after a success. */
  onDeparture(request: Request, peer: Peer, left: () => void): void;
  address(request: Request, peer: Peer): string;
  /** The client's address as trusted proxies tell it; `address` where none is trusted. */
  client(context: Context): string;
  /** A new request id. */
  nextId(): string;
}

/** What handler and middleware add to a reply. */
export interface Outcome {
  status: number | undefined;
  readonly headers: [name: string, value: string][];
}

export class Context<Params = PathParams> {
  readonly request: Request;
  /** Percent-decoded path parameters by name; "*" is the rest of a wildcard path. */
  readonly params: Params;
  /** undefined: no route has this path. */
  readonly route: Route | undefined;
  /** Added status and headers; undefined while there are none. */
  outcome: Outcome | undefined;
  /** When the pipeline took the request, by this thread's performance.now(): a reading costs more than a property. */
  startedMs = 0;
  /** Who the request proved to be; set by the feature `auth`. */
  user: string | undefined;
  readonly #peer: Peer;
  readonly #services: ContextServices;
  #url: URL | undefined;
  #reserved: Reservation | undefined;
  #answered = false;
  #hasPlace = false;
  #id: string | undefined;
  #client: string | undefined;
  /** Few: one per feature that holds something for the request. */
  #held: (() => void)[] | undefined;
  #abort: AbortController | undefined;
  #aborted: unknown;
  #arena: Arena | undefined;
  /** Why work of the handler may go on when the client is answered: it works behind an answer, or it failed, or is late. */
  #runsOn: "behind" | "failed" | undefined;

  constructor(request: Request, params: Params, peer: Peer, route: Route | undefined, services: ContextServices) {
    this.request = request;
    this.params = params;
    this.route = route;
    this.#peer = peer;
    this.#services = services;
  }

  /** This request's id: unique among all workers, in the log and, with the feature `request-id`, in the response. */
  get id(): string {
    this.#id ??= this.#services.nextId();
    return this.#id;
  }

  set id(value: string) {
    this.#id = value;
  }

  /** Aborted when the handler's time is up, and when the client leaves before it is answered. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#aborted !== undefined) this.#abort.abort(this.#aborted);
      else if (!this.#answered) this.#services.onDeparture(this.request, this.#peer, () => this.#left());
    }
    return this.#abort.signal;
  }

  #left(): void {
    if (!this.#answered) this.abort(new HttpError(400, "CLIENT_GONE", "The client left before it was answered."));
  }

  /** Ends what listens to `signal`. */
  abort(reason: unknown): void {
    this.#aborted = reason;
    this.#abort?.abort(reason);
  }

  /** Adds a header to the reply, whatever it is; the last one of a name counts. @throws TypeError on a control character */
  setHeader(name: string, value: string): void {
    if (hasControl(value)) throw new TypeError(`the response header "${name}" has a control character`);
    this.outcome ??= { status: undefined, headers: [] };
    this.outcome.headers.push([name, value]);
  }

  /** The status of a reply that is no Response. */
  setStatus(status: number): void {
    this.outcome ??= { status: undefined, headers: [] };
    this.outcome.status = status;
  }

  /**
   * @throws HttpError 414 above limits.url_bytes_max, and 400 for a Host that is malformed or there twice, where to check
   *   that for each request costs too much
   */
  get url(): URL {
    if (!this.#url) {
      const text = this.request.url;
      if (text.length > this.#services.urlBytesMax) throw urlTooLong(this.#services.urlBytesMax);
      this.#url = parsed(text, this.request.headers.get("host"));
    }
    return this.#url;
  }

  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  /** IP address of the other side of the connection: the client's, or the proxy's. */
  get address(): string {
    return this.#services.address(this.request, this.#peer);
  }

  /** IP address of the client: what trusted proxies say, else `address`. */
  get client(): string {
    this.#client ??= this.#services.client(this as unknown as Context);
    return this.#client;
  }

  /** Size of the largest body that this route takes. */
  get bodyBytesMax(): number {
    return this.route?.options.bodyBytesMax ?? this.#services.bodyBytesMax;
  }

  /**
   * Short-lived memory of this request, from the worker's pool: views and offsets hold until the handler is done, and its
   * `onReset` hooks run then. Text, bytes and values that a handler returns are copied before; the body of a Response
   * may not lie in it when that is a stream. Once the request is answered this is an arena that no other request ever has,
   * in debug mode an error: what outlives the handler takes memory of its own.
   */
  get arena(): Arena {
    const { arenas } = this.#services.memory;
    this.#arena ??= this.#answered && this.#runsOn !== "behind" ? arenas.late() : arenas.take();
    return this.#arena;
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /**
   * The whole body. While it is on its way the request holds no place in flight: clients that send slowly must not keep
   * others out. Throws HttpError 413 above limits.body_bytes_max, and 503 when all bodies together are too many or when
   * there is no place once it is there.
   */
  async bytes(): Promise<Uint8Array> {
    this.#reserved ??= { kib: 0, closed: this.#answered, stop: undefined, isHeld: false };
    this.#leave();
    try {
      const bytes = await readBody(this.request, this.#services, this.#reserved, this.route?.options.bodyBytesMax);
      if (this.enter()) return bytes;
    } catch (error) {
      // What the handler does about the failure is work again; a server that is full by now lets it end.
      this.enter();
      throw error;
    } finally {
      if (this.#answered) this.#giveBackBody(this.#reserved);
    }
    add(this.#services.zones.counters, counter.refusedInFlight, 1);
    throw noPlace();
  }

  /** Takes a place in flight, given back by `release`; false: all are taken. */
  enter(): boolean {
    // Once it is answered the request is not in flight, whatever its handler still does.
    if (this.#hasPlace || this.#answered) return true;
    this.#hasPlace = this.#services.zones.inFlight.acquire(1);
    return this.#hasPlace;
  }

  #leave(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#services.zones.inFlight.release(1);
  }

  /** The body as UTF-8; malformed bytes become U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** The body as JSON. Throws HttpError 400 when it is none. */
  async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new HttpError(400, "BODY_NOT_JSON", "The body is not valid JSON.");
    }
  }

  /**
   * The fields and files of a form (multipart/form-data), as views into its body. A file's name is the client's word: it is
   * no path. Throws HttpError 415 where the body is no form, 400 where it is malformed, 413 for more than 1000 parts.
   */
  async parts(): Promise<readonly Part[]> {
    const boundary = boundaryOf(this.header("content-type"));
    return parseParts(await this.bytes(), boundary);
  }

  /** A context of the same route and client for work that outlives this request, with a request of its own. */
  again(request: Request): Context<Params> {
    const context = new Context<Params>(request, this.params, this.#peer, this.route, this.#services);
    context.user = this.user;
    // Nobody waits for it: the client's leaving ends nothing.
    context.#answered = true;
    context.#runsOn = "behind";
    context.onAnswered(() => context.fail());
    return context;
  }

  /** Calls back once the request is answered: by its handler, or without it when its time is up. It must not throw. */
  onAnswered(giveBack: () => void): void {
    this.#held ??= [];
    this.#held.push(giveBack);
  }

  /** The handler failed or its time is up: what it has begun may go on. */
  fail(): void {
    this.#runsOn = "failed";
  }

  /** Gives back what is held for the request. The pipeline calls it once the response exists, which `reply` became. */
  release(reply?: Reply): void {
    this.#answered = true;
    this.#leave();
    if (this.#held) {
      for (const giveBack of this.#held) giveBack();
      this.#held = undefined;
    }
    if (this.#arena) this.#endArena(this.#arena, reply);
    if (!this.#reserved) return;
    this.#reserved.closed = true;
    // What arrives from now on would be held without being counted.
    this.#reserved.stop?.();
    // What cannot be stopped stays counted until it ends.
    if (!this.#reserved.isHeld) this.#giveBackBody(this.#reserved);
  }

  #giveBackBody(reserved: Reservation): void {
    if (reserved.kib > 0) this.#services.zones.bodiesKiB.release(reserved.kib);
    reserved.kib = 0;
  }

  /**
   * The safest rule: memory that somebody may still use is never another request's. That is the arena of a handler that is
   * late, of one that failed, because what ran beside the failure runs on, and of one that returned a Response: its body
   * may be a stream, which cannot be told cheaply.
   */
  #endArena(arena: Arena, reply: Reply): void {
    const { arenas } = this.#services.memory;
    if (this.#runsOn !== undefined || reply instanceof Response) arenas.abandon(arena);
    else arenas.give(arena);
    this.#arena = undefined;
  }
}

/** Runtimes hand out URLs that the parser refuses, when a client sends no host or a malformed one: its fault, not ours. */
function parsed(url: string, host: string | null): URL {
  try {
    if (host !== null && !isHost(host)) throw new TypeError("the host is malformed");
    return new URL(url);
  } catch {
    throw new HttpError(400, "HOST_MALFORMED", "The host or the path of the request is not valid.");
  }
}
