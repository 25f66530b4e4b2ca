/**
 * What a reading of the memory limit grants, seen from the plan. The project's own systemd unit sets MemoryMax to the
 * plan's limit and MemoryHigh to its mark of pressure; a host tells the tighter of the two, and the plan has counted
 * with both: that is no smaller machine.
 * Source: systemd.resource-control(5); the kernel rounds limits down to whole pages, of 64 KiB at most.
 */
import type { ServerConfig } from "../config/schema.ts";

const PAGE_BYTES_MAX = 65_536;

/** @param plannedBytes what the plan was made for */
export function grantedMemory(
  { memory }: Pick<ServerConfig, "memory">,
  readBytes: number | undefined,
  plannedBytes: number,
): number | undefined {
  if (readBytes === undefined) return undefined;
  const isOwnMark = readBytes <= memory.rss_high_bytes && readBytes > memory.rss_high_bytes - PAGE_BYTES_MAX;
  return isOwnMark ? plannedBytes : readBytes;
}
