/** Prints what scripts/measure/threads.mjs found as the tables that people read. */

const MiB = (bytes) => (bytes / 1024 ** 2).toFixed(1);
const ns = ({ median, min, max }) => `${median.toFixed(1)} (${min.toFixed(1)}-${max.toFixed(1)})`;
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const operations = {
  plain_add_ns: "`+=` in shared memory",
  atomic_add_ns: "`Atomics.add`",
  rate_decision_ns: "a decision of the rate limit, with its hash",
};

export function printThreads({ date, hardware, runtimes, workers, clients, connections, rolls, ...found }) {
  return [
    "# Worker threads and shared memory",
    "",
    `Measured on ${date} by \`scripts/measure/threads.mjs\`: ${hardware.cpu}, ${hardware.cpus} CPUs, Linux ${hardware.kernel}; Bun ${runtimes.bun}, Deno ${runtimes.deno}.`,
    "Bare servers in worker threads that listen on one port with SO_REUSEPORT, without anything of the emitted server around.",
    "",
    "## How connections are shared out",
    "",
    `${connections} connections to ${workers} workers, one request each: the workers' shares. And private memory of a further worker.`,
    "",
    "| server | smallest share | largest share | fresh, MiB | after load, MiB |",
    "|---|---:|---:|---:|---:|",
    ...Object.entries(found.balance).map(
      ([name, shares]) =>
        `| ${name} | ${percent(shares[0])} | ${percent(shares.at(-1))} | ${MiB(found.memory[name].freshBytes)} | ${MiB(found.memory[name].loadedBytes)} |`,
    ),
    "",
    "## Replacing all workers while they serve",
    "",
    `${rolls} times ${workers} workers, under ${clients} clients that open a connection for each request: the successor listens before the worker`,
    "closes. What waits in the closed listener's queue is reset, unless the kernel moves it (net.ipv4.tcp_migrate_req=1).",
    "",
    "| server | tcp_migrate_req | answered | reset | refused | closed without an answer |",
    "|---|---|---:|---:|---:|---:|",
    ...Object.entries(found.rolling).flatMap(([name, settings]) =>
      Object.entries(settings).map(
        ([setting, { answered, reset, refused, empty }]) =>
          `| ${name} | ${setting} | ${answered} | ${reset} | ${refused} | ${empty} |`,
      ),
    ),
    "",
    "## Shared memory, one thread, ns per operation",
    "",
    "| operation | Bun | Deno |",
    "|---|---:|---:|",
    ...Object.entries(operations).map(
      ([key, title]) => `| ${title} | ${ns(found.shared.bun[key])} | ${ns(found.shared.deno[key])} |`,
    ),
    "",
    "## What works",
    "",
    "| | Bun | Deno |",
    "|---|---|---|",
    ...Object.keys(found.checks.bun).map(
      (name) => `| ${name} | ${yes(found.checks.bun[name])} | ${yes(found.checks.deno[name])} |`,
    ),
    `| the other workers serve on after an uncaught error in one | ${yes(found.survives["Bun.serve"])} | ${yes(found.survives["Deno.serve"])} |`,
    ...missingLines(found.missing),
    "",
  ].join("\n");
}

function missingLines(missing) {
  const rows = Object.entries(missing).map(([name, why]) => `- ${name}: ${why}`);
  return rows.length === 0 ? [] : ["", "## Not measured", "", ...rows];
}

function yes(works) {
  return works ? "yes" : "no";
}
