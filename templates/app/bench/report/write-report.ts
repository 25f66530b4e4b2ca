/** A report as a file: whole or not at all, so that nobody reads half of one. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { BenchError } from "../cli/bench-error.ts";
import type { BenchReport } from "./document.ts";

export function reportJson(report: BenchReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

export function writeReport(file: string, report: BenchReport): void {
  writeWhole(file, reportJson(report));
}

/** Written beside its place and renamed into it, which is atomic within a file system. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError(`${file} could not be written: ${reason}. Choose a file in a folder that can be written to.`);
  }
}
