/** Prints the measured costs of the features as the table that people read. */

const titles = { bun: "Bun", deno: "Deno (Deno.serve)" };

export function printFeatureCosts({ measured, machine, runtimes }) {
  const parts = Object.entries(runtimes).flatMap(([runtime, { headers, rows }]) => [
    `## ${titles[runtime]}`,
    "",
    "| server | CPU per request | of the bare runtime with the same headers | least to most of the rounds |",
    "|---|---:|---:|---:|",
    ...rows.map(
      ({ name, us, ratio, ratioMin, ratioMax }) =>
        `| ${name} | ${us.toFixed(2)} us | ${ratio.toFixed(2)} | ${ratioMin.toFixed(2)} to ${ratioMax.toFixed(2)} |`,
    ),
    "",
    `The same headers: ${Object.keys(headers).join(", ")}, and a request id.`,
    "",
  ]);
  return [
    "# What features cost",
    "",
    `Measured on ${measured} by \`scripts/measure/feature-costs.mjs\`: ${machine.cpu}, ${machine.cpus} CPUs, Linux ${machine.kernel}; ` +
      "`GET /user/42` answered with a small JSON object, 32 keep-alive connections, server and load each on a core, all servers in turn " +
      "in every round. User and system time of the server's process over the requests it answered; medians.",
    "",
    ...parts,
  ].join("\n");
}
