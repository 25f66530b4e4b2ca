/** Prints what scripts/measure/engine-limits.mjs found as the tables that people read. */

const MiB = (bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;

export function printEngineLimits(result) {
  const { date, hardware, runtimes, seconds, connections } = result;
  return [
    "# Limits of the engines and processes",
    "",
    `Measured on ${date} by \`scripts/measure/engine-limits.mjs\`: ${hardware.cpu}, ${hardware.cpus} CPUs, Linux ${hardware.kernel}; Bun ${runtimes.bun}, Deno ${runtimes.deno}.`,
    "",
    "## V8's heap limit on Deno",
    "",
    "Old space and three semi-spaces, which are rounded up to a power of two MiB; each thread has a heap of its own.",
    "",
    "| flags | main thread | a worker |",
    "|---|---:|---:|",
    ...result.heapLimits.map(({ flags, main, worker }) => `| \`${flags.join(" ")}\` | ${MiB(main)} | ${MiB(worker)} |`),
    "",
    "## Descriptors",
    "",
    "| | Bun | Deno |",
    "|---|---:|---:|",
    ...[0, 8].map(
      (workers) =>
        `| open in a server with ${workers} workers | ${result.descriptors.bun[workers]} | ${result.descriptors.deno[workers]} |`,
    ),
    `| soft limit of a program started with 256 under a hard limit of 20,000 | ${result.openFiles.bun} | ${result.openFiles.deno} |`,
    "",
    "## The emitted server in a small heap",
    "",
    `With every feature, inline on one CPU, semi-spaces of 1 MiB, ${connections} connections for ${seconds} s. A heap that is nearly full is`,
    "collected again and again: CPU per request tells how much of the time went there.",
    "",
    "| adapter | old space | | CPU per request | requests a second | private memory |",
    "|---|---:|---|---:|---:|---:|",
    ...Object.entries(result.smallHeaps).flatMap(([adapter, rows]) =>
      rows.map((row) => `| ${adapter} | ${MiB(row.oldSpaceBytes)} | ${servedCells(row)} |`),
    ),
    "",
    "## A head that never ends, one header a second",
    "",
    "| server | |",
    "|---|---|",
    ...Object.entries(result.slowHeads).map(
      ([name, { closedAfterS, waitedS, status }]) =>
        `| ${name} | ${closedAfterS === undefined ? `open after ${waitedS} s` : `closed after ${closedAfterS} s${status === null ? "" : `, ${status}`}`} |`,
    ),
    ...Object.entries(result.missing).map(([name, why]) => `\nNot measured: ${name}. ${why}`),
    "",
  ].join("\n");
}

function servedCells({ outcome, cpuUs, requestsPerS, anonymousBytes }) {
  if (outcome !== "serves") return `${outcome} | | | `;
  return `serves | ${cpuUs.toFixed(0)} us | ${Math.round(requestsPerS)} | ${MiB(anonymousBytes)}`;
}
