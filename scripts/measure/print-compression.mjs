/** compression.json as Markdown. */

export function printCompression({ date, hardware, runtimes, windowBytes, times, streamKiB }) {
  const { cpu, cpus, kernel } = hardware;
  const tables = Object.entries(times).flatMap(([runtime, kinds]) => {
    const sizes = Object.keys(Object.values(kinds)[0] ?? {});
    return [
      `## ${runtime === "bun" ? `Bun ${runtimes.bun}` : `Deno ${runtimes.deno}`}`,
      "",
      `| coding and level | ${sizes.map((kib) => `${kib} KiB`).join(" | ")} | an open stream |`,
      `|---|${sizes.map(() => "---:|").join("")}---:|`,
      ...Object.entries(kinds).map(([kind, cells]) => {
        const row = sizes.map((kib) => `${cells[kib].us} us, ${cells[kib].percent} %`);
        return `| ${kind} | ${row.join(" | ")} | ${streamKiB[runtime][kind]} KiB |`;
      }),
      "",
    ];
  });
  return [
    "# Content codings of node:zlib",
    "",
    `Measured on ${date} by \`scripts/measure/compression.mjs\`: ${cpu}, ${cpus} CPUs, Linux ${kernel}; one thread, windows of ${windowBytes / 1024} KiB for br and zstd.`,
    "A body of JSON at once, on the thread that asks: the CPU time of the quickest of five batches, and the result's part of the body. And resident memory of a",
    "stream that is open, after 512 KiB that compress like text.",
    "",
    ...tables,
  ].join("\n");
}
