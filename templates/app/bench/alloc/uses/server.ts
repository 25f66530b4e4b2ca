/**
 * The server that a use is measured in: this project's control plane, pipeline and adapter with routes of the bench, in
 * one thread, so that no other thread's beat falls into the count. Arguments: the folder of the configuration, and the
 * features to start with, separated by commas.
 */
import process from "node:process";
import { setImmediate } from "node:timers";
import { runServer } from "../../../src/control/run-server.ts";
import type { App } from "../../../src/data/start-data-plane.ts";
import type { Feature } from "../../../src/http/feature.ts";
import { defineRoutes } from "../../../src/http/route.ts";
import type { SocketEntry } from "../../../src/runtime/port.ts";
import { features, runtime } from "../../../src/wiring.ts";
import { framesPath, PIECES, REPLIES, REPLY } from "./work.ts";

const [, , directory = "", names = ""] = process.argv;
const asked = names.split(",");
/** A use may be measured without one of its features: the project decides which there are. */
const wanted = new Set(features.map(({ name }) => name).filter((name) => asked.includes(name)));

const text = `${"The quick brown fox jumps over the lazy dog. ".repeat(45)}\n`;

/** Fresh for a moment only, so that nearly every request makes the cache store an answer. */
const cached = wanted.has("response-cache") ? { cache: { ttlMs: 1, staleMs: 0 } } : {};

const routes = defineRoutes({
  "GET /user/:id": ({ params }) => ({ id: params.id }),
  "GET /text": () => text,
  "GET /cached/:id": { ...cached, handler: () => text },
  "POST /body": async (context) => ({ bytes: (await context.bytes()).length }),
  "GET /arena": ({ arena }) => ({ sum: fill((bytes) => arena.view(bytes)) }),
  "GET /fresh": () => ({ sum: fill((bytes) => new Uint8Array(bytes)) }),
});

function fill(take: (bytes: number) => Uint8Array): number {
  let sum = 0;
  for (let piece = 0; piece < PIECES.count; piece += 1) {
    const bytes = take(PIECES.bytes);
    bytes[0] = piece;
    bytes[PIECES.bytes - 1] = piece;
    sum += (bytes[0] ?? 0) + bytes.length;
  }
  return sum;
}

function socketEntry(replies: number): SocketEntry {
  return {
    pattern: framesPath(replies),
    handlers: {
      message(socket) {
        // Bun gathers by itself what a socket's own handler sends; a broadcast comes from elsewhere.
        setImmediate(() => {
          for (let count = 0; count < replies; count += 1) socket.send(REPLY);
        });
      },
    },
    admit: () => undefined,
  };
}

/** The adapter's own batches are under test, not the feature around them. */
const sockets: Feature = {
  name: "bench-sockets",
  install: () => ({ sockets: [socketEntry(1), socketEntry(REPLIES)] }),
};

const app: App = { routes, features: [...features.filter(({ name }) => wanted.has(name)), sockets], runtime };

await runServer({
  directory,
  runtime,
  features: app.features,
  // Never started: the data plane is inline.
  workerModule: new URL(import.meta.url),
  loadApp: async () => app,
});
