/** The session of a bench run: the project, the machine, and the method, in the one object that every bench gets. */
import type { HostReading } from "../../src/control/host.ts";
import type { AdapterName } from "../../src/runtime/capabilities.ts";
import type { CasePlan, Project, ServerSpec, Session, Sizes } from "../cases/bench.ts";
import type { LoadOrder, LoadTimes } from "../load/order.ts";
import type { CaseDocument } from "../report/document.ts";
import type { Pinning } from "../server/pinning.ts";
import { type ServerProcess, startServer } from "../server/server-process.ts";
import { caseDocument } from "./case-document.ts";
import { measure } from "./measure.ts";
import type { ProgressLine } from "./progress-line.ts";
import { runRounds, type Turn } from "./rounds.ts";
import { generatorCpusOf, generatorThreadsOf, isQuotaShared, serverCpusOf } from "./server-cpus.ts";

export interface SessionParts extends Project {
  readonly adapter: AdapterName;
  readonly sizes: Sizes;
  readonly path: string;
  readonly generator: Session["generator"];
  readonly compare: Session["compare"];
  readonly host: HostReading;
  readonly pinning: Pinning;
  readonly interrupt: AbortSignal;
  readonly line: ProgressLine;
  /** Called for every server of this project that has started, so that the report can say what served. */
  onServer(server: ServerProcess): void;
}

export function makeSession(parts: SessionParts): Session {
  const { directory, adapter, config, sizes, host, pinning, interrupt, line } = parts;
  const times: LoadTimes = { warmupSeconds: sizes.warmup_seconds, seconds: sizes.seconds };
  // One number for all cases: those with fewer workers are compared with the others.
  const threads = generatorThreadsOf(pinning, host, serverCpusOf(config, {}, pinning, host));
  // Not the machine's CPUs: one that spins through a quota takes it from the server.
  const spins = host.cpus >= threads + 1;

  async function start(spec: ServerSpec): Promise<ServerProcess> {
    if (spec.other) return spec.other.start();
    const server = await startServer({ ...spec, directory, adapter, config, pinning, host });
    parts.onServer(server);
    return server;
  }

  function measureOn(server: ServerProcess, order: LoadOrder, own?: LoadTimes) {
    return measure(server, { order, times: own ?? times, generator: parts.generator, threads, spins, interrupt });
  }

  async function rounds(cases: readonly CasePlan[]): Promise<readonly CaseDocument[]> {
    const began = performance.now();
    const onTurn = (turn: Turn) => line.turn(turn, (performance.now() - began) / 1000);
    const method = { runs: sizes.runs, interrupt, startServer: start, measure: measureOn, onTurn };
    const measured = await runRounds(cases, method);
    return measured.map((each) => {
      const serverCpus = serverCpusOf(config, each.plan.server.settings, pinning, host);
      const generatorCpus = generatorCpusOf(pinning, host, serverCpus);
      const quotaShared = isQuotaShared(pinning, host, serverCpus, threads);
      return caseDocument(each, { generator: parts.generator, times, serverCpus, generatorCpus, quotaShared });
    });
  }

  return {
    directory,
    config,
    features: parts.features,
    sizes,
    path: parts.path,
    generator: parts.generator,
    compare: parts.compare,
    host,
    pinning,
    interrupt,
    progress: (text) => line.show(text),
    startServer: start,
    measure: measureOn,
    rounds,
  };
}
