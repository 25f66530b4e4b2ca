/** Prints V8's heap limit in bytes, of the main thread and of a worker: `deno run heap-limit.mjs`. */
import { getHeapStatistics } from "node:v8";

const limit = getHeapStatistics().heap_size_limit;
if (typeof WorkerGlobalScope !== "undefined") self.postMessage(limit);
else {
  const worker = new Worker(new URL(import.meta.url), { type: "module" });
  const inWorker = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  console.log(JSON.stringify({ main: limit, worker: inWorker }));
}
