/** memory-uses.json as Markdown. */

export function printMemoryUses({ date, host, servers, times, uses, missing }) {
  const adapters = Object.keys(servers);
  const versions = [...new Set(adapters.map((adapter) => servers[adapter].version))].join(", ");
  const pairs = Math.max(...Object.values(uses).flatMap((row) => Object.values(row).map((figures) => figures.pairs)));
  const sure = Math.min(
    ...Object.values(uses).flatMap((row) => Object.values(row).map(({ confidence }) => confidence)),
  );
  const rows = Object.entries(uses).flatMap(([use, row]) =>
    Object.entries(row).map(
      ([adapter, { onUs, offUs, ratio, low, high, onRssBytes, offRssBytes, verdict }]) =>
        `| ${use} | ${adapter} | ${us(onUs)} | ${us(offUs)} | ${ratio.toFixed(3)} | ${low.toFixed(3)} to ${high.toFixed(3)} | ${mib(onRssBytes)} | ${mib(offRssBytes)} | ${verdict} |`,
    ),
  );
  const reasons = Object.entries(missing).flatMap(([use, row]) =>
    Object.entries(row).map(([adapter, reason]) => `- ${use} on ${adapter}: ${reason}`),
  );
  return [
    "# Uses of arenas and pools, on against off",
    "",
    `Measured on ${date} by \`scripts/measure/memory-uses.mjs\`: ${host.cpu_model ?? "unknown CPU"}, ${host.cpus} CPUs, Linux ${host.kernel?.split("-")[0]}; ${versions}. The emitted server in one thread with the features that a use is in, server and load each on a core of its own; ${pairs} pair${pairs === 1 ? "" : "s"} of fresh servers for each row, loaded on, off, off, on, ${times.slice_s} s each after ${times.warmup_s} s of warm-up. User and system time of the server's process per request.`,
    "",
    `\`ratio\` is the median of on/off, the interval is the sign test's and covers the true median with ${Math.round(sure * 100)} %. A use wins where the whole interval lies below 1; it is on by default there and nowhere else. JavaScript engines compile differently from start to start, so a difference of a few percent shows only over many pairs.`,
    "",
    "| use | adapter | on, us | off, us | ratio | interval | on, RSS | off, RSS | verdict |",
    "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ...rows,
    ...(reasons.length === 0 ? [] : ["", "Not there:", "", ...reasons]),
    "",
  ].join("\n");
}

function us(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function mib(bytes) {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
