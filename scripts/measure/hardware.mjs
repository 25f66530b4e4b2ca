/** The machine that a measurement is of, as every file below docs/measurements says it. */
import { cpus, release, totalmem } from "node:os";

/** @returns {{ cpu: string, cpus: number, memoryGiB: number, kernel: string }} */
export function hardware() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release().split("-")[0] ?? "unknown",
  };
}
