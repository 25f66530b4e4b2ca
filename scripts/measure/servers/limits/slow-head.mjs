/** A server that would answer, if a head ever ended: `PROGRAM slow-head.mjs bun|deno|node`. node:http gets a head time of 3 s. */
import { createServer } from "node:http";

const form = globalThis.Deno?.args[0] ?? process.argv[2];
const answer = () => new Response("late");
const options = { hostname: "127.0.0.1", port: 0 };
if (form === "bun") console.error(`port ${Bun.serve({ ...options, fetch: answer }).port}`);
else if (form === "deno") Deno.serve({ ...options, onListen: ({ port }) => console.error(`port ${port}`) }, answer);
else {
  const times = { headersTimeout: 3000, requestTimeout: 4000, connectionsCheckingInterval: 500 };
  const server = createServer(times, (_request, response) => response.end("late"));
  server.listen(0, "127.0.0.1", () => console.error(`port ${server.address().port}`));
}
