/**
 * Differences that are no reason to change anything: measured facts waver, and a project that is rewritten for every
 * megabyte that a kernel keeps for itself has no history worth reading. What is compared is always what is recorded:
 * since it stands, small steps do not add up unseen.
 */
import type { Decision } from "../plan/decision.ts";
import { sameContent } from "./setting-content.ts";

/** The same as watchdog.drift_percent, with which the server judges the memory that it is granted. */
export const TOLERANCE = 0.05;

/** Rules that round down to a power of two: what rounds to the same one is the same to them. */
const roundedKeys: ReadonlySet<string> = new Set(["engine.semi_space_bytes_max"]);

/** Threads are whole, and follow whole CPUs, which do not waver: the server, too, tells of each that a host would add. */
const exactKeys: ReadonlySet<string> = new Set(["workers.count", "tasks.threads"]);

/** Whether the two values count as the same. What names something, as a port does, has no near miss. */
export function withinTolerance(
  before: Pick<Decision, "key" | "value">,
  after: Pick<Decision, "value" | "unit">,
): boolean {
  const [was, is] = [before.value, after.value];
  if (sameContent(was, is)) return true;
  if (typeof was !== "number" || typeof is !== "number" || after.unit === "port" || exactKeys.has(before.key)) {
    return false;
  }
  if (roundedKeys.has(before.key)) return powerOfTwo(was) === powerOfTwo(is);
  return Math.abs(is - was) <= TOLERANCE * Math.abs(was);
}

function powerOfTwo(value: number): number {
  return value <= 0 ? value : 2 ** Math.floor(Math.log2(value));
}
