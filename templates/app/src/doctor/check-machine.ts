/** The machine against the plan: runtime, memory, CPUs, open files, backlog, huge pages, page size. Pure. */
import { retuneCommand } from "../config/retune-command.ts";
import type { ServerConfig } from "../config/schema.ts";
import { checkBudget } from "../control/budget-check.ts";
import type { HostReading } from "../control/host.ts";
import { type AdapterName, runtimeOf } from "../runtime/capabilities.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface MachineReading {
  readonly config: ServerConfig;
  readonly adapter: AdapterName;
  /** "Bun 1.4.5", and the version that the project was made with. */
  readonly version: string;
  readonly pinned: string;
  readonly host: HostReading;
  /** The profile whose plan is looked at; undefined: the project's own. */
  readonly profile: string | undefined;
}

export function checkMachine(reading: MachineReading): readonly Finding[] {
  return [
    checkRuntime(reading),
    checkMemory(reading),
    ...checkCpus(reading),
    checkFiles(reading),
    ...checkBacklog(reading),
    checkHugePages(reading),
    checkPages(reading),
  ];
}

function checkRuntime({ version, pinned }: MachineReading): Finding {
  const subject = "runtime";
  if (version.endsWith(` ${pinned}`)) return ok(subject, version, "The project was made and measured with it.");
  const reason = `The project was made and measured with version ${pinned}; flags and limits may differ.`;
  return warning(subject, version, reason, `install version ${pinned}`);
}

function checkMemory({ config, host, adapter, profile }: MachineReading): Finding {
  const subject = "memory";
  const { verdict, plannedBytes, grantedBytes, note } = checkBudget(config, host, adapter, profile);
  const planned = `${mib(plannedBytes)} MiB planned`;
  const value = grantedBytes === undefined ? planned : `${mib(grantedBytes)} MiB granted, ${planned}`;
  if (verdict === "fits") return ok(subject, value, "The plan's budget fits into what this process is granted.");
  if (verdict === "spare") return ok(subject, value, note);
  if (verdict === "unknown") return warning(subject, value, note, "compare the container's or unit's limit yourself");
  const isRefused = verdict === "unsafe" && config.watchdog.on_unsafe === "refuse";
  return (isRefused ? problem : warning)(
    subject,
    value,
    note,
    `grant ${mib(plannedBytes)} MiB, or ${retuned(profile)}`,
  );
}

function retuned(profile: string | undefined): string {
  return `retune the project for this host: ${retuneCommand(profile)}`;
}

function checkCpus({ config, host, profile }: MachineReading): readonly Finding[] {
  const { mode, count } = config.workers;
  if (mode === "inline") return [ok("CPUs", `${round(host.cpus)}`, "One thread does everything.")];
  const value = `${round(host.cpus)} for ${count} workers`;
  if (count <= Math.ceil(host.cpus)) return [ok("CPUs", value, "Every worker has a CPU to run on.")];
  return [
    warning(
      "CPUs",
      value,
      "Workers share CPUs: they take turns, and latency grows.",
      `set workers.count = ${Math.max(1, Math.floor(host.cpus))}, or ${retuned(profile)}`,
    ),
  ];
}

function checkFiles({ config, host }: MachineReading): Finding {
  const subject = "open files";
  const { nofile_min, connections_max } = config.limits;
  if (host.nofile === undefined) {
    if (host.os === "linux") {
      return warning(
        subject,
        "unknown",
        "The limit of this process cannot be read.",
        `look at it with: ulimit -n; the plan needs ${nofile_min}`,
      );
    }
    return ok(subject, "not read on this system", `The plan needs ${nofile_min}.`);
  }
  const value = `${host.nofile}, limits.nofile_min is ${nofile_min}`;
  if (host.nofile >= nofile_min)
    return ok(subject, value, `Enough for ${connections_max} connections and the server's own.`);
  return problem(
    subject,
    value,
    `Connections are refused before limits.connections_max = ${connections_max} is reached.`,
    `raise it: ulimit -n ${nofile_min}, LimitNOFILE=${nofile_min} in a unit, --ulimit nofile=${nofile_min} for a container`,
  );
}

function checkBacklog({ config, host }: MachineReading): readonly Finding[] {
  const { somaxconn } = host;
  const planned = config.server.backlog_max;
  if (planned === undefined) return [];
  const subject = "backlog";
  if (somaxconn === undefined) return [ok(subject, `${planned} planned`, "This system does not tell its own bound.")];
  const value = `net.core.somaxconn is ${somaxconn}, server.backlog_max is ${planned}`;
  if (somaxconn >= planned) return [ok(subject, value, "The kernel lets as many connections wait as planned.")];
  const reason = `The kernel lets ${somaxconn} connections wait per listener and says nothing about the rest.`;
  return [warning(subject, value, reason, `raise it: sysctl -w net.core.somaxconn=${planned}`)];
}

function checkHugePages({ host, adapter, config }: MachineReading): Finding {
  const subject = "huge pages";
  const mode = host.transparentHugePages;
  if (mode === undefined) return ok(subject, "unknown", "This system does not tell of transparent huge pages.");
  if (mode !== "always") return ok(subject, mode, "Memory is given in the kernel's own pages unless somebody asks.");
  if (runtimeOf(adapter) === "bun") return ok(subject, mode, "Bun's own mimalloc declines them.");
  if (config.allocator.backend === "jemalloc") return ok(subject, mode, "The launch tells jemalloc to decline them.");
  return warning(
    subject,
    mode,
    "The kernel gives 2 MiB where 4 KiB would do: resident memory may swell above the plan.",
    "set it to madvise: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
  );
}

/** Bun's programs are built for pages of up to 16 KiB (oven-sh/bun#25050); Deno's run on any. */
const BUN_PAGE_BYTES_MAX = 16_384;
const USUAL_PAGE_BYTES = 4096;

function checkPages({ host, adapter }: MachineReading): Finding {
  const subject = "page size";
  if (host.pageBytes === undefined) return ok(subject, "unknown", "This system does not tell it.");
  const value = `${host.pageBytes / 1024} KiB`;
  if (host.pageBytes <= USUAL_PAGE_BYTES) return ok(subject, value, "The size that libraries are built for.");
  if (runtimeOf(adapter) === "bun" && host.pageBytes > BUN_PAGE_BYTES_MAX) {
    return problem(
      subject,
      value,
      "Bun aborts on pages above 16 KiB.",
      "boot a kernel with pages of 4 KiB, or use Deno",
    );
  }
  return ok(
    subject,
    value,
    "Larger than usual; a malloc library must be built for it, which the allocator's row tells.",
  );
}

function mib(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
