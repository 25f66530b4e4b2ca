/**
 * `bench:compare`: this server beside its peers: the same routes, the same answers, the same load, each server with one
 * thread of JavaScript, taking turns.
 *
 * Idea: "equal" is not claimed but checked (peers/standard.ts), and a difference is claimed only where the interval of the
 * pairs' ratios says so. Bound: runs x levels x servers x routes x the measured time.
 */
import process from "node:process";
import { runtime } from "../../src/wiring.ts";
import { BenchError } from "../cli/bench-error.ts";
import { type CompareLevel, compareLevels } from "../cli/compare-choice.ts";
import { compareCases, errorNotes } from "../method/compare.ts";
import { compareRoutes, peerTable, type RouteName, unlikesOf } from "../peers/peer-table.ts";
import { type AbsentPeer, type ReadyPeer, readyPeers } from "../peers/ready-peers.ts";
import { equalPeers, type Standard, standardOf, startPeerFor } from "../peers/standard.ts";
import type { BenchDocument, CaseDocument, ComparisonDocument } from "../report/document.ts";
import type { FigureName } from "../report/figure-table.ts";
import { standardFigures } from "../report/figures.ts";
import { OWN_SERVER } from "../report/peer-case.ts";
import { CONSTANT_TEXT, GREETING } from "../server/app/answers.ts";
import { limitsOff } from "../server/limits-off.ts";
import type { Bench, CasePlan, ServerSpec, Session } from "./bench.ts";
import { roundsSeconds } from "./bench-document.ts";
import { type KnownRequest, knownRequest, verifiedLoad } from "./bench-requests.ts";

export const compareBench: Bench = {
  name: "compare",
  title: "This server beside its peers",
  refuse: () => undefined,
  // It takes long, and may install packages: only for those who ask for it.
  suits: () => false,
  aboutSeconds: (sizes) => {
    const rows = peerTable.filter(({ programs }) => !programs || programs[runtime.adapter] !== undefined);
    const cases = rows.reduce((sum, { routes }) => sum + routes.length, Object.keys(compareRoutes).length);
    return compareLevels.length * roundsSeconds(sizes, cases, rows.length + 1);
  },
  run,
};

/** Peers are one thread each. */
const ONE_WORKER: ServerSpec["settings"] = { "workers.count": "1" };
const compared: readonly FigureName[] = [
  "server_cpu_us_per_request",
  "requests_per_second",
  "latency_p99_us",
  "server_rss_bytes",
];

/** Several users, so that nobody answers from the memory of the last one; of one length, so that each answer can be checked. */
const requests: Readonly<Record<RouteName, readonly KnownRequest[]>> = {
  constant: [knownRequest("GET", compareRoutes.constant.path, CONSTANT_TEXT)],
  json: [knownRequest("GET", compareRoutes.json.path, JSON.stringify(GREETING))],
  users: Array.from({ length: 64 }, (_, index) =>
    knownRequest("GET", `/users/${10_000 + index}`, JSON.stringify({ id: String(10_000 + index) })),
  ),
};

async function run(session: Session): Promise<BenchDocument> {
  const { ready, absent } = await readyPeers({
    ...session,
    names: session.compare.peers,
    adapter: runtime.adapter,
    runtimeTitle: runtime.version,
    connections: session.sizes.connections,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  if (ready.length === 0) throw new BenchError(["There is nobody to compare with.", ...absences(absent)].join("\n"));
  const cases: CaseDocument[] = [];
  const comparisons: ComparisonDocument[] = [];
  const notes: string[] = [];
  for (const level of session.compare.levels) {
    if (session.interrupt.aborted) break;
    // Levels one after the other: what is compared stands closer together in time.
    try {
      const documents = await levelCases(level, ready, session, notes);
      cases.push(...documents);
      comparisons.push(...comparisonsOf(documents, level, ready));
    } catch (error) {
      // A level that is done stays.
      if (!(error instanceof BenchError) || cases.length === 0) throw error;
      notes.push(`The level "${level}" was not measured: ${error.message.replace(/\.$/, "")}.`);
    }
  }
  const { name, title } = compareBench;
  return {
    name,
    title,
    refused: null,
    cases,
    comparisons,
    notes: [...notesOf(session, ready), ...absences(absent), ...notes, ...errorNotes(cases)],
  };
}

/** The cases of one level; `notes` gets what is to be said of its peers. */
async function levelCases(
  level: CompareLevel,
  ready: readonly ReadyPeer[],
  session: Session,
  notes: string[],
): Promise<readonly CaseDocument[]> {
  const standard = await standardOf(level, ownSpec(level, session), session);
  const equals = await equalPeers(standard, ready, session);
  notes.push(...equals.notes);
  if (session.interrupt.aborted) return [];
  return session.rounds(casePlans(standard, equals.peers, session, notes));
}

/** At the level "equal" without the one thing that no peer does: a line for each request. */
export function ownSpec(level: CompareLevel, project: Pick<Session, "config" | "features">): ServerSpec {
  if (level === "bare") return { program: "bench", settings: ONE_WORKER, features: [] };
  const quiet = hasAccessLog(project) ? { "log.requests": "errors" } : {};
  return { program: "bench", settings: { ...ONE_WORKER, ...quiet } };
}

function hasAccessLog({ config, features }: Pick<Session, "config" | "features">): boolean {
  return features.includes("request-log") && config.log.requests === "all";
}

function casePlans(
  standard: Standard,
  peers: readonly ReadyPeer[],
  session: Session,
  notes: string[],
): readonly CasePlan[] {
  const { level } = standard;
  const { sizes } = session;
  const routes = Object.keys(compareRoutes) as readonly RouteName[];
  const own = { name: OWN_SERVER, title: "this server", routes, server: ownSpec(level, session) };
  const others = peers.map((peer) => {
    const { name, routes: answered } = peer.row;
    const other = {
      name: `${name}/${level}`,
      start: () => startPeerFor(peer, standard),
      onLost: (reason: string) => void notes.push(lostText(name, level, reason)),
    };
    const server: ServerSpec = { program: "bench", settings: ONE_WORKER, other };
    return { name, title: peer.title, routes: answered, server };
  });
  // By route, so that a table has beside each other what is compared. `rounds` starts a server once for its routes.
  return routes.flatMap((route) =>
    [own, ...others]
      .filter((each) => each.routes.includes(route))
      .map(
        ({ name, title, server }): CasePlan => ({
          id: caseId(level, route, name),
          title: `${compareRoutes[route].title}, ${level}: ${title}`,
          server,
          order: (started) => verifiedLoad(started, requests[route], { connections: sizes.connections }),
          figures: (sample) => standardFigures(sample, "request"),
        }),
      ),
  );
}

function lostText(name: string, level: CompareLevel, reason: string): string {
  return `${name} was lost at the level "${level}", and its figures are those of the rounds before: ${reason.replace(/\.$/, "")}.`;
}

function caseId(level: CompareLevel, route: RouteName, name: string): string {
  return `compare/${level}/${route}/${name}`;
}

function comparisonsOf(
  documents: readonly CaseDocument[],
  level: CompareLevel,
  peers: readonly ReadyPeer[],
): readonly ComparisonDocument[] {
  const byId = new Map(documents.map((document) => [document.id, document]));
  return peers.flatMap(({ row }) =>
    row.routes.flatMap((route) => {
      const own = byId.get(caseId(level, route, OWN_SERVER));
      const peer = byId.get(caseId(level, route, row.name));
      return own && peer ? compareCases(own, peer, compared) : [];
    }),
  );
}

/** Where they are not alike, whatever is done about it. */
function notesOf({ config, features, compare }: Session, peers: readonly ReadyPeer[]): readonly string[] {
  const { keys } = limitsOff(config);
  return [
    'At the level "bare" nothing but the routes is on, at the level "equal" what this project has on. ' +
      'Answers were compared before the load: status, body bytes, media type, and at the level "equal" the header fields. ' +
      "There each request is also counted and timed: by this server by status and in a histogram, by the peers in two sums.",
    "One thread of JavaScript each: this server has one worker, beside which its main thread watches. It runs with the plan's " +
      "engine flags and allocator settings, the peers with their runtime's defaults.",
    "A fixed text is sent natively, without JavaScript and neither counted nor timed, where the runtime can (Bun): by this " +
      "server, bare and Elysia.",
    ...(keys.length === 0 ? [] : [`Off in this server, because the load would meet them: ${keys.join(", ")}.`]),
    ...(hasAccessLog({ config, features }) && compare.levels.includes("equal")
      ? [
          'At the level "equal" this server logs failures alone (log.requests = "errors"): no peer writes an access log.',
        ]
      : []),
    ...peers.flatMap(({ row }) => unlikesOf(row, runtime.adapter)),
  ];
}

function absences(absent: readonly AbsentPeer[]): readonly string[] {
  return absent.map(({ row, reason }) => `${row.name} is absent: ${reason.replace(/\.$/, "")}.`);
}
