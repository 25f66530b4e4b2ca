/**
 * `bench:ws`: what a WebSocket message costs by its kind, a broadcast, and a new connection.
 *
 * Echoes and JSON are closed loops with one message under way on each client, so their latency is that of a conversation.
 * A broadcast goes to all clients of one room; its latency runs until the last of them has it.
 */
import process from "node:process";
import type { SocketOrder } from "../load/order.ts";
import { standardFigures } from "../report/figures.ts";
import type { Bench, CasePlan, Project, ServerSpec, Session } from "./bench.ts";
import { documentOf, lacks } from "./bench-document.ts";
import { churnRefusal } from "./churn-bound.ts";

export const wsBench: Bench = {
  name: "ws",
  title: "WebSockets",
  refuse: (project) => lacks(project, "websocket"),
  suits: (project) => project.features.includes("websocket"),
  async run(session) {
    const clients = clientsOf(session);
    return documentOf(wsBench, await session.rounds(casesOf(session, clients)), { notes: notesOf(session, clients) });
  },
};

const TEXT = "x".repeat(64);
const BINARY_BYTES = 1024;
/** What /ws/json reads, and what it answers. */
const JSON_MESSAGE = JSON.stringify({ id: 4711, kind: "order", items: ["apple", "pear", "plum"], paid: false });
const JSON_REPLY = JSON.stringify({ id: 4711, ok: true });
/** Enough that the sender never waits for its turn, and far below what may wait unsent on one socket (64 B each). */
const BROADCASTS_UNDER_WAY = 16;

const CONNECT = "ws/connect";

const BENCH_SERVER: ServerSpec = { program: "bench", settings: {} };

function clientsOf({ sizes, config }: Pick<Session, "sizes" | "config">): number {
  return Math.max(1, Math.min(sizes.socket_clients, config.websocket.connections_max));
}

function casesOf({ config }: Project, clients: number): readonly CasePlan[] {
  const all = `${clients} clients`;
  return [
    plan("ws/echo-64", `echo of a text of 64 bytes, ${all}`, "message", { clients, message: TEXT }),
    plan("ws/echo-1k-binary", `echo of 1 KiB of bytes, ${all}`, "message", { clients, message: BINARY_BYTES }),
    plan("ws/json", `JSON, read and answered, ${all}`, "message", {
      clients,
      path: "/ws/json",
      message: JSON_MESSAGE,
      reply: JSON_REPLY,
    }),
    broadcastPlan(config.workers.count, clients),
    ...(churnRefusal(CONNECT, process.platform) === undefined ? [connectPlan(clients)] : []),
  ];
}

function connectPlan(clients: number): CasePlan {
  const title = `connections: handshake, close, the next; ${clients} at once`;
  return plan(CONNECT, title, "connection", { clients, pattern: "connect" });
}

/** A room is one worker's, so its server has one. */
function broadcastPlan(workers: number, clients: number): CasePlan {
  const room = plan("ws/broadcast", `a text of 64 bytes to all ${clients} clients of a room`, "delivery", {
    clients,
    path: "/ws/room",
    pattern: "broadcast",
    window: BROADCASTS_UNDER_WAY,
  });
  return {
    ...room,
    server: workers === 1 ? BENCH_SERVER : { program: "bench", settings: { "workers.count": "1" } },
    figures: (sample) => ({
      ...room.figures(sample),
      messages_per_second: sample.counts.done / clients / sample.counts.seconds,
    }),
  };
}

type Unit = "message" | "delivery" | "connection";
type OrderParts = Partial<Pick<SocketOrder, "path" | "pattern" | "message" | "reply" | "window">> & {
  readonly clients: number;
};

function plan(id: string, title: string, unit: Unit, parts: OrderParts): CasePlan {
  return {
    id,
    title,
    server: BENCH_SERVER,
    order: ({ host, port }) => ({
      kind: "socket",
      target: { host, port },
      path: "/ws/echo",
      pattern: "echo",
      message: TEXT,
      reply: null,
      window: 1,
      ...parts,
    }),
    figures: (sample) => standardFigures(sample, unit),
  };
}

function notesOf({ sizes, config }: Pick<Session, "sizes" | "config">, clients: number): readonly string[] {
  const notes = ["Latency of ws/broadcast runs from a message's sending until the last client of the room has it."];
  const churn = churnRefusal(CONNECT, process.platform);
  if (churn !== undefined) notes.push(churn);
  if (config.workers.count > 1) {
    notes.push(
      "ws/broadcast ran with one worker: a room is one worker's, and messages between workers are the app's own.",
    );
  }
  if (clients < sizes.socket_clients) {
    notes.push(
      `${clients} clients instead of ${sizes.socket_clients} (bench.socket_clients): websocket.connections_max admits no more.`,
    );
  }
  return notes;
}
