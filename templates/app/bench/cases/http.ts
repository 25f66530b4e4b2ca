/**
 * `bench:http`: what a request costs by the kind of its answer, and how latency grows with the load.
 *
 * Idea: a closed loop finds the most that the server answers, and CPU per request says what an answer costs even where the
 * generator is slower than the server. An open loop then offers fixed parts of that maximum, with latency from the moment
 * that a request was due: below its maximum is where a server is run.
 */

import process from "node:process";
import { whyNoMaximum } from "../method/bottleneck.ts";
import { median } from "../method/statistics.ts";
import type { CaseDocument } from "../report/document.ts";
import { standardFigures } from "../report/figures.ts";
import { CONSTANT_TEXT, GREETING } from "../server/app/answers.ts";
import type { Bench, CasePlan, ServerSpec, Session } from "./bench.ts";
import { documentOf, roundsSeconds } from "./bench-document.ts";
import { type KnownRequest, knownRequest, type LoadParts, verifiedLoad } from "./bench-requests.ts";
import { churnRefusal } from "./churn-bound.ts";
import { ownCase } from "./own-route.ts";

const BENCH_SERVER: ServerSpec = { program: "bench", settings: {} };

export const httpBench: Bench = {
  name: "http",
  title: "Requests over HTTP/1.1",
  refuse: () => undefined,
  suits: () => true,
  // The open loop waits for the closed one, on servers of its own.
  aboutSeconds: (sizes) => roundsSeconds(sizes, 7 + OFFERED_PERCENT.length, 3),
  async run(session) {
    const own = await ownCase(session);
    const closed = await session.rounds([...("plan" in own ? [own.plan] : []), ...closedCases(session)]);
    const json = closed.find(({ id }) => id === "http/json");
    const most = maximumOf(json);
    const open = most === undefined || session.interrupt.aborted ? [] : await session.rounds(openCases(session, most));
    const churn = churnRefusal(CHURN, process.platform);
    const notes = [
      ...("note" in own ? [own.note] : []),
      ...(churn === undefined ? [] : [churn]),
      ...openNotes(most, json?.limited_by ?? null),
    ];
    return documentOf(httpBench, [...closed, ...open], { notes });
  },
};

const CHURN = "http/churn";

const JSON_REQUEST = knownRequest("GET", "/json", JSON.stringify(GREETING));

/** Several, so that no server answers from the memory of the last one; of one length, so that each answer can be checked. */
const USERS = Array.from({ length: 64 }, (_, index) =>
  knownRequest("GET", `/users/${10_000 + index}`, JSON.stringify({ id: String(10_000 + index) })),
);

const POST_BODY = JSON.stringify(
  Array.from({ length: 16 }, (_, index) => ({
    id: 1000 + index,
    name: `Item number ${1000 + index}`,
    price: 995,
    stock: 12,
  })),
);
const POST_REQUEST = knownRequest("POST", "/json", '{"items":16}', {
  headers: { "Content-Type": "application/json" },
  body: POST_BODY,
});

function closedCases({ sizes }: Session): readonly CasePlan[] {
  const { connections, pipeline } = sizes;
  const constant = knownRequest("GET", "/constant", CONSTANT_TEXT);
  const closed = { connections };
  return [
    plan("http/constant", "a text that never changes", [constant], closed),
    plan("http/json", "an object as JSON", [JSON_REQUEST], closed),
    plan("http/params", "a path with a parameter, as JSON", USERS, closed),
    plan("http/post", `a JSON body of ${POST_BODY.length} bytes, read and answered`, [POST_REQUEST], closed),
    plan("http/constant-pipelined", `the text that never changes, ${pipeline} requests in one go`, [constant], {
      connections,
      pipeline,
    }),
    ...(churnRefusal(CHURN, process.platform) === undefined ? [churnPlan(connections)] : []),
  ];
}

function churnPlan(connections: number): CasePlan {
  return {
    ...plan(CHURN, "one request for each connection", [JSON_REQUEST], { connections, requestsPerConnection: 1 }),
    figures: (sample) => ({
      ...standardFigures(sample, "request"),
      connections_per_second: sample.counts.done / sample.counts.seconds,
    }),
  };
}

function plan(id: string, title: string, requests: readonly KnownRequest[], load: LoadParts): CasePlan {
  return {
    id,
    title,
    server: BENCH_SERVER,
    order: (server) => verifiedLoad(server, requests, load),
    figures: (sample) => standardFigures(sample, "request"),
  };
}

/** Parts of the maximum that are offered, in percent. */
const OFFERED_PERCENT = [25, 50, 75, 90] as const;

/** Requests per second that the closed loop came to, whoever set its pace; undefined: it was cut short. */
function maximumOf(json: CaseDocument | undefined): number | undefined {
  const runs = json?.figures.requests_per_second?.runs ?? [];
  const most = runs.length === 0 ? 0 : median(runs);
  return most > 0 ? most : undefined;
}

function openCases({ sizes }: Session, most: number): readonly CasePlan[] {
  return OFFERED_PERCENT.map((percent) => {
    const ratePerS = Math.max(1, Math.round((most * percent) / 100));
    const title = `an object as JSON, offered ${percent} % of the maximum`;
    return plan(`http/open-${percent}`, title, [JSON_REQUEST], { connections: sizes.connections, ratePerS });
  });
}

export function openNotes(most: number | undefined, limit: CaseDocument["limited_by"]): readonly string[] {
  if (most === undefined) return ["The open loop was not run: there is no maximum to take parts of."];
  const why = whyNoMaximum(limit);
  return [
    `The open loop offers parts of ${Math.round(most)} requests/s, the median of http/json in this run, with latency from the moment that each request was due.`,
    ...(why === undefined ? [] : [`These are not shown to be parts of the server's maximum: in http/json ${why}.`]),
  ];
}
