/**
 * What a handler gets: the standard request, typed parameters, and bounded readers.
 *
 * Everything beyond the request itself is lazy: on both runtimes touching the URL or the headers costs more than the
 * rest of a small request, so a handler pays only for what it reads.
 */
import type { Peer } from "../runtime/port.ts";
import { type BodyLimits, type Reservation, readBody } from "./body.ts";
import { HttpError } from "./http-error.ts";
import { hasControl } from "./reply.ts";
import type { Route } from "./route.ts";

/** What all requests of one worker share. */
export interface ContextServices extends BodyLimits {
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

export class Context<Params = Readonly<Record<string, string>>> {
  readonly request: Request;
  /** Percent-decoded path parameters by name; "*" is the rest of a wildcard path. */
  readonly params: Params;
  /** undefined: no route has this path. */
  readonly route: Route | undefined;
  /** Added status and headers; undefined while there are none. */
  outcome: Outcome | undefined;
  /** Who the request proved to be; set by the feature `auth`. */
  user: string | undefined;
  readonly #peer: Peer;
  readonly #services: ContextServices;
  #url: URL | undefined;
  #reserved: Reservation | undefined;
  #answered = false;
  #id: string | undefined;
  #client: string | undefined;
  #abort: AbortController | undefined;
  #aborted: unknown;

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

  /** Aborted when the handler's time is up. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#aborted !== undefined) this.#abort.abort(this.#aborted);
    }
    return this.#abort.signal;
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

  get url(): URL {
    this.#url ??= new URL(this.request.url);
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

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /** The whole body. Throws HttpError 413 above limits.body_bytes_max, 503 when all bodies together are too many. */
  async bytes(): Promise<Uint8Array> {
    this.#reserved ??= { kib: 0, closed: this.#answered };
    return readBody(this.request, this.#services, this.#reserved, this.route?.options.bodyBytesMax);
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

  /** Gives back what the body readers reserved. The pipeline calls it once the response exists. */
  release(): void {
    this.#answered = true;
    if (!this.#reserved) return;
    this.#reserved.closed = true;
    if (this.#reserved.kib > 0) this.#services.zones.bodiesKiB.release(this.#reserved.kib);
    this.#reserved.kib = 0;
  }
}
