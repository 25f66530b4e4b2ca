/** The user's own route, on the server that `npm start` starts: what `--path` names. */
import { standardFigures } from "../report/figures.ts";
import { askServer } from "../server/ask-server.ts";
import type { CasePlan, ServerSpec, Session } from "./bench.ts";
import { knownRequest, loadOf } from "./bench-requests.ts";

const PROJECT: ServerSpec = { program: "project", settings: {} };

/** The case, or why there is none: a route that answers an error is not worth a figure. */
export async function ownCase(session: Session): Promise<{ readonly plan: CasePlan } | { readonly note: string }> {
  const { path, sizes } = session;
  const request = knownRequest("GET", path, 0);
  session.progress(`asking for ${path}`);
  const server = await session.startServer(PROJECT);
  try {
    const first = await askServer(server, request);
    const second = await askServer(server, request);
    const { status } = first;
    if (status < 200 || status > 299) {
      return { note: `http/own was not run: GET ${path} of this project answers ${status}; name a route with --path.` };
    }
    // Answers that hold a time or a random number have no length of their own.
    const bodyBytes = first.body.length === second.body.length ? first.body.length : null;
    const known = { ...request, expected: { status, bodyBytes } };
    return {
      plan: {
        id: "http/own",
        title: `GET ${path} of this project`,
        server: PROJECT,
        order: (each) => loadOf(each, [known], { connections: sizes.connections }),
        figures: (sample) => standardFigures(sample, "request"),
      },
    };
  } finally {
    await server.stop();
  }
}
