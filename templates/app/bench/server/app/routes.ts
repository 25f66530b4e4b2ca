/** The bench's routes: one for each kind of work that a figure is about. */
import { HttpError } from "../../../src/http/http-error.ts";
import { constant, defineRoutes, type Route } from "../../../src/http/route.ts";
import { cachedAnswer } from "./answer-store.ts";
import { CONSTANT_TEXT, GREETING, listOf, TEXT } from "./answers.ts";
import { createSession, useSession } from "./sessions.ts";

/** Longer than any bench: what is in the cache stays fresh. */
const HOUR_MS = 3_600_000;

/** `hasCache`: whether the server has the feature `response-cache`; a route may not ask for what nobody does. */
export function benchRoutes(hasCache: boolean): readonly Route[] {
  const fresh = hasCache ? { cache: { ttlMs: HOUR_MS } } : {};
  // Fresh for a moment only, so that nearly every request runs the handler and stores its answer.
  const brief = hasCache ? { cache: { ttlMs: 1, staleMs: 0 } } : {};
  return defineRoutes({
    // Where the runtime has static routes it is sent without any JavaScript.
    "GET /constant": constant(CONSTANT_TEXT, { headers: { "content-type": "text/plain; charset=utf-8" } }),
    "GET /json": () => GREETING,
    "GET /users/:id": ({ params }) => ({ id: params.id }),
    "POST /echo": (context) => context.bytes(),
    "POST /json": async (context) => ({ items: itemsOf(await context.json()) }),
    "POST /upload": async (context) => ({ bytes: (await context.bytes()).length }),
    "GET /text": () => TEXT,
    // Three times the same work: kept, kept for a moment, and done each time.
    "GET /cached/:id": { ...fresh, handler: ({ params }) => listOf(params.id) },
    "GET /brief/:id": { ...brief, handler: ({ params }) => listOf(params.id) },
    "GET /uncached/:id": ({ params }) => listOf(params.id),
    // The sessions' workload: with the feature the cache keeps the answers, else the route itself.
    "GET /answers/:id": { ...fresh, handler: ({ params }) => (hasCache ? listOf(params.id) : cachedAnswer(params.id)) },
    "POST /sessions/:id": async (context) => createSession(context.params.id, await context.json()),
    "GET /sessions/:id": ({ params }) => useSession(params.id),
  });
}

function itemsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  throw new HttpError(400, "NO_LIST", "This route takes a JSON list.");
}
