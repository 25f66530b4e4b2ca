/** Deno.serve under measurement: `deno run -A --unstable-net deno-serve.mjs PORT WORKERS`; WORKERS = 0: main thread. */
const inWorker = typeof WorkerGlobalScope !== "undefined";

function listen(port) {
  const cert = Deno.env.get("CERT");
  const tls = cert ? { cert: Deno.readTextFileSync(cert), key: Deno.readTextFileSync(Deno.env.get("KEY")) } : {};
  Deno.serve({ port, hostname: "127.0.0.1", reusePort: true, onListen() {}, ...tls }, (request) => {
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
      socket.onmessage = (event) => socket.send(event.data);
      return response;
    }
    if (request.url.endsWith("/heap")) return Response.json({ heapTotal: Deno.memoryUsage().heapTotal });
    return Response.json({ hello: "world" });
  });
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
