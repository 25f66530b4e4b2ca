/** Prints the measured memory costs as the table that people read. */

const MiB = (bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const KiB = (bytes) => (bytes === undefined ? "none" : `${(bytes / 1024).toFixed(1)} KiB`);

const rows = [
  ["private memory, one thread, fresh", ({ base }) => MiB(base.fresh.anonymous)],
  ["private memory, one thread, after warm-up", ({ base }) => MiB(base.warm.anonymous)],
  ["of which the JavaScript heap", ({ base }) => MiB(base.warm.heapTotal)],
  ["file-backed memory (code), resident", ({ base }) => MiB(base.warm.file)],
  ["file-backed memory that serving touches", ({ base }) => MiB(base.usedFile)],
  ["each further worker thread, fresh", ({ thread }) => MiB(thread.freshPerThread)],
  ["each further worker thread, after warm-up", ({ thread }) => MiB(thread.warmPerThread)],
  ["idle keep-alive connection, process", ({ connection }) => KiB(connection.http.user)],
  ["idle keep-alive connection, kernel", ({ connection }) => KiB(connection.http.kernel)],
  ["idle TLS connection, process", ({ connection }) => KiB(connection.https.user)],
  ["idle WebSocket, process", ({ connection }) => KiB(connection.webSocket?.user)],
  ["smallest V8 old space that serves", ({ engine }) => (engine ? MiB(engine.smallestHeap) : "none")],
  ["resident bytes per byte of semi-space", ({ engine }) => (engine ? String(engine.semiSpace.bytesPerByte) : "none")],
  ["emitted server, inline, fresh", ({ emitted }) => MiB(emitted.anonymous.inline1)],
  ["emitted server, control plane of a threaded one", ({ emitted }) => MiB(emitted.control)],
  ["emitted server, each worker, fresh", ({ emitted }) => MiB(emitted.worker)],
  ["emitted server, file-backed memory (code)", ({ emitted }) => MiB(emitted.file)],
];

export function printMarkdown(result) {
  const names = Object.keys(result.adapters);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const { cpu, cpus, kernel } = result.machine;
  return [
    "# Memory costs of the runtimes",
    "",
    `Measured on ${result.measured} by \`scripts/measure/memory-costs.mjs\`: ${cpu}, ${cpus} CPUs, Linux ${kernel}; ` +
      `Bun ${result.runtimes.bun}, Deno ${result.runtimes.deno} with 1 MiB semi-spaces unless said otherwise, loopback. ` +
      "The planning rules cite these figures; the JSON file beside this one holds them exactly.",
    "",
    line(["cost", ...names]),
    line(["---", ...names.map(() => "---:")]),
    ...rows.map(([label, read]) => line([label, ...names.map((name) => read(result.adapters[name]))])),
    "",
    "Costs per connection are the slope between 500 and 3,000 open connections; costs per thread the slope between",
    "1 and 8 threads. The kernel's part is half of the machine's growth, because both ends are on it.",
    "",
  ].join("\n");
}
