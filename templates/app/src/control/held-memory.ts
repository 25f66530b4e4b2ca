/**
 * The memory that the process holds, as the plan counts it: what the watchdog and the overload feature look at.
 *
 * Idea: a resident size counts the pages of the program itself, 30 to 55 MB, most of which the kernel drops when a control
 * group nears its limit; a small server would look overloaded at rest. The plan's base row holds an eighth of the limit for
 * them, and so much is counted here. The rest is room that is needed when a worker is replaced: its successor starts first.
 * Where the parts are not told (another system, a process without the permission) the resident size stands for them.
 * Source: docs/measurements/memory-costs.md, anonymous and file pages apart; proc_pid_status(5), RssAnon and the like.
 */
import { readFileSync } from "node:fs";
import type { RuntimePort } from "../runtime/port.ts";
import type { ReadText } from "./host.ts";

/** Share of the limit that the plan keeps for the program's pages. */
const CODE_SHARE = 1 / 8;

export function heldMemory(
  runtime: Pick<RuntimePort, "memory">,
  limitBytes: number,
  read: ReadText = readText,
): () => number {
  const codeBytesMax = Math.floor(limitBytes * CODE_SHARE);
  return () => plannedBytes(read("/proc/self/status"), codeBytesMax) ?? runtime.memory().rssBytes;
}

/** `status`: /proc/self/status. undefined: it does not tell (Linux before 4.5). */
function plannedBytes(status: string | undefined, codeBytesMax: number): number | undefined {
  const [anonymous, shared, file] = ["RssAnon", "RssShmem", "RssFile"].map((name) => bytesOf(status, name));
  if (anonymous === undefined || shared === undefined || file === undefined) return undefined;
  return anonymous + shared + Math.min(file, codeBytesMax);
}

function bytesOf(status: string | undefined, name: string): number | undefined {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status ?? "")?.[1];
  return kib === undefined ? undefined : 1024 * Number(kib);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Absent elsewhere than on Linux, and refused to a restricted process: the resident size is taken then.
    return undefined;
  }
}
