/**
 * The sessions that this worker holds: a small object of state each, as a server that keeps its users' state in memory
 * has them. A client finds its session on the connection that it was made on, because that stays with its worker.
 */
import { HttpError } from "../../../src/http/http-error.ts";
import type { Json } from "../../../src/http/route.ts";

/** As many as the setting bench.sessions may ask for. */
const SESSIONS_MAX = 1_000_000;

interface Session {
  readonly id: string;
  readonly createdMs: number;
  readonly state: unknown;
  visits: number;
  lastVisitMs: number;
}

const sessions = new Map<string, Session>();

export function createSession(id: string, state: unknown): Json {
  if (sessions.size >= SESSIONS_MAX) throw new HttpError(503, "SESSIONS_FULL", "No further session is held.");
  const createdMs = Date.now();
  sessions.set(id, { id, createdMs, state, visits: 0, lastVisitMs: createdMs });
  return { id };
}

export function useSession(id: string): Json {
  const session = sessions.get(id);
  if (!session) throw new HttpError(404, "NO_SESSION", "This worker holds no session of that id.");
  session.visits += 1;
  session.lastVisitMs = Date.now();
  return { id: session.id, visits: session.visits };
}
