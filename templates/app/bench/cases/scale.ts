/** `bench:scale`: what further workers add, on the CPUs that the server has here. */
import { threadCountsFor } from "../alloc/budget.ts";
import { estimateOf } from "../method/estimate.ts";
import { serverCpusOf } from "../method/server-cpus.ts";
import type { CaseDocument } from "../report/document.ts";
import { standardFigures } from "../report/figures.ts";
import { GREETING } from "../server/app/answers.ts";
import type { Bench, CasePlan, Session } from "./bench.ts";
import { documentOf, roundsSeconds } from "./bench-document.ts";
import { knownRequest, verifiedLoad } from "./bench-requests.ts";

export const scaleBench: Bench = {
  name: "scale",
  title: "Workers",
  refuse: () => undefined,
  // It takes long, and says something where there are several CPUs only.
  suits: () => false,
  aboutSeconds(sizes, { config }) {
    const most = workerCounts(config.workers.count, config.workers.count).length;
    return roundsSeconds(sizes, most, most);
  },
  async run(session) {
    const cpus = cpusOf(session);
    const measured = await session.rounds(
      workerCounts(cpus, session.config.workers.count).map((count) => plan(session, count)),
    );
    const [one, ...more] = measured;
    const cases = one ? [one, ...more.map((each) => (cpus < 2 ? withoutRatio(each) : withRatio(each, one)))] : [];
    return documentOf(scaleBench, cases, { notes: notesOf(session, cpus) });
  },
};

/** CPUs that enough workers could keep busy. */
function cpusOf({ config, pinning, host }: Session): number {
  return serverCpusOf(config, { "workers.mode": "threads", "workers.count": "512" }, pinning, host);
}

/** On one CPU two workers still show what the second one costs. */
export function workerCounts(cpus: number, planned: number): readonly number[] {
  return threadCountsFor(Math.max(2, Math.min(Math.floor(cpus), Math.max(planned, 2))));
}

function plan({ sizes }: Session, count: number): CasePlan {
  return {
    id: `scale/workers-${count}`,
    title: count === 1 ? "one worker" : `${count} workers`,
    server: { program: "bench", settings: { "workers.mode": "threads", "workers.count": String(count) } },
    // As many connections for all, so that nothing but the workers differs.
    order: (server) =>
      verifiedLoad(server, [knownRequest("GET", "/json", JSON.stringify(GREETING))], {
        connections: sizes.connections,
      }),
    figures: (sample) => standardFigures(sample, "request"),
  };
}

/** Of the same round each, because a slow minute falls on both. */
function withRatio(each: CaseDocument, one: CaseDocument): CaseDocument {
  const base = one.figures.requests_per_second?.runs ?? [];
  const ratios = (each.figures.requests_per_second?.runs ?? []).flatMap((value, round) => {
    const alone = base[round];
    return alone ? [value / alone] : [];
  });
  if (ratios.length === 0) return each;
  return { ...each, figures: { ...each.figures, scaling_ratio: estimateOf(ratios) } };
}

function withoutRatio(each: CaseDocument): CaseDocument {
  return {
    ...each,
    missing: { ...each.missing, scaling_ratio: "the server has one CPU here, which its workers share" },
  };
}

function notesOf({ pinning }: Session, cpus: number): readonly string[] {
  const rest = pinning.pinned ? "; the generator has the rest" : "";
  return cpus < 2
    ? [
        `The server has one CPU here${rest}: further workers cannot add to its rate, and their cost per request is what this shows.`,
      ]
    : [
        `The server has ${cpus} CPUs here${rest}. Where the generator sets the pace, the ratio is the generator's; CPU per request is not.`,
      ];
}
