/**
 * Workers that share a port, on the bare runtime: `bun|deno workers.mjs FORM PORT WORKERS`; FORM is bun, deno or node (for
 * node:http on Deno). Each answers with its number. SIGUSR2 replaces all of them, one after the other: the successor listens, then the
 * worker closes its listener and finishes what is in flight. An uncaught error in a worker is said and ends it.
 */
import { createServer } from "node:http";

const inWorker = globalThis.Bun ? !Bun.isMainThread : typeof WorkerGlobalScope !== "undefined";

/** Each starts a listener and resolves with what closes it and waits for what is in flight. */
const listeners = {
  bun: (port, number) => {
    const fetch = (request) => answer(new URL(request.url).pathname, number);
    const server = Bun.serve({ port, hostname: "127.0.0.1", reusePort: true, fetch });
    return () => server.stop(false);
  },
  deno: (port, number) => {
    const options = { port, hostname: "127.0.0.1", reusePort: true, onListen() {} };
    const server = Deno.serve(options, (request) => answer(new URL(request.url).pathname, number));
    return () => server.shutdown();
  },
  node: async (port, number) => {
    const server = createServer((_request, response) => response.end(String(number)));
    server.listen({ port, host: "127.0.0.1", reusePort: true });
    await new Promise((resolve) => server.once("listening", resolve));
    return () => new Promise((resolve) => server.close(resolve));
  },
};

function answer(path, number) {
  if (path === "/throw") {
    setTimeout(() => {
      throw new Error("nobody catches this");
    });
  }
  return new Response(String(number));
}

if (inWorker) serveInWorker();
else await main();

function serveInWorker() {
  let stop;
  self.onmessage = async ({ data }) => {
    if (data.type === "stop") {
      await stop();
      self.postMessage("stopped");
      return;
    }
    stop = await listeners[data.form](data.port, data.number);
    self.postMessage("listening");
  };
}

async function main() {
  const [form, port, count] = (globalThis.Deno?.args ?? process.argv.slice(2)).map((word) => Number(word) || word);
  let next = 0;
  const start = async () => {
    const worker = new Worker(new URL(import.meta.url), { type: "module" });
    worker.addEventListener("error", (event) => {
      // Without it, Deno ends the process.
      event.preventDefault();
      console.error("a worker ended with an error");
    });
    worker.postMessage({ type: "start", form, port, number: next });
    next += 1;
    await said(worker, "listening");
    return worker;
  };
  const workers = [];
  for (let index = 0; index < count; index += 1) workers.push(await start());
  process.on("SIGUSR2", async () => {
    for (let index = 0; index < workers.length; index += 1) {
      const leaving = workers[index];
      workers[index] = await start();
      leaving.postMessage({ type: "stop" });
      await said(leaving, "stopped");
      leaving.terminate();
    }
    console.error("rolled");
  });
  console.error(`port ${port}`);
  setInterval(() => {}, 1000);
}

function said(worker, what) {
  return new Promise((resolve) => {
    worker.addEventListener("message", ({ data }) => {
      if (data === what) resolve();
    });
  });
}
