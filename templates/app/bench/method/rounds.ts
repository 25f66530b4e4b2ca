/**
 * The method of all benches: rounds, in which every case has one turn on a server that was started fresh for the round.
 *
 * Idea: cases of one comparison are measured minutes apart, and in minutes a machine changes its mind (heat, neighbours).
 * So they take turns, each round in another order (order-of-turns.ts). Cases with the same server share it within a round.
 * Bound: runs x (the cases' times + the servers' starts).
 */
import type { CasePlan, Sample, ServerSpec, Session } from "../cases/bench.ts";
import { BenchError } from "../cli/bench-error.ts";
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

interface Result {
  readonly plan: CasePlan;
  readonly runs: MeasuredRun[];
}

/**
 * Ends early, with what there is, when interrupted; rejects when a server of this project cannot start or ends by itself.
 * Another server that does so takes no further turn.
 */
export async function runRounds(cases: readonly CasePlan[], session: RoundsSession): Promise<readonly MeasuredCase[]> {
  const { runs: rounds, interrupt } = session;
  const results = cases.map((plan): Result => ({ plan, runs: [] }));
  const groups = groupBySpec(results);
  const lost = new Set<readonly Result[]>();
  const total = rounds * cases.length;
  let done = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const group of turnsOf(groups, round)) {
      if (interrupt.aborted) break;
      const before = done;
      const onTurn = ({ title }: CasePlan) => {
        session.onTurn({ title, round: round + 1, rounds, done, total });
        done += 1;
      };
      if (!lost.has(group) && !(await takeTurns(group, round, { ...session, onTurn }))) lost.add(group);
      done = before + group.length;
    }
  }
  return results;
}

type TurnsSession = Omit<RoundsSession, "onTurn"> & { onTurn(plan: CasePlan): void };

/** @returns false when another server than this project's failed: its group is out */
async function takeTurns(group: readonly Result[], round: number, session: TurnsSession): Promise<boolean> {
  const { interrupt } = session;
  const [first] = group;
  if (!first) return true;
  const { server: spec } = first.plan;
  try {
    const server = await session.startServer(spec);
    try {
      for (const { plan, runs } of turnsOf(group, round)) {
        if (interrupt.aborted) break;
        session.onTurn(plan);
        const order = await plan.order(server);
        const sample = await session.measure(server, order, plan.times);
        if (!sample || (interrupt.aborted && runs.length > 0)) continue;
        const probed = await plan.probe?.(server);
        runs.push({ order, sample, ...(probed && { probed }) });
      }
    } finally {
      await server.stop();
    }
    return true;
  } catch (error) {
    if (!spec.other || !(error instanceof BenchError)) throw error;
    if (!interrupt.aborted) spec.other.onLost(error.message);
    return false;
  }
}

function groupBySpec(results: readonly Result[]): readonly Result[][] {
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
