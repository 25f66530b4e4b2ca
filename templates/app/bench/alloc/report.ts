/** The comparison for people: tables, how to read them, and what they mean on this runtime, in ratios. */

import { digits, kibText, mib, tableText } from "../report/table.ts";
import { closingText } from "./closing.ts";
import { SIZES_BYTES } from "./protocol.ts";
import type { AllocResult, BackendFigures, Surroundings } from "./result.ts";
import { type StrategyName, strategies, strategyNames } from "./strategies.ts";
import { machineText } from "./surroundings.ts";

const NOT_MEASURED = "-";

export function reportText(result: AllocResult): string {
  const { surroundings, backends, missing, interrupted } = result;
  const parts = [
    headerText(surroundings),
    ...(interrupted ? ["Ended early: what follows is what was measured until then."] : []),
    ...backends.map(backendText),
    ...missing.map(({ name, reason }) => `Not measured: ${name}: ${reason}.`),
    "",
    ...SIZES_BYTES.flatMap((bytes) => speedTable(result, bytes)),
    ...memoryTable(result),
    ...scalingTable(result),
    closingText(result),
  ];
  return `${parts.join("\n")}\n`;
}

function headerText(surroundings: Surroundings): string {
  const { version, adapter, host, governor } = surroundings;
  const frequency = governor === undefined ? "frequency governor not readable" : `frequency governor ${governor}`;
  const kernel = `${host.os}${host.kernel ? ` ${host.kernel}` : ""} ${host.arch}, ${host.libc}`;
  return `Ways to get memory: ${version}, adapter ${adapter}; ${machineText(surroundings)}, ${frequency}; ${kernel}`;
}

function backendText({ label, version, evidence, environment }: BackendFigures): string {
  const settings = Object.entries(environment)
    .filter(([name]) => name !== "LD_PRELOAD")
    .map(([name, value]) => ` ${name}=${value}`);
  return `  ${label}${version === null ? "" : ` ${version}`}: ${evidence}${settings.length === 0 ? "" : `;${settings.join("")}`}`;
}

function speedTable({ backends, budget }: AllocResult, bytes: number): readonly string[] {
  const of = (backend: BackendFigures, strategy: StrategyName) =>
    backend.speed.find((figure) => figure.strategy === strategy && figure.bytes === bytes)?.cpu_ns;
  if (!backends.some((backend) => backend.speed.length > 0)) return [];
  const rows = strategyNames.map((strategy) => [
    strategies[strategy].text,
    ...backends.map((backend) => {
      const figure = of(backend, strategy);
      return figure ? `${digits(figure.median)} ±${percent(figure.spread / figure.median)}` : NOT_MEASURED;
    }),
  ]);
  return [
    `${kibText(bytes)}: CPU time per buffer in ns, median of ${budget.speedRounds} rounds ± half of what the middle half spans`,
    tableText([["", ...backends.map((backend) => backend.label)], ...rows]),
    "",
  ];
}

function memoryTable({ backends, budget, slab }: AllocResult): readonly string[] {
  const row = (name: string, cell: (backend: BackendFigures) => string | undefined) => [
    name,
    ...backends.map((backend) => cell(backend) ?? NOT_MEASURED),
  ];
  const grown = (backend: BackendFigures, freeing: "released" | "collected", when: "after_bytes" | "idle_bytes") => {
    const figure = backend.memory[freeing];
    return figure && mib(Math.max(0, figure[when] - figure.base_bytes));
  };
  const ratio = (backend: BackendFigures, freeing: "released" | "collected") => {
    const figure = backend.memory[freeing];
    return figure && digits(figure.resident_over_live);
  };
  if (!backends.some((backend) => backend.memory.released ?? backend.memory.collected)) return [];
  const live = Math.max(...backends.map((backend) => backend.memory.released?.live_bytes_high ?? 0));
  const idle = `${budget.idleSeconds} s later`;
  const rows = [
    ["", ...backends.map((backend) => backend.label)],
    row("freed at once: resident over live", (backend) => ratio(backend, "released")),
    row("  kept when all is freed", (backend) => grown(backend, "released", "after_bytes")),
    row(`  ${idle}`, (backend) => grown(backend, "released", "idle_bytes")),
    row("left to the collector: resident over live", (backend) => ratio(backend, "collected")),
    row("  kept when all is dropped", (backend) => grown(backend, "collected", "after_bytes")),
    row(`  ${idle}`, (backend) => grown(backend, "collected", "idle_bytes")),
  ];
  const lines = [
    `Memory under a mixed-lifetime trace: ${budget.steps} buffers of 64 B to 256 KiB, 80 % short-lived, 5 % long-lived, ${mib(live)} alive at most`,
    tableText(rows),
  ];
  if (slab) {
    const refused = slab.refused === 0 ? "" : `; ${slab.refused} allocations were refused`;
    lines.push(
      `  slab, by its own books: ${digits(slab.held_over_asked)} of what was asked for, of it ${digits(slab.rounded_over_asked)} by rounding up to a chunk${refused}`,
    );
  }
  return [...lines, ""];
}

function scalingTable({ backends, budget }: AllocResult): readonly string[] {
  const kinds = backends.flatMap((backend) => backend.scaling).filter(({ threads }) => threads > 1);
  const rows = new Map(kinds.map(({ strategy, threads }) => [`${strategy} ${threads}`, { strategy, threads }]));
  if (rows.size === 0) return [];
  const cells = [...rows.values()].map(({ strategy, threads }) => [
    `${strategies[strategy].text}, ${threads} threads`,
    ...backends.map((backend) => {
      const figure = backend.scaling.find((one) => one.strategy === strategy && one.threads === threads);
      return figure ? `${figure.ratio_to_one.toFixed(2)}x` : NOT_MEASURED;
    }),
  ]);
  return [
    `Threads doing the same work with 4 KiB buffers: throughput beside one thread, median of ${budget.scalingRounds} rounds`,
    tableText([["", ...backends.map((backend) => backend.label)], ...cells]),
    "",
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
