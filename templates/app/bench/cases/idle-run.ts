/**
 * One run of the idle bench: a fresh server at rest, the same with all connections open, and once more after they closed.
 *
 * The server has answered before its memory at rest is read, so what the first request brings is not counted for the
 * connections. While they are open it is asked from outside: a server that holds many and answers nobody would not do.
 */

import type { IdleOrder } from "../load/order.ts";
import { runLoad } from "../load/run-load.ts";
import { pause } from "../method/pause.ts";
import { PROC_REASON } from "../method/server-meter.ts";
import { median } from "../method/statistics.ts";
import type { FigureName } from "../report/figure-table.ts";
import { CONSTANT_TEXT } from "../server/app/answers.ts";
import { askServer } from "../server/ask-server.ts";
import { processTree, residentOf } from "../server/cpu-time.ts";
import { openFilesOf } from "../server/open-files.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { ServerSpec, Session } from "./bench.ts";
import { knownRequest, verify } from "./bench-requests.ts";

export interface IdleRun {
  readonly figures: Readonly<Partial<Record<FigureName, number>>>;
  readonly failures: Readonly<Record<string, number>>;
}

export interface IdleCase {
  readonly server: ServerSpec;
  readonly protocol: IdleOrder["protocol"];
  readonly connections: number;
}

/** The path that HTTP connections ask for, and the one that WebSockets are opened on. */
const REQUEST = knownRequest("GET", "/constant", CONSTANT_TEXT);
const SOCKET_PATH = "/ws/echo";
/** Half of the promised 5,000 new connections per second: the server is to be filled, not to be tried. */
export const OPEN_PER_S = 2500;
/** What starting, opening or closing has allocated is collected or settled after this. */
export const REST_SECONDS = 0.5;
/** Requests from outside while all are open, one after the other, each on a connection of its own. */
const PROBES = 20;

export async function runIdle(session: Session, plan: IdleCase): Promise<IdleRun | undefined> {
  const server = await session.startServer(plan.server);
  const death = new AbortController();
  server.died.catch(() => death.abort());
  const interrupt = AbortSignal.any([session.interrupt, death.signal]);
  try {
    for (let asked = 0; asked < PROBES; asked += 1) await verify(server, REQUEST);
    await Promise.race([pause(REST_SECONDS, interrupt), server.died]);
    const rest = stateOf(server);
    if (plan.connections === 0) {
      const probes = await probe(server, interrupt);
      return interrupt.aborted
        ? undefined
        : { figures: { ...rest, ...latencies(probes), connections_count: 0 }, failures: {} };
    }
    const open = await Promise.race([holdOpen(server, plan, session.sizes.seconds, interrupt), server.died]);
    if (!open) return undefined;
    await Promise.race([pause(REST_SECONDS, interrupt), server.died]);
    const after = stateOf(server);
    return interrupt.aborted ? undefined : { figures: figuresOf(rest, open, after), failures: failuresOf(rest, open) };
  } finally {
    death.abort();
    await server.stop();
  }
}

export function idleOrder(
  { host, port }: Pick<ServerProcess, "host" | "port">,
  { protocol, connections }: Omit<IdleCase, "server">,
): IdleOrder {
  const path = protocol === "http" ? REQUEST.path : SOCKET_PATH;
  return { kind: "idle", target: { host, port }, protocol, path, connections, openPerS: OPEN_PER_S };
}

interface State {
  readonly server_rss_bytes?: number;
  readonly server_fds?: number;
}

function stateOf({ pid }: ServerProcess): State {
  if (PROC_REASON !== undefined) return {};
  const pids = processTree(pid);
  return { server_rss_bytes: residentOf(pids).nowBytes, server_fds: openFilesOf(pids) };
}

interface Held {
  readonly state: State;
  /** Open at the end, by the generator's count. */
  readonly connections: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Latencies of the requests that were answered while all were open. */
  readonly probesMs: readonly number[];
}

async function holdOpen(
  server: ServerProcess,
  plan: IdleCase,
  seconds: number,
  interrupt: AbortSignal,
): Promise<Held | undefined> {
  let state: State = {};
  let probesMs: readonly number[] = [];
  const windowEnd = new AbortController();
  let probing: Promise<unknown> = Promise.resolve();
  const counts = await runLoad(
    idleOrder(server, plan),
    { warmupSeconds: REST_SECONDS, seconds },
    {
      threads: 1,
      spins: false,
      interrupt,
      onWindow() {
        probing = probe(server, AbortSignal.any([interrupt, windowEnd.signal])).then((latenciesMs) => {
          probesMs = latenciesMs;
        });
        return () => {
          state = stateOf(server);
          windowEnd.abort();
        };
      },
    },
  );
  await probing;
  return counts && !interrupt.aborted
    ? { state, connections: counts.done, failures: counts.failures, probesMs }
    : undefined;
}

/** Those that were answered as they must be before the signal. */
async function probe(server: ServerProcess, signal: AbortSignal): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let asked = 0; asked < PROBES && !signal.aborted; asked += 1) {
    const startMs = performance.now();
    const isAnswered = await askServer(server, REQUEST).then(
      ({ status, body }) => status === REQUEST.expected.status && body.toString() === REQUEST.answer,
      () => false,
    );
    if (isAnswered && !signal.aborted) latenciesMs.push(performance.now() - startMs);
  }
  return latenciesMs;
}

function figuresOf(rest: State, { state, connections, probesMs }: Held, after: State): IdleRun["figures"] {
  const grownBytes = (state.server_rss_bytes ?? Number.NaN) - (rest.server_rss_bytes ?? Number.NaN);
  const perConnection = connections > 0 && !Number.isNaN(grownBytes);
  return {
    ...state,
    ...(perConnection ? { server_rss_bytes_per_connection: grownBytes / connections } : {}),
    ...(after.server_rss_bytes === undefined ? {} : { server_rss_closed_bytes: after.server_rss_bytes }),
    ...latencies(probesMs),
    connections_count: connections,
  };
}

function latencies(probesMs: readonly number[]): IdleRun["figures"] {
  return probesMs.length === 0
    ? {}
    : { latency_p50_us: median(probesMs) * 1000, latency_max_us: Math.max(...probesMs) * 1000 };
}

/** The generator sees what it is told; that the server really holds as many, the kernel says. */
function failuresOf(rest: State, { state, connections, failures, probesMs }: Held): IdleRun["failures"] {
  const held = (state.server_fds ?? connections) - (rest.server_fds ?? 0);
  const unheld = Math.max(0, connections - held);
  const unanswered = probesMs.length === 0 ? 1 : 0;
  return { ...failures, ...(unheld > 0 ? { unheld } : {}), ...(unanswered > 0 ? { unanswered } : {}) };
}
