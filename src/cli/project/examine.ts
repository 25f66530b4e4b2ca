/**
 * Everything that `doctor` looks at, as rows. What cannot be read becomes a row too, and the rest is still looked at:
 * a broken file is the very thing that somebody runs a doctor for.
 */
import { runtimeVersions } from "../../../templates/app/src/runtime/capabilities.ts";
import { checkDrift } from "../../doctor/check-drift.ts";
import { checkFiles } from "../../doctor/check-files.ts";
import { checkFormats } from "../../doctor/check-formats.ts";
import { checkGit } from "../../doctor/check-git.ts";
import { checkHost } from "../../doctor/check-host.ts";
import { checkInterrupted } from "../../doctor/check-interrupted.ts";
import { checkLeftovers } from "../../doctor/check-leftovers.ts";
import { checkPackages } from "../../doctor/check-packages.ts";
import { checkProfileFiles } from "../../doctor/check-profile-files.ts";
import { checkRecords } from "../../doctor/check-records.ts";
import { checkVersion } from "../../doctor/check-version.ts";
import { type Finding, failures, ok, refusal } from "../../doctor/finding.ts";
import { nodeFileSystem as fs, nodeExec } from "../../io/node.ts";
import { AppError } from "../../lib/errors.ts";
import { profileNames } from "../../tree/project-file.ts";
import { type Base, readBase } from "../../write/records/base.ts";
import { generatorVersion } from "../package-root.ts";
import { type OpenProject, openProject } from "./project.ts";
import { type Proposal, propose } from "./proposal.ts";

/** @param cwd where a facts file is looked for */
export async function examine(directory: string, cwd: string): Promise<readonly Finding[]> {
  const base = await attempt("lock", () => readBase(fs, directory));
  const project = await attempt("project", () => openProject(directory));
  const records = "value" in base ? recordsFindings(directory, base.value) : base.findings;
  // A lock that cannot be read keeps the project from being opened too.
  const unopened = "findings" in project && "value" in base ? project.findings : [];
  return distinct([
    ...("value" in project ? [projectFinding(project.value)] : unopened),
    ...(await findingsOf("last write", () => checkInterrupted(fs, directory))),
    ...(await records),
    ...("value" in project ? await projectFindings(project.value, cwd) : []),
    ...(await checkGit(nodeExec, directory)),
  ]);
}

type Attempt<T> = { readonly value: T } | { readonly findings: readonly Finding[] };

async function attempt<T>(subject: string, look: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    if (error instanceof AppError) return { findings: failures(subject, error) };
    if (isRefusal(error)) return { findings: [refusal(subject, error)] };
    throw error;
  }
}

/** Node names the system call whenever the system says no. */
function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

type Rows = readonly Finding[];

async function findingsOf(subject: string, look: () => Rows | Promise<Rows>): Promise<Rows> {
  const found = await attempt(subject, look);
  return "value" in found ? found.value : found.findings;
}

/** One cause, such as a file that cannot be read, stops several checks; it is told once. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const causes = findings.map(({ subject, ...cause }) => JSON.stringify(cause));
  return findings.filter(({ status }, index) => status !== "problem" || causes.indexOf(causes[index] ?? "") === index);
}

async function recordsFindings(directory: string, base: Base): Promise<readonly Finding[]> {
  return [
    ...(await findingsOf("lock", () => checkRecords(fs, directory, base))),
    ...(await findingsOf("conflicts", () => checkLeftovers(fs, directory, base))),
  ];
}

async function projectFindings(project: OpenProject, cwd: string): Promise<readonly Finding[]> {
  return [...(await planFindings(project, cwd)), ...(await surroundings(project))];
}

function projectFinding({ wish, user }: OpenProject): Finding {
  const { name, runtime, workload } = wish.answers;
  const own = `${user.overrides.size} overridden, ${user.pins.length} pinned`;
  return ok("project", `${name}: ${runtime}, ${workload}; ${own}`, "The wish and your settings can be read.");
}

/** With nothing told: the recorded answers, today's facts, this release. */
async function planFindings(project: OpenProject, cwd: string): Promise<readonly Finding[]> {
  const written = project.base.generatorVersion ?? project.wish.generator;
  const instructions = { given: [], request: { kind: "main" }, cwd, restore: [], allowDowngrade: true } as const;
  const proposal = await attempt("plan", () => propose(project, instructions));
  if (!("value" in proposal)) return [checkVersion(written, generatorVersion, undefined), ...proposal.findings];
  const { changes } = proposal.value;
  const { directory, wish } = project;
  return [
    checkVersion(written, generatorVersion, changes),
    ...driftFindings(proposal.value),
    ...checkFiles(changes),
    ...(await findingsOf("files", () => checkFormats(fs, directory, changes))),
    ...(await findingsOf("profiles", () =>
      checkProfileFiles(fs, { directory, profiles: profileNames(wish), changes }),
    )),
  ];
}

function driftFindings({ plan, effects, profiles }: Proposal): readonly Finding[] {
  const own = [...profiles].map(([profile, replanned]) =>
    checkDrift({ target: replanned.plan.target, profile, effects: replanned.effects }),
  );
  return [checkDrift({ target: plan.target, profile: undefined, effects }), ...own];
}

async function surroundings({ directory, wish }: OpenProject): Promise<readonly Finding[]> {
  const { packageManager, runtime } = wish.answers;
  const command = `${packageManager} ${packageManager === "deno" ? "task" : "run"} doctor`;
  const packages = { directory, packageManager, runtime, pinned: runtimeVersions[runtime] };
  const host = { directory, runtime, isHere: wish.target === "this", command };
  return [
    ...(await findingsOf("package manager", () => checkPackages(fs, nodeExec, packages))),
    ...(await findingsOf("host", () => checkHost(fs, nodeExec, host))),
  ];
}
