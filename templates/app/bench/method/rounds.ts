/**
 * The method of all benches: rounds, in which every case has one turn on a server that was started fresh for the round.
 *
 * Idea: cases of one comparison are measured minutes apart, and in minutes a machine changes its mind (heat, neighbours).
 * So they take turns, each round in another order (order-of-turns.ts). Cases with the same server share it within a round.
 * Bound: runs x (the cases' times + the servers' starts).
 */
import type { CasePlan, Sample, ServerSpec, Session } from "../cases/bench.ts";
import type { LoadOrder } from "../load/order.ts";
import type { SampleFigures } from "../report/figures.ts";
import { turnsOf } from "./order-of-turns.ts";

export type RoundsSession = Pick<Session, "startServer" | "measure" | "interrupt"> & {
  readonly runs: number;
  /** Called before each turn. */
  onTurn(turn: Turn): void;
};

/** Where the rounds stand, for the line that people watch. */
export interface Turn {
  readonly title: string;
  /** 1-based. */
  readonly round: number;
  readonly rounds: number;
  /** Turns taken before this one, of all rounds. */
  readonly done: number;
  readonly total: number;
}

export interface MeasuredCase {
  readonly plan: CasePlan;
  /** One a round, in their order. One that was cut short stands here only when there is no whole one. */
  readonly runs: readonly MeasuredRun[];
}

export interface MeasuredRun {
  readonly order: LoadOrder;
  readonly sample: Sample;
  /** What `probe` of the plan found. */
  readonly probed?: SampleFigures;
}

/** Ends early, with what there is, when interrupted; rejects when a server cannot start or ends by itself. */
export async function runRounds(cases: readonly CasePlan[], session: RoundsSession): Promise<readonly MeasuredCase[]> {
  const { runs: rounds, interrupt } = session;
  const results = cases.map((plan) => ({ plan, runs: [] as MeasuredRun[] }));
  const groups = groupBySpec(results);
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const group of turnsOf(groups, round)) {
      const [first] = group;
      if (interrupt.aborted || !first) break;
      const server = await session.startServer(first.plan.server);
      try {
        for (const result of turnsOf(group, round)) {
          if (interrupt.aborted) break;
          session.onTurn({ title: result.plan.title, round: round + 1, rounds, done, total: rounds * cases.length });
          const order = await result.plan.order(server);
          const sample = await session.measure(server, order, result.plan.times);
          done += 1;
          if (!sample || (interrupt.aborted && result.runs.length > 0)) continue;
          const probed = await result.plan.probe?.(server);
          result.runs.push({ order, sample, ...(probed && { probed }) });
        }
      } finally {
        await server.stop();
      }
    }
  }
  return results;
}

function groupBySpec<Result extends { readonly plan: CasePlan }>(results: readonly Result[]): readonly Result[][] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const key = specKey(result.plan.server);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

/** Equal for specs that ask for the same server. */
export function specKey({ program, settings, features, other }: ServerSpec): string {
  if (other) return JSON.stringify(["other", other.name]);
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([program, sorted, features ? [...features].sort() : null]);
}
