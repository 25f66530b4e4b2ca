/** Prints what scripts/measure/ceilings.mjs found as the tables that people read. */

const us = ({ median, min, max }) => `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
const rate = ({ median, min, max }) => `${Math.round(median)} (${Math.round(min)}-${Math.round(max)})`;
const MiB = (bytes) => (bytes / 1024 ** 2).toFixed(1);

export function printCeilings({ date, hardware, runtimes, rounds, seconds, groups, missing }) {
  return [
    "# Ceilings of the bare runtimes",
    "",
    `Measured on ${date} by \`scripts/measure/ceilings.mjs\`: ${hardware.cpu}, ${hardware.cpus} CPUs, Linux ${hardware.kernel}; Bun ${runtimes.bun}, Deno ${runtimes.deno},`,
    `Node ${runtimes.node}. Server on CPU 0, load on the last one, loopback; median and range of ${rounds} rounds of ${seconds} s.`,
    "The load itself is the limit of many rows' requests per second: server CPU time per request (user and system) is the figure.",
    ...Object.values(groups).flatMap((group) => ["", `## ${group.title}`, "", ...rowsOf(group)]),
    "",
    "## Not measured here",
    "",
    ...Object.entries(missing).map(([name, why]) => `- ${name}: ${why}`),
    "- Frameworks with a request id, security headers and a counter: `feature-costs.md` beside this file has them.",
    "",
  ].join("\n");
}

function rowsOf({ connections, rows }) {
  if (connections !== undefined) {
    return [
      "| server | resident memory, MiB | bytes for each connection |",
      "|---|---:|---:|",
      ...rows.map(({ name, rssBytes, bytesPerConnection }) => `| ${name} | ${MiB(rssBytes)} | ${bytesPerConnection} |`),
    ];
  }
  return [
    "| server | CPU each, us | a second |",
    "|---|---:|---:|",
    ...rows.map(({ name, cpuUs, requestsPerS }) => `| ${name} | ${us(cpuUs)} | ${rate(requestsPerS)} |`),
  ];
}
