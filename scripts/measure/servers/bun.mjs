/** Bun server under measurement: `bun bun.mjs PORT WORKERS`; WORKERS = 0 serves in the main thread. */
import { isMainThread, Worker, workerData } from "node:worker_threads";

const [port, workers] = isMainThread ? process.argv.slice(2).map(Number) : [workerData, 0];

function listen() {
  const { CERT, KEY } = process.env;
  Bun.serve({
    port,
    hostname: "127.0.0.1",
    reusePort: true,
    idleTimeout: 255,
    ...(CERT ? { tls: { cert: Bun.file(CERT), key: Bun.file(KEY) } } : {}),
    fetch(request, server) {
      if (request.url.endsWith("/ws") && server.upgrade(request)) return undefined;
      if (request.url.endsWith("/heap")) return Response.json({ heapTotal: process.memoryUsage().heapTotal });
      return Response.json({ hello: "world" });
    },
    websocket: {
      idleTimeout: 960,
      message(socket, message) {
        socket.send(message);
      },
    },
  });
}

if (!isMainThread || workers === 0) listen();
if (isMainThread) {
  for (let index = 0; index < workers; index += 1) new Worker(new URL(import.meta.url), { workerData: port });
  setInterval(() => {}, 1000);
}
