/** The few text forms that the kernel's files use. Anything else is undefined: nonsense is absence, never NaN or 0. */
import { CPUS_MAX, MEMORY_MAX_BYTES, MEMORY_MIN_BYTES } from "./fact-bounds.ts";

/** A whole number within [min, max]; undefined for everything else, signs, decimals and empty text included. */
export function parseCount(text: string | undefined, min: number, max: number): number | undefined {
  const trimmed = text?.trim() ?? "";
  if (!/^\d{1,20}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= min && value <= max ? value : undefined;
}

/** The CPU (or node) numbers of a kernel list such as "0-3,8,10-11"; undefined when empty or malformed. */
export function parseCpuList(text: string | undefined): ReadonlySet<number> | undefined {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return undefined;
  const ids = new Set<number>();
  for (const part of trimmed.split(",")) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last >= CPUS_MAX) return undefined;
    for (let id = first; id <= last; id += 1) ids.add(id);
  }
  return ids;
}

/** The rest of the first line that starts with `name:`, as in /proc/self/status and /proc/cpuinfo. */
export function field(text: string | undefined, name: string): string | undefined {
  for (const line of text?.split("\n") ?? []) {
    const colon = line.indexOf(":");
    if (colon > 0 && line.slice(0, colon).trim() === name) return line.slice(colon + 1).trim();
  }
  return undefined;
}

/** Memory, in bytes, of a field in kilobytes such as "MemTotal: 16303428 kB"; the kernel's kB is 1024 bytes. */
export function kilobytesField(text: string | undefined, name: string): number | undefined {
  const match = /^(\d{1,20}) kB$/.exec(field(text, name) ?? "");
  const bytes = Number(match?.[1] ?? Number.NaN) * 1024;
  return bytes >= MEMORY_MIN_BYTES && bytes <= MEMORY_MAX_BYTES ? bytes : undefined;
}

/** The bracketed word of a choice file such as "always [madvise] never". */
export function chosenWord(text: string | undefined): string | undefined {
  return /\[([a-z_]+)\]/.exec(text ?? "")?.[1];
}
