/**
 * Mounts another app: anything with the standard fetch signature (Hono, Elysia, h3, an `app.fetch`) answers everything
 * below a prefix, inside this server's pipeline, features and limits.
 *
 *   export const routes = [...defineRoutes({ ... }), ...mount("/api", api)];
 *
 * Other routes below the prefix win, because they are more specific; `mount("/", app)` answers what nothing else does. The
 * app has its own way with methods, parameters and 404. What it throws is a handler's error.
 */
import { canonicalPath } from "./canonical-path.ts";
import type { Context } from "./context.ts";
import { HttpError } from "./http-error.ts";
import { pathOf } from "./path-of.ts";
import type { Reply, Route } from "./route.ts";
import type { RouteOptions } from "./route-options.ts";

/** The part of fetch-style apps that is used. */
export type FetchApp =
  | ((request: Request) => Response | Promise<Response>)
  | { readonly fetch: (request: Request) => Response | Promise<Response> };

export interface MountOptions extends RouteOptions {
  /** Whether the app sees the whole path; without this it sees what follows the prefix. */
  readonly keepPrefix?: boolean;
}

const PREFIX = /^(?:\/|(?:\/[\w.~-]+)+)$/;

/** @param prefix "/api", without a slash at its end, or "/" @throws TypeError for another prefix */
export function mount(prefix: string, app: FetchApp, options: MountOptions = {}): readonly Route[] {
  if (!PREFIX.test(prefix)) throw new TypeError(`"${prefix}" is no prefix to mount at: write "/api", or "/" for all`);
  const { keepPrefix = false, ...routeOptions } = options;
  const fetch: Fetch = typeof app === "function" ? app : (request) => app.fetch(request);
  const hidden = keepPrefix || prefix === "/" ? 0 : prefix.split("/").length - 1;
  const handler = (context: Context): Reply | Promise<Reply> => answer(fetch, context, hidden);
  const patterns = prefix === "/" ? ["/*"] : [prefix, `${prefix}/*`];
  return patterns.map((pattern) => ({ method: "*", pattern, options: routeOptions, handler }));
}

type Fetch = (request: Request) => Response | Promise<Response>;

function answer(fetch: Fetch, context: Context, hidden: number): Response | Promise<Response> {
  const { request } = context;
  const url = urlWithout(context, hidden);
  const body = boundedBody(context);
  if (url === request.url && body === undefined) return fetch(request);
  const { method, headers } = request;
  // The signal is left out: Deno aborts it after each success as well (its legacy behaviour), and apps see a client that
  // leaves by the end of their streams. A body that is a stream must say so; no runtime's types know the member.
  const stream = body ? body.stream : request.body;
  const seen = new Request(url, { method, headers, body: stream, duplex: "half" } as RequestInit);
  return body ? unlessTooLarge(fetch(seen), body) : fetch(seen);
}

/**
 * The URL without the first `hidden` segments of its path, in the one spelling by which the route was found.
 *
 * @throws HttpError 400 for a host that no URL may have
 */
function urlWithout(context: Context, hidden: number): string {
  const { url } = context.request;
  const path = pathOf(url);
  const canonical = canonicalPath(path);
  if (hidden === 0 && canonical === path) return url;
  const rest = canonical.split("/").slice(hidden + 1);
  const { origin, search } = context.url;
  return `${origin}/${rest.join("/")}${search}`;
}

interface BoundedBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Set when the stream has ended early because of its size. */
  error: HttpError | undefined;
}

/**
 * undefined: the body's length is declared, or there is none, and the runtime holds the client to that. Other bodies are
 * counted on their way through, because the app may well read them to the end.
 *
 * @throws HttpError 413 for a declared length above the limit
 */
function boundedBody({ request, bodyBytesMax }: Context): BoundedBody | undefined {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const declared = request.headers.get("content-length");
  if (declared !== null) {
    if (Number(declared) > bodyBytesMax) throw tooLarge(bodyBytesMax);
    return undefined;
  }
  const { body } = request;
  return body === null ? undefined : counted(body as ReadableStream<Uint8Array>, bodyBytesMax);
}

function counted(source: ReadableStream<Uint8Array>, bytesMax: number): BoundedBody {
  let total = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total <= bytesMax) {
        controller.enqueue(chunk);
        return;
      }
      bounded.error = tooLarge(bytesMax);
      controller.error(bounded.error);
    },
  });
  const bounded: BoundedBody = { stream: source.pipeThrough(counter), error: undefined };
  return bounded;
}

/** Whatever the app made of the broken body, the client is told why. */
async function unlessTooLarge(answered: Response | Promise<Response>, body: BoundedBody): Promise<Response> {
  try {
    const response = await answered;
    if (!body.error) return response;
    await response.body?.cancel();
  } catch (error) {
    throw body.error ?? error;
  }
  throw body.error;
}

function tooLarge(bytesMax: number): HttpError {
  return new HttpError(413, "BODY_TOO_LARGE", `The body is larger than ${bytesMax} bytes.`);
}
