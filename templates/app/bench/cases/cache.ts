/**
 * `bench:cache`: what the response cache saves, and what it costs where it saves nothing. Three routes do the same work:
 * one whose answers are kept, one whose answers are stored and too old at once, and one that asks for no cache.
 */
import { compareCases, errorNotes } from "../method/compare.ts";
import { standardFigures } from "../report/figures.ts";
import { listOf } from "../server/app/answers.ts";
import { type Metrics, sumOf } from "../server/read-metrics.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { Bench, CasePlan, Project, Session } from "./bench.ts";
import { documentOf, lacks, roundsSeconds } from "./bench-document.ts";
import { knownRequest, verifiedLoad } from "./bench-requests.ts";

export const cacheBench: Bench = {
  name: "cache",
  title: "Response cache",
  refuse: refusal,
  suits: (project) => refusal(project) === undefined,
  aboutSeconds: (sizes) => roundsSeconds(sizes, 3),
  async run(session) {
    const cases = await session.rounds(casePlans(session));
    const [hit, miss, off] = cases;
    const compared = ["server_cpu_us_per_request", "requests_per_second", "latency_p99_us"] as const;
    const comparisons = [hit, miss].flatMap((one) => (one && off ? compareCases(one, off, compared) : []));
    const notes = [
      "The baseline is a route without the cache on the same server. Its work is small (a list of 32 rows as JSON): the more a handler does, the more a hit saves.",
      ...errorNotes(cases),
    ];
    return documentOf(cacheBench, cases, { comparisons, notes });
  },
};

function refusal(project: Project): string | undefined {
  const missing = lacks(project, "response-cache");
  if (missing !== undefined) return missing;
  return project.config.cache.zone_bytes > 0
    ? undefined
    : "cache.zone_bytes = 0 switches the cache off; give it memory.";
}

/** Popular paths: all of them are in the cache at once. */
const HOT_KEYS = 64;
/** Far more than there are connections, so that two seldom ask for the same one in the same millisecond. */
const COLD_KEYS = 4096;
const UNCACHED = "uncached";

function casePlans({ sizes }: Session): readonly CasePlan[] {
  const plan = (name: string, title: string, route: string, keys: number): CasePlan => {
    const requests = Array.from({ length: keys }, (_, index) => requestOf(route, 10_000 + index));
    let before: Metrics | undefined;
    return {
      id: `cache/${name}`,
      title,
      server: { program: "bench", settings: {} },
      async order(server) {
        const load = await verifiedLoad(server, requests, { connections: sizes.connections });
        before = await server.metrics();
        return load;
      },
      figures: (sample) => standardFigures(sample, "request"),
      // Stragglers of the case before are all that a route without the cache would have.
      ...(route !== UNCACHED && {
        probe: async (server: ServerProcess) => ({ ...(before && (await hitFigures(server, before))) }),
      }),
    };
  };
  return [
    plan("hit", "an answer that is kept", "cached", HOT_KEYS),
    plan("miss", "an answer that is made and stored", "brief", COLD_KEYS),
    plan("off", "an answer that is made, without the cache", UNCACHED, HOT_KEYS),
  ];
}

function requestOf(route: string, id: number) {
  return knownRequest("GET", `/${route}/${id}`, JSON.stringify(listOf(String(id))));
}

/** Of the whole load, warm-up included. */
async function hitFigures(server: ServerProcess, before: Metrics) {
  const after = await server.metrics();
  const grown = (labels: string) => {
    const name = `fastserve_cache_requests_total${labels}`;
    return (sumOf(after, name) ?? 0) - (sumOf(before, name) ?? 0);
  };
  const all = grown("");
  return all === 0 ? {} : { hit_ratio: (grown('{result="hit"}') + grown('{result="stale"}')) / all };
}
