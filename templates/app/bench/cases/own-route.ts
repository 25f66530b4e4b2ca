/** The user's own route, on the server that `npm start` starts: what `--path` names. */
import { BenchError } from "../cli/bench-error.ts";
import { standardFigures } from "../report/figures.ts";
import { askServer } from "../server/ask-server.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { CasePlan, ServerSpec, Session } from "./bench.ts";
import { type KnownRequest, knownRequest, loadOf } from "./bench-requests.ts";

const PROJECT: ServerSpec = { program: "project", settings: {} };

export type OwnRouteSession = Pick<Session, "path" | "sizes" | "interrupt" | "progress" | "startServer">;

type OwnCase = { readonly plan: CasePlan } | { readonly note: string };

/** The case, or why there is none: a route that fails is not worth a figure, and costs the other cases nothing. */
export async function ownCase(session: OwnRouteSession): Promise<OwnCase> {
  const { path } = session;
  session.progress(`asking for ${path}`);
  try {
    const server = await session.startServer(PROJECT);
    try {
      return await askedCase(server, session);
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return session.interrupt.aborted ? { note: "http/own was not run: it was interrupted." } : noteOf(error.message);
  }
}

async function askedCase(server: ServerProcess, { path, sizes, interrupt }: OwnRouteSession): Promise<OwnCase> {
  const request = knownRequest("GET", path, 0);
  const ask = () => Promise.race([askServer(server, request, interrupt), server.died]);
  const first = await ask();
  const second = await ask();
  const { status } = first;
  if (status < 200 || status > 299) return noteOf(`GET ${path} of this project answers ${status}`);
  // Answers that hold a time or a random number have no length of their own.
  const bodyBytes = first.body.length === second.body.length ? first.body.length : null;
  const known: KnownRequest = { ...request, expected: { status, bodyBytes } };
  return {
    plan: {
      id: "http/own",
      title: `GET ${path} of this project`,
      server: PROJECT,
      order: (each) => loadOf(each, [known], { connections: sizes.connections }),
      figures: (sample) => standardFigures(sample, "request"),
    },
  };
}

function noteOf(reason: string): OwnCase {
  return { note: `http/own was not run: ${reason.replace(/\.$/, "")}; name another route with --path.` };
}
