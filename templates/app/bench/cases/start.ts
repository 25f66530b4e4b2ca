/**
 * `bench:start`: how long this project takes from nothing to its first answer, as `npm start` starts it.
 *
 * The clock runs from the moment before the process is made (through the launch, which reads the plan and replaces itself)
 * to the end of an answer on the data plane's port. One start before them is not counted: with the files in the kernel's
 * page cache all starts find the machine alike, as they do where a server is restarted.
 */
import process from "node:process";
import { pause } from "../method/pause.ts";
import { PROC_REASON } from "../method/server-meter.ts";
import type { SampleFigures } from "../report/figures.ts";
import { askServer } from "../server/ask-server.ts";
import { processTree, residentOf } from "../server/cpu-time.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { Bench, Session } from "./bench.ts";
import { documentOf } from "./bench-document.ts";
import { knownRequest } from "./bench-requests.ts";
import { figureCase } from "./figure-case.ts";

/** What the start itself has allocated is collected or settled after this. */
const REST_SECONDS = 0.5;

export const startBench: Bench = {
  name: "start",
  title: "Start",
  refuse: () => undefined,
  suits: () => true,
  aboutSeconds: ({ runs }) => (runs + 1) * (1 + REST_SECONDS),
  async run(session) {
    const runs: SampleFigures[] = [];
    await startOnce(session, "first start, not counted");
    for (let run = 1; run <= session.sizes.runs && !session.interrupt.aborted; run += 1) {
      const figures = await startOnce(session, `start ${run} of ${session.sizes.runs}`);
      if (figures) runs.push(figures);
    }
    const title = `from the process's beginning to the answer of GET ${session.path}`;
    const missing = PROC_REASON === undefined ? {} : { server_rss_bytes: PROC_REASON };
    const notes = [
      "The files are in the kernel's page cache; a machine's first start reads them from its disk and takes longer.",
      `Memory is read ${REST_SECONDS} s after the answer, before any load.`,
    ];
    return documentOf(startBench, [figureCase({ id: "start/cold", title, runs, missing })], { notes });
  },
};

async function startOnce(session: Session, text: string): Promise<SampleFigures | undefined> {
  session.progress(text);
  const server = await session.startServer({ program: "project", settings: {} });
  try {
    // Any answer will do: it shows that a worker serves.
    await Promise.race([askServer(server, knownRequest("GET", session.path, 0)), server.died]);
    const start_ms = performance.now() - server.spawnedMs;
    await Promise.race([pause(REST_SECONDS, session.interrupt), server.died]);
    return session.interrupt.aborted ? undefined : { start_ms, ...memoryOf(server) };
  } finally {
    await server.stop();
  }
}

function memoryOf({ pid }: ServerProcess): SampleFigures {
  if (process.platform !== "linux") return {};
  const { nowBytes, peakBytes } = residentOf(processTree(pid));
  return { server_rss_bytes: nowBytes, server_rss_peak_bytes: peakBytes };
}
