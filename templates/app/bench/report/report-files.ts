/**
 * Where a report goes: into the files that were asked for, or, when none was, as a pair into `bench-reports`, so that the
 * next bench has something to be compared with. The folder is the user's: nothing in it is ever overwritten or removed.
 */
import { accessSync, constants, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BenchError } from "../cli/bench-error.ts";
import type { BenchReport } from "./document.ts";
import { writePage } from "./page/page.ts";
import { writeReport } from "./write-report.ts";

export const REPORTS_FOLDER = "bench-reports";

export interface ReportFiles {
  readonly jsonFile: string | undefined;
  readonly htmlFile: string | undefined;
}

/** Throws a BenchError when a folder cannot be written to: before minutes of load, not after them. */
export function reportFiles(directory: string, asked: ReportFiles, startedAt: Date): ReportFiles {
  const { jsonFile, htmlFile } = asked;
  if (jsonFile !== undefined) checkFolder("--json", jsonFile);
  if (htmlFile !== undefined) checkFolder("--html", htmlFile);
  if (jsonFile !== undefined || htmlFile !== undefined) return asked;
  const folder = join(directory, REPORTS_FOLDER);
  const base = join(folder, fileName(startedAt));
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    throw new BenchError(`${folder} cannot be written to: give --json FILE or --html FILE in a folder that can.`, 2);
  }
  return { jsonFile: `${base}.json`, htmlFile: `${base}.html` };
}

/** The reports in the folder, the newest first. Names are the time, so their order is that of time. */
export function reportsNewestFirst(directory: string): readonly string[] {
  const folder = join(directory, REPORTS_FOLDER);
  try {
    const names = readdirSync(folder).filter((name) => /^\d{8}T\d{6}Z\.json$/.test(name));
    return names
      .sort()
      .reverse()
      .map((name) => join(folder, name));
  } catch {
    // No bench has run yet.
    return [];
  }
}

export function writeReports({ jsonFile, htmlFile }: ReportFiles, report: BenchReport): void {
  if (jsonFile !== undefined) writeReport(jsonFile, report);
  if (htmlFile !== undefined) writePage(htmlFile, report);
}

/** Where to look, as the last line of the report on the terminal. */
export function writtenText({ jsonFile, htmlFile }: ReportFiles): string {
  const files = [jsonFile, htmlFile].filter((file) => file !== undefined);
  return `Written: ${files.join(", ")}\n`;
}

/** "20261121T131502Z": no character that a file system or a shell minds. */
function fileName(time: Date): string {
  return time.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}

function checkFolder(flag: string, file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new BenchError(`${flag} ${file}: ${folder} is not a folder that can be written to.`, 2);
  }
}
