/** What the figures do not mean. Every report ends with it, on the terminal and on the page. */
import type { BenchReport, CaseDocument } from "./document.ts";

export function meaningTexts({ benches }: Pick<BenchReport, "benches">): readonly string[] {
  const loads = benches.flatMap((bench) => bench.cases).flatMap(({ load }) => (load ? [load.model] : []));
  const several = benches.some((bench) =>
    bench.cases.some(({ figures }) => Object.values(figures).some(({ runs }) => runs.length > 1)),
  );
  return [
    ...(several ? ["± is half the width of the median's bootstrap interval at 95 %."] : []),
    ...(loads.includes("closed")
      ? [
          "Closed loop: a connection asks again only when it has its answer, so a stalled server is asked less often and the " +
            "latencies miss what users would have waited (coordinated omission). It finds the maximum; its latencies are no promise.",
        ]
      : []),
    ...(loads.includes("open")
      ? [
          "Open loop: requests fall due at a fixed rate whatever the server does, and latency counts from that moment. " +
            "These are the latencies to plan with.",
        ]
      : []),
    "Loopback, one machine: no network, no other tenants' clients. Compare such figures with each other on this machine, first " +
      "of all the server CPU per request; they are no promise for real clients.",
  ];
}

/**
 * What it means for the rates that something else than the server set the pace. A fixed rate that left both with time is
 * as it should be, and needs no word.
 */
export function limitNotes(cases: readonly CaseDocument[]): readonly string[] {
  const told = cases.flatMap(({ limited_by: limit, load }) =>
    limit === null || limit === "server" || (limit === "neither" && load?.model === "open") ? [] : [limit],
  );
  return [...new Set(told)].map((limit) => `limited by ${limit}: ${limitTexts[limit]}`);
}

const limitTexts = {
  server: "the rate is what it can do on these CPUs",
  generator: "the server can do more than the rate says; judge by CPU per request",
  both: "server and generator were both at their limit; judge by CPU per request",
  neither: "both had time left: more connections would give more, unless other programs had the CPUs",
  unknown: "CPU time cannot be read here, or a quota that both share may have set the pace",
} as const;

/** 0-2,6 for 0, 1, 2, 6. */
export function cpuListText(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last && cpu === last[1] + 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
