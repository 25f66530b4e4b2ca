/** Bun under measurement by scripts/measure/allocators.mjs. Prints the port, and which malloc serves, on stderr. */
import { heapStats } from "bun:jsc";
import { answer } from "./answers.mjs";

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 255,
  fetch: (request, { url }) => {
    if (!request.url.endsWith("/allocator")) return answer(request);
    return Response.json({ url: url.href, serving: serving() });
  },
});
console.error(`port ${server.port}`);

/** The linked mimalloc's own statistics: it serves when they move with what this process allocates. */
function serving() {
  const before = heapStats().mimalloc;
  const held = Array.from({ length: 64 }, () => new Uint8Array(256 * 1024).fill(1));
  const after = heapStats().mimalloc;
  const moved = JSON.stringify(before) !== JSON.stringify(after) && held.length === 64;
  return moved ? `mimalloc ${after.mimalloc_version}, linked in` : "unknown";
}
