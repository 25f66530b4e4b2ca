/**
 * Whether the figures of two reports may be held against each other. On another machine, another runtime or other CPUs a
 * difference says nothing about the server, so such reports are refused; other settings are what people want to compare,
 * so they are only told.
 */
import type { BenchReport, ReportContext } from "../report/document.ts";

interface Circumstance {
  readonly name: string;
  of(context: ReportContext): string;
}

const unknown = (value: string | number | null): string => (value === null ? "unknown" : String(value));

const circumstances: readonly Circumstance[] = [
  { name: "CPU model", of: ({ host }) => unknown(host.cpu_model) },
  { name: "CPUs that may be used", of: ({ host }) => String(host.cpus) },
  { name: "CPUs of the machine", of: ({ host }) => String(host.cpus_host) },
  { name: "memory in bytes", of: ({ host }) => unknown(host.memory_bytes) },
  { name: "architecture", of: ({ host }) => `${host.os} ${host.arch} ${host.libc}` },
  { name: "kernel", of: ({ host }) => unknown(host.kernel) },
  { name: "CPU governor", of: ({ host }) => unknown(host.governor) },
  { name: "transparent huge pages", of: ({ host }) => unknown(host.transparent_huge_pages) },
  { name: "runtime", of: ({ runtime }) => runtime },
  { name: "adapter", of: ({ adapter }) => adapter },
  { name: "CPUs of the server", of: ({ pinning }) => cpusText(pinning, pinning.server_cpus) },
  { name: "CPUs of the generator", of: ({ pinning }) => cpusText(pinning, pinning.generator_cpus) },
];

/** A reason for each circumstance that differs; empty: they may be compared. */
export function whyNotComparable(before: ReportContext, now: ReportContext): readonly string[] {
  return circumstances.flatMap(({ name, of }) => {
    const [was, is] = [of(before), of(now)];
    return was === is ? [] : [`${name}: ${was} then, ${is} now`];
  });
}

type Earlier = Pick<BenchReport, "context" | "interrupted">;

/** Sentences on what differs and may be the very thing that is compared, and on what makes the earlier report weak. */
export function differencesToTell({ context: before, interrupted }: Earlier, now: ReportContext): readonly string[] {
  return [
    ...(interrupted ? ["The earlier report was ended early: it has fewer cases or runs than were asked for."] : []),
    ...(before.quick ? ["The earlier report was made with --quick, which proves nothing."] : []),
    ...(before.settings_digest === now.settings_digest
      ? []
      : ["The settings differ from those of the earlier report."]),
    ...(before.allocator === now.allocator ? [] : [`The allocator was ${before.allocator} and is ${now.allocator}.`]),
    ...(before.workers === now.workers ? [] : [`There were ${before.workers} workers and are ${now.workers}.`]),
    ...listDifference("feature", before.features, now.features),
    ...(before.noise?.quiet === false ? ["The machine was not quiet when the earlier report was measured."] : []),
  ];
}

function listDifference(what: string, before: readonly string[], now: readonly string[]): readonly string[] {
  const gone = before.filter((name) => !now.includes(name));
  const come = now.filter((name) => !before.includes(name));
  return [
    ...(come.length === 0 ? [] : [`New since the earlier report, ${what}: ${come.join(", ")}.`]),
    ...(gone.length === 0 ? [] : [`Gone since the earlier report, ${what}: ${gone.join(", ")}.`]),
  ];
}

function cpusText({ reason }: ReportContext["pinning"], cpus: readonly number[]): string {
  return reason === null ? cpus.join(",") : "not pinned";
}
