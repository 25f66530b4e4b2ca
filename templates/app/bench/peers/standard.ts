/**
 * What "equal" is: this server is asked first, and what it answers is what every peer has to answer. A peer that differs is
 * not measured, and the report says in what.
 */
import type { ServerSpec, Session } from "../cases/bench.ts";
import { BenchError } from "../cli/bench-error.ts";
import type { CompareLevel } from "../cli/compare-choice.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { type Answer, askAnswer } from "./answer.ts";
import { answerDifferences, fieldsOfSingleRoutes } from "./answer-differences.ts";
import { bareOrder, equalOrder, type PeerOrder, type Twice } from "./peer-order.ts";
import { compareRoutes, type RouteName } from "./peer-table.ts";
import type { ReadyPeer } from "./ready-peers.ts";

export interface Standard {
  readonly level: CompareLevel;
  readonly order: PeerOrder;
  readonly answers: Readonly<Record<RouteName, Answer>>;
}

export type StandardSession = Pick<Session, "startServer" | "interrupt" | "progress">;

export async function standardOf(level: CompareLevel, own: ServerSpec, session: StandardSession): Promise<Standard> {
  session.progress(`asking this server what it answers (${level})`);
  const server = await session.startServer(own);
  try {
    const twice = async (route: RouteName): Promise<Twice> => [await ask(server, route), await ask(server, route)];
    const [constant, json, users] = [await twice("constant"), await twice("json"), await twice("users")];
    const order = level === "bare" ? bareOrder : equalOrder(constant, [json, users]);
    return { level, order, answers: { constant: constant[0], json: json[0], users: users[0] } };
  } finally {
    await server.stop();
  }
}

export interface Equals {
  readonly peers: readonly ReadyPeer[];
  /** Why the others are not measured, and what no peer was asked for. */
  readonly notes: readonly string[];
}

export async function equalPeers(
  standard: Standard,
  peers: readonly ReadyPeer[],
  session: StandardSession,
): Promise<Equals> {
  const equals: ReadyPeer[] = [];
  const notes: string[] = [];
  for (const peer of peers) {
    if (session.interrupt.aborted) break;
    session.progress(`checking the answers of ${peer.title} (${standard.level})`);
    const differences = await differencesOf(peer, standard);
    if (differences.length === 0) equals.push(peer);
    else
      notes.push(
        `${peer.row.name} is not measured at the level "${standard.level}": ${sentence(differences.join("; "))}`,
      );
  }
  const { order, answers } = standard;
  const single = order.equal ? fieldsOfSingleRoutes(Object.values(answers), order) : [];
  if (single.length > 0) notes.push(`Sent by this server on single routes, and by no peer: ${single.join(", ")}.`);
  return { peers: equals, notes };
}

export function startPeerFor(peer: ReadyPeer, { order, answers }: Standard): Promise<ServerProcess> {
  return peer.start({ order, bodies: { constant: answers.constant.body, json: answers.json.body } });
}

async function differencesOf(peer: ReadyPeer, standard: Standard): Promise<readonly string[]> {
  try {
    const server = await startPeerFor(peer, standard);
    try {
      const differences: string[] = [];
      for (const route of peer.row.routes) {
        const found = answerDifferences(standard.answers[route], await ask(server, route), standard.order);
        differences.push(...found.map((difference) => `${compareRoutes[route].path}: ${difference}`));
      }
      return differences;
    } finally {
      await server.stop();
    }
  } catch (error) {
    // One that does not run takes nothing from the others.
    if (error instanceof BenchError) return [error.message];
    throw error;
  }
}

function ask({ host, port, died }: ServerProcess, route: RouteName): Promise<Answer> {
  return Promise.race([askAnswer(host, port, compareRoutes[route].path), died]);
}

function sentence(text: string): string {
  return `${text.replace(/\.$/, "")}.`;
}
