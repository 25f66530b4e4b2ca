/** Says that the server is up, in the banner and in the log line "started". */
import type { RuntimePort } from "../runtime/port.ts";
import { type BannerValues, bannerFields, bannerText } from "./banner.ts";
import { readHost } from "./host.ts";
import type { Running } from "./running.ts";

export function announce(running: Running, port: number): void {
  const { parts, loaded, config, logger, allocator, admin, launch, drift } = running;
  const scheme = config.tls.mode === "off" ? "http" : "https";
  const values: BannerValues = {
    version: parts.runtime.version,
    adapter: parts.runtime.adapter,
    tuned: launch !== undefined,
    allocator,
    host: launch?.host ?? readHost(),
    config,
    url: `${scheme}://${address(config.server.host, port)}`,
    adminUrl: `http://${address(config.admin.host, admin?.port ?? config.admin.port)}`,
    profile: loaded.profile,
    files: loaded.files,
    overrides: Object.values(loaded.origin).filter((layer) => layer !== "tuned").length,
    notes: [...(launch?.notes ?? []), ...versionNotes(parts.runtime)],
    drift: drift.notes,
    driftNext: drift.next,
  };
  // By the log's own sink: process.stdout writes later on some pipes, and on Bun makes the descriptor that all threads
  // share one that does not wait, for them and for whoever else has it.
  if (config.log.format === "text") logger.plain(bannerText(values));
  logger.info("started", bannerFields(values));
  if (values.tuned) warnOfAllocator(running);
  // What a slow reader does not take yet is not given up, as it is at an end.
  logger.flush();
}

/** A line of its own: the one above is not written where only warnings are. */
function warnOfAllocator({ allocator, launch, logger }: Running): void {
  if (allocator.serving !== false) return;
  const { requested, backend, evidence } = allocator;
  const notes = launch?.notes.filter((note) => note.startsWith("allocator.backend")).join(" ");
  logger.warn("the configured allocator does not serve", { requested, serving: backend, evidence, notes });
}

function versionNotes(runtime: RuntimePort): readonly string[] {
  if (runtime.version.endsWith(` ${runtime.pinned}`)) return [];
  return [`This project was made and measured with version ${runtime.pinned}; ${runtime.version} runs.`];
}

function address(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
