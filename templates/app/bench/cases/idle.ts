/**
 * `bench:idle`: what connections cost that are open and do nothing, which is what most of a server's connections do.
 *
 * Idea: the server's resident memory with N open connections less its memory at rest, over N; each case on fresh servers of
 * its own, because memory that was taken for one case's connections is not given back for the next. Bound: `idleBound`.
 */
import process from "node:process";
import { loadDocument } from "../method/case-document.ts";
import { PROC_REASON } from "../method/server-meter.ts";
import type { CaseDocument } from "../report/document.ts";
import { fileLimit } from "../server/open-files.ts";
import type { Bench, Project, ServerSpec, Session, Sizes } from "./bench.ts";
import { documentOf } from "./bench-document.ts";
import { figureCase } from "./figure-case.ts";
import { idleBound } from "./idle-bound.ts";
import { type IdleCase, type IdleRun, idleOrder, OPEN_PER_S, REST_SECONDS, runIdle } from "./idle-run.ts";

export const idleBench: Bench = {
  name: "idle",
  title: "Idle connections",
  refuse: () => undefined,
  suits: () => true,
  aboutSeconds: (sizes, project) =>
    sizes.runs * plannedCases(sizes, project).reduce((sum, each) => sum + secondsOf(each, sizes), 0),
  async run(session) {
    const cases = plannedCases(session.sizes, session);
    const runs = await roundsOf(
      session,
      cases.filter(({ missing }) => missing === undefined),
    );
    const notes = [...new Set(cases.flatMap(({ note }) => (note === undefined ? [] : [note])))];
    return documentOf(
      idleBench,
      cases.map((each) => caseOf(each, runs.get(each.id) ?? [], session)),
      { notes: [...notes, ...standingNotes(session)] },
    );
  },
};

/** The number of connections that the product's promise of memory is for. */
const PROMISED = 1000;

interface PlannedCase extends IdleCase {
  readonly id: string;
  readonly title: string;
  /** How it differs from what was wanted. */
  readonly note: string | undefined;
  /** Why it is not run at all. */
  readonly missing: string | undefined;
}

function plannedCases(sizes: Sizes, project: Project): readonly PlannedCase[] {
  const planned = (protocol: IdleCase["protocol"], name: string, wanted: number) =>
    plannedCase(sizes, project, { protocol, name, wanted });
  const http = [
    planned("http", "http-0", 0),
    planned("http", "http-1000", PROMISED),
    planned("http", "http-max", sizes.idle_connections),
  ];
  if (!project.features.includes("websocket")) return http;
  return [...http, planned("websocket", "ws-1000", PROMISED), planned("websocket", "ws-max", sizes.idle_connections)];
}

interface Wanted {
  readonly protocol: IdleCase["protocol"];
  readonly name: string;
  readonly wanted: number;
}

function plannedCase(sizes: Sizes, project: Project, { protocol, name, wanted }: Wanted): PlannedCase {
  const machine = { platform: process.platform, files: fileLimit() };
  const { connections, reason } = idleBound(wanted, protocol, project.config, machine);
  const kind = protocol === "http" ? "HTTP connections" : "WebSockets";
  const seconds = secondsOf({ connections }, sizes);
  const common = {
    id: `idle/${name}`,
    title: connections === 0 ? "at rest, no connection" : `${connections} idle ${kind}`,
    server: serverFor(project, seconds),
    protocol,
    connections,
  };
  // A case that is named after its number is of this number, or is none.
  const isFixed = name.endsWith(`-${PROMISED}`);
  if (isFixed && sizes.idle_connections < PROMISED) {
    const missing = `bench.idle_connections is ${sizes.idle_connections}, so ${PROMISED} were not opened`;
    return { ...common, title: `${PROMISED} idle ${kind}`, note: undefined, missing };
  }
  if (reason === undefined) return { ...common, note: undefined, missing: undefined };
  const isMissing = isFixed || connections === 0;
  return { ...common, note: reason, missing: isMissing ? reason : undefined };
}

/** One run of the case, the server's start included. */
function secondsOf({ connections }: Pick<IdleCase, "connections">, sizes: Sizes): number {
  const rest = 1 + REST_SECONDS;
  return connections === 0 ? rest : rest + connections / OPEN_PER_S + 2 * REST_SECONDS + sizes.seconds;
}

/** Twice what a run takes: a machine may be slow. */
const MARGIN = 2;

/** The server's own idle time must not end what is to be measured; where it is long enough it stays as it is. */
function serverFor({ config }: Project, seconds: number): ServerSpec {
  const neededMs = Math.ceil(seconds * MARGIN) * 1000;
  const { idle_ms: http } = config.timeouts;
  const { idle_ms: sockets } = config.websocket;
  return {
    program: "bench",
    settings: {
      ...(http !== undefined && http > 0 && http < neededMs ? { "timeouts.idle_ms": String(neededMs) } : {}),
      ...(sockets > 0 && sockets < neededMs ? { "websocket.idle_ms": String(neededMs) } : {}),
    },
  };
}

async function roundsOf(
  session: Session,
  cases: readonly PlannedCase[],
): Promise<ReadonlyMap<string, readonly IdleRun[]>> {
  const runs = new Map<string, IdleRun[]>();
  const { sizes, interrupt } = session;
  for (let round = 0; round < sizes.runs; round += 1) {
    for (const each of cases) {
      if (interrupt.aborted) return runs;
      session.progress(`${each.title}, run ${round + 1} of ${sizes.runs}`);
      const run = await runIdle(session, each);
      if (run) runs.set(each.id, [...(runs.get(each.id) ?? []), run]);
    }
  }
  return runs;
}

function caseOf(plan: PlannedCase, runs: readonly IdleRun[], { sizes }: Session): CaseDocument {
  const { id, title, connections, missing } = plan;
  const notRun = missing ?? (runs.length === 0 ? "it was ended before a run was whole" : undefined);
  const reason = notRun ?? PROC_REASON;
  const blind = [
    ...(notRun === undefined ? [] : ["connections_count"]),
    "server_rss_bytes",
    ...(connections > 0 ? ["server_rss_bytes_per_connection"] : []),
  ];
  const times = { warmupSeconds: REST_SECONDS, seconds: sizes.seconds };
  const load = loadDocument(idleOrder({ host: "127.0.0.1", port: 0 }, plan), { generator: "built-in", times });
  return figureCase({
    id,
    title,
    runs: runs.map(({ figures }) => figures),
    load: connections === 0 || runs.length === 0 ? null : load,
    missing: reason === undefined ? {} : Object.fromEntries(blind.map((name) => [name, reason])),
    errors: sumOf(runs),
  });
}

function sumOf(runs: readonly IdleRun[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [kind, count] of runs.flatMap(({ failures }) => Object.entries(failures))) {
    if (count > 0) sum[kind] = (sum[kind] ?? 0) + count;
  }
  return sum;
}

function standingNotes({ features }: Project): readonly string[] {
  const notes = [
    "Memory per connection is the server's own; what the kernel holds for a socket is not in a process's resident memory.",
    "Latency is that of single requests, each on a connection of its own, while the others are open.",
  ];
  if (!features.includes("websocket"))
    notes.push("No idle WebSockets: this project does not have the feature websocket.");
  return notes;
}
