/** Units: the only place where 1024 and 1000 stand for sizes and times. Sizes are bytes, times milliseconds. */

export function KiB(count: number): number {
  return Math.round(count * 1024);
}

export function MiB(count: number): number {
  return Math.round(count * 1024 ** 2);
}

export function GiB(count: number): number {
  return Math.round(count * 1024 ** 3);
}

export function seconds(count: number): number {
  return Math.round(count * 1000);
}

export function minutes(count: number): number {
  return seconds(count * 60);
}

/** The value moved into [min, max]. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

/** Rounded down to a multiple of `step`: a partial step would promise more than there is. */
export function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

const SIZE_PATTERN = /^(\d+(?:\.\d+)?)\s*(b|k|kb|kib|m|mb|mib|g|gb|gib|t|tb|tib)?$/i;
const SIZE_EXPONENT: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/**
 * Bytes of a size such as "512m", "1.5GiB" or "1073741824"; undefined when the text is no size.
 * All multiples are binary, as in Docker's and Kubernetes' Mi: "1g" is 1024^3 bytes.
 */
export function parseBytes(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text.trim());
  if (!match) return undefined;
  const unit = (match[2] ?? "b")[0]?.toLowerCase() ?? "b";
  return Math.round(Number(match[1]) * 1024 ** (SIZE_EXPONENT[unit] ?? 0));
}

const SIZE_NAMES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size for people: "1.5 GiB"; at most one decimal, binary multiples. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (Math.abs(value) >= 1024 && step < SIZE_NAMES.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${trimDecimal(value)} ${SIZE_NAMES[step]}`;
}

/** A duration for people: "250 ms", "30 s", "5 min", "2 h", "365 d". */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${trimDecimal(ms)} ms`;
  if (ms < 120_000) return `${trimDecimal(ms / 1000)} s`;
  if (ms < 7_200_000) return `${trimDecimal(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${trimDecimal(ms / 3_600_000)} h` : `${trimDecimal(ms / 86_400_000)} d`;
}

/** 1 as "1 CPU", 0.5 as "0.5 CPUs". */
export function formatCpus(cpus: number): string {
  return cpus === 1 ? "1 CPU" : `${Math.round(cpus * 100) / 100} CPUs`;
}

function trimDecimal(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
