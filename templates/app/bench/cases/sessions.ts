/**
 * `bench:sessions`: a server with state. So many sessions are made and used, so many answers are made, kept and read again:
 * the same amount of work in each run, each on a fresh server, so that what differs between runs is the server's and the
 * machine's, and memory is that of a known state.
 */
import { mergeInto, newHistogram, quantileUs } from "../load/latency-histogram.ts";
import { latencyPointsOf } from "../load/latency-of.ts";
import type { RequestOrder } from "../load/order.ts";
import { WorkConnection, type WorkTally, workTally } from "../load/work-connection.ts";
import { meterOf, PROC_REASON } from "../method/server-meter.ts";
import { untilAborted } from "../method/until-aborted.ts";
import type { CaseDocument } from "../report/document.ts";
import type { SampleFigures } from "../report/figures.ts";
import { listOf } from "../server/app/answers.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { Bench, ServerSpec, Session } from "./bench.ts";
import { documentOf } from "./bench-document.ts";
import { knownRequest } from "./bench-requests.ts";
import { figureCase } from "./figure-case.ts";

export const sessionsBench: Bench = {
  name: "sessions",
  title: "Sessions and kept answers",
  refuse: () => undefined,
  // Only for those who ask for it: it measures a way of building servers, not this server.
  suits: () => false,
  async run(session) {
    const phases = phasesOf(session);
    const runs: (readonly PhaseRun[])[] = [];
    for (let run = 1; run <= session.sizes.runs && !session.interrupt.aborted; run += 1) {
      const results = await runOnce(session, phases, `run ${run} of ${session.sizes.runs}`);
      if (results) runs.push(results);
    }
    const cases = phases.map((phase, index) =>
      phaseCase(
        phase,
        runs.flatMap((run) => run[index] ?? []),
        session,
      ),
    );
    return documentOf(sessionsBench, cases, { notes: notesOf(session, cases) });
  },
};

interface Phase {
  readonly name: string;
  readonly title: string;
  readonly count: number;
  request(index: number): RequestOrder;
}

interface PhaseRun {
  readonly figures: SampleFigures;
  readonly tally: WorkTally;
}

/** What a session holds: a few hundred bytes of JSON. */
const STATE = {
  user: { name: "Example User", mail: "user@example.com", language: "en" },
  roles: ["reader", "editor"],
  cart: [101, 102, 103].map((item) => ({ item, count: 1, cents: 995 })),
  lastPages: ["/", "/products", "/products/101", "/cart"],
};

function phasesOf({ sizes }: Session): readonly Phase[] {
  const { sessions, cached_requests: answers } = sizes;
  const body = JSON.stringify(STATE);
  const headers = { "Content-Type": "application/json" };
  const created = (id: string) => knownRequest("POST", `/sessions/${id}`, JSON.stringify({ id }), { headers, body });
  const used = (id: string) => knownRequest("GET", `/sessions/${id}`, JSON.stringify({ id, visits: 1 }));
  const answer = (id: string) => knownRequest("GET", `/answers/${id}`, JSON.stringify(listOf(id)));
  const phase = (name: string, title: string, count: number, request: (id: string) => RequestOrder): Phase => ({
    name,
    title,
    count,
    // Of one length, however many there are.
    request: (index) => request(String(FIRST_ID + index)),
  });
  return [
    phase("create", `${sessions} sessions made`, sessions, created),
    phase("use", `each of ${sessions} sessions used`, sessions, used),
    // What the sessions hold is part of the server's memory from here on.
    phase("fill", `${answers} answers made and kept beside ${sessions} sessions`, answers, answer),
    phase("read", `each of ${answers} answers read again beside ${sessions} sessions`, answers, answer),
  ];
}

const FIRST_ID = 10_000_000;

/** undefined: interrupted before it was complete, and half a workload is not comparable. */
async function runOnce(session: Session, phases: readonly Phase[], text: string) {
  session.progress(`${text}: starting`);
  const server = await session.startServer(specOf(session));
  const connections = Array.from({ length: session.sizes.connections }, () => new WorkConnection(server));
  const interrupted = untilAborted(session.interrupt);
  try {
    const results: PhaseRun[] = [];
    for (const phase of phases) {
      session.progress(`${text}: ${phase.title}`);
      const result = await Promise.race([runPhase(server, connections, phase), interrupted]);
      if (!result) return undefined;
      results.push(result);
    }
    return results;
  } finally {
    for (const connection of connections) connection.close();
    await server.stop();
  }
}

/** A session is found on the connection that it was made on: no limit may end that. */
function specOf({ config }: Session): ServerSpec {
  const isLimited = (config.limits.requests_per_connection_max ?? 0) > 0;
  return { program: "bench", settings: isLimited ? { "limits.requests_per_connection_max": "0" } : {} };
}

async function runPhase(
  server: ServerProcess,
  connections: readonly WorkConnection[],
  phase: Phase,
): Promise<PhaseRun> {
  const tally = workTally();
  const meter = meterOf(server.pid);
  try {
    meter.start();
    const startMs = performance.now();
    const work = connections.map((connection, first) =>
      connection.run(shareOf(phase, first, connections.length), tally),
    );
    await Promise.race([Promise.all(work), server.died]);
    const seconds = (performance.now() - startMs) / 1000;
    const { serverCpuSeconds, rssBytes, rssPeakBytes } = meter.read();
    const cpu = serverCpuSeconds === null ? {} : { server_cpu_us_per_request: (serverCpuSeconds * 1e6) / phase.count };
    const memory =
      rssBytes === null || rssPeakBytes === null
        ? {}
        : { server_rss_bytes: rssBytes, server_rss_peak_bytes: rssPeakBytes };
    return {
      tally,
      figures: { operations_per_second: phase.count / seconds, ...latencies(tally), ...cpu, ...memory },
    };
  } finally {
    meter.close();
  }
}

/** Every n-th request, beginning with the first-th: always the same ones for the same connection. */
export function shareOf({ count, request }: Pick<Phase, "count" | "request">, first: number, connections: number) {
  return {
    count: Math.max(0, Math.ceil((count - first) / connections)),
    request: (index: number) => request(first + index * connections),
  };
}

function latencies({ latency }: WorkTally): SampleFigures {
  const p50 = quantileUs(latency, 0.5);
  const p99 = quantileUs(latency, 0.99);
  return p50 === undefined || p99 === undefined ? {} : { latency_p50_us: p50, latency_p99_us: p99 };
}

function phaseCase({ name, title }: Phase, runs: readonly PhaseRun[], { sizes }: Session): CaseDocument {
  const latency = newHistogram();
  const errors: Record<string, number> = {};
  for (const { tally } of runs) {
    mergeInto(latency, tally.latency);
    for (const [kind, count] of Object.entries(tally.failures)) errors[kind] = (errors[kind] ?? 0) + count;
  }
  return figureCase({
    id: `sessions/${name}`,
    title,
    runs: runs.map(({ figures }) => figures),
    load: {
      model: "closed",
      generator: "built-in",
      connections: sizes.connections,
      pipeline: 1,
      rate_per_s: null,
      // As long as the work takes: how long that was is a result, and no part of what is asked for.
      seconds: 0,
      warmup_seconds: 0,
    },
    missing: PROC_REASON === undefined ? {} : { server_cpu_us_per_request: PROC_REASON, server_rss_bytes: PROC_REASON },
    errors,
    latency: runs.length === 0 ? [] : latencyPointsOf({ latency }),
  });
}

function notesOf({ features, sizes }: Session, cases: readonly CaseDocument[]): readonly string[] {
  const keeper = features.includes("response-cache")
    ? "The response cache keeps the answers, shared by all workers."
    : "Each worker's route keeps its answers itself: this project has no response cache.";
  const spreads = cases.flatMap(({ title, figures }) => {
    const runs = figures.operations_per_second?.runs ?? [];
    return runs.length < 2 ? [] : [`${title}: ${(Math.max(...runs) / Math.min(...runs)).toFixed(2)}`];
  });
  return [
    keeper,
    "There is no warm-up: the server is fresh in each run, as it is after a start. Sessions live in the worker of the connection that made them.",
    ...(spreads.length === 0 ? [] : [`The fastest of ${sizes.runs} runs over the slowest: ${spreads.join("; ")}.`]),
  ];
}
