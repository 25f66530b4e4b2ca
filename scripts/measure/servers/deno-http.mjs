/** node:http on Deno under measurement: `deno run -A --unstable-net deno-http.mjs PORT WORKERS`. No WebSocket here. */
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";

const inWorker = typeof WorkerGlobalScope !== "undefined";

function listen(port) {
  const answer = (request, response) => {
    response.setHeader("content-type", "application/json");
    if (request.url === "/heap") return response.end(JSON.stringify({ heapTotal: Deno.memoryUsage().heapTotal }));
    response.end('{"hello":"world"}');
  };
  const cert = Deno.env.get("CERT");
  const options = { keepAliveTimeout: 600_000 };
  const server = cert
    ? createTlsServer(
        { ...options, cert: Deno.readTextFileSync(cert), key: Deno.readTextFileSync(Deno.env.get("KEY")) },
        answer,
      )
    : createServer(options, answer);
  server.listen({ port, host: "127.0.0.1", reusePort: true });
}

if (inWorker) self.onmessage = (event) => listen(event.data);
else {
  const [port, workers] = Deno.args.map(Number);
  if (workers === 0) listen(port);
  for (let index = 0; index < workers; index += 1) {
    new Worker(new URL(import.meta.url), { type: "module" }).postMessage(port);
  }
  setInterval(() => {}, 1000);
}
