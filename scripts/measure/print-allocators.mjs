/** Prints what scripts/measure/allocators.mjs found as the table that people read. */

const MiB = ({ median }) => `${Math.round(median / 1024 ** 2)} MiB`;
const ratio = ({ median, min, max }) => `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;

export function printAllocators(result) {
  const { cpu, cpus, kernel } = result.machine;
  const libraries = Object.values(result.libraries).join(", ");
  const lines = [
    "# The malloc under the runtimes",
    "",
    `Measured on ${result.measured} by \`scripts/measure/allocators.mjs\`: ${cpu}, ${cpus} CPUs, Linux ${kernel}; ${libraries}. ` +
      `${result.rounds} rounds of ${result.seconds} s per case, ${result.connections} connections, server on one core and wrk on the other, loopback.`,
    "",
    "Ratios are to the runtime's default in the same round, median and spread: below 1 is less CPU per request, or less",
    "memory. They are the facts; absolute figures move from machine to machine. The planning rules cite the JSON file",
    "beside this one, and a test compares each of their claims with it.",
  ];
  for (const [workload, what] of Object.entries(result.workloads)) {
    for (const runtime of ["deno", "bun"]) {
      const rows = result.rows.filter((row) => row.workload === workload && row.runtime === runtime);
      if (rows.length === 0) continue;
      lines.push(
        "",
        `## ${runtime === "bun" ? "Bun" : "Deno"}: ${what}`,
        "",
        "| case | CPU per request | ratio | requests per second | RSS under load | ratio | RSS 3 s after | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        ...rows.map(
          (row) =>
            `| ${row.name} | ${row.cpuUs.median.toFixed(1)} us | ${ratio(row.cpuRatio)} | ${Math.round(row.requestsPerS.median)} | ${MiB(row.rssBytes)} | ${ratio(row.rssRatio)} | ${MiB(row.rssIdleBytes)} | ${ratio(row.rssIdleRatio)} |`,
        ),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
