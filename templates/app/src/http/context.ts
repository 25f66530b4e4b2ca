/**
 * What a handler gets: the standard request, typed parameters, and bounded readers.
 *
 * Everything beyond the request itself is lazy: on both runtimes touching the URL or the headers costs more than the
 * rest of a small request, so a handler pays only for what it reads.
 */
import type { Peer } from "../runtime/port.ts";
import { type BodyLimits, type Reservation, readBody } from "./body.ts";
import { HttpError } from "./http-error.ts";

/** What all requests of one worker share. */
export interface ContextServices extends BodyLimits {
  address(request: Request, peer: Peer): string;
}

export class Context<Params = Readonly<Record<string, string>>> {
  readonly request: Request;
  /** Percent-decoded path parameters by name; "*" is the rest of a wildcard path. */
  readonly params: Params;
  readonly #peer: Peer;
  readonly #services: ContextServices;
  #url: URL | undefined;
  #reserved: Reservation | undefined;
  #answered = false;

  constructor(request: Request, params: Params, peer: Peer, services: ContextServices) {
    this.request = request;
    this.params = params;
    this.#peer = peer;
    this.#services = services;
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

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  /** The whole body. Throws HttpError 413 above limits.body_bytes_max, 503 when all bodies together are too many. */
  async bytes(): Promise<Uint8Array> {
    this.#reserved ??= { kib: 0, closed: this.#answered };
    return readBody(this.request, this.#services, this.#reserved);
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
