/**
 * The project's own doctor, run by the project's own runtime: memory, open files, ports and the malloc that really
 * serves can only be told where the server will run. So it is asked when the plan is for this machine.
 */
import path from "node:path";
import type { Exec, FileSystem } from "../io/ports.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface HostReading {
  readonly directory: string;
  readonly runtime: "bun" | "deno";
  /** Whether the plan is for the machine that this runs on. */
  readonly isHere: boolean;
  /** How a person runs it: "npm run doctor". */
  readonly command: string;
}

const SUBJECT = "host";
const DOCTOR = "src/doctor.ts";

export async function checkHost(fs: FileSystem, exec: Exec, reading: HostReading): Promise<readonly Finding[]> {
  const { directory, runtime, isHere, command } = reading;
  if (!isHere) return [ok(SUBJECT, "elsewhere", `The plan is for another machine; there ${command} checks it.`)];
  const program = path.join(
    directory,
    "node_modules",
    ".bin",
    process.platform === "win32" ? `${runtime}.cmd` : runtime,
  );
  if (fs.info(program) === undefined || fs.info(path.join(directory, DOCTOR)) === undefined) {
    const reason = "The project's own doctor needs its packages.";
    return [warning(SUBJECT, "not looked at", reason, `install the packages, then ${command}`)];
  }
  const args = runtime === "bun" ? [DOCTOR, "--json"] : ["run", "--allow-all", DOCTOR, "--json"];
  const { stdout, exitCode } = await exec.run(program, args, { cwd: directory });
  const findings = findingsOf(stdout);
  if (findings !== undefined) return findings;
  const reason = `The project's own doctor ended with exit code ${exitCode} and without an answer.`;
  return [problem(SUBJECT, "no answer", reason, `run ${command}`)];
}

/** The project's files are its user's to change, so its answer is read as a stranger's. */
function findingsOf(text: string): readonly Finding[] | undefined {
  const document = parsed(text);
  if (!isRecord(document) || !Array.isArray(document.findings)) return undefined;
  const findings = document.findings.map(toFinding);
  return findings.every((finding) => finding !== undefined) ? findings : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Expected when the program fails before it answers; the row says so.
    return undefined;
  }
}

function toFinding(row: unknown): Finding | undefined {
  if (!isRecord(row)) return undefined;
  const { subject, status, value, reason, next } = row;
  if (typeof subject !== "string" || typeof value !== "string" || typeof reason !== "string") return undefined;
  const name = `${SUBJECT}: ${subject}`;
  if (status === "ok") return ok(name, value, reason);
  if (typeof next !== "string") return undefined;
  if (status === "warning") return warning(name, value, reason, next);
  return status === "problem" ? problem(name, value, reason, next) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
