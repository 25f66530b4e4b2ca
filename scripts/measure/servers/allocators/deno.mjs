/** Deno.serve under measurement by scripts/measure/allocators.mjs. Prints the port on stderr; GET /allocator tells who serves. */
import { answer } from "./answers.mjs";

const libc = Deno.dlopen("libc.so.6", {
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
});

Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.error(`port ${port}`) }, (request) =>
  request.url.endsWith("/allocator") ? Response.json({ serving: serving() }) : answer(request),
);

/** The mapped file in which the process-wide symbol malloc lies: what V8's buffers and Deno's Rust are served by. */
function serving() {
  // RTLD_DEFAULT is 0: the order of the loader, in which a preloaded library comes first.
  const pointer = libc.symbols.dlsym(null, new TextEncoder().encode("malloc\0"));
  const address = Deno.UnsafePointer.value(pointer);
  for (const line of Deno.readTextFileSync("/proc/self/maps").split("\n")) {
    const [, from, to, path] = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+\s+(\/.*)$/.exec(line) ?? [];
    if (path && address >= BigInt(`0x${from}`) && address < BigInt(`0x${to}`)) return path;
  }
  return "unknown";
}
