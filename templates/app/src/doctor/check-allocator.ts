/**
 * Which malloc would serve: a child is started with the environment that the launch would give the server, and asked.
 * What it says, and not what was meant to happen, is the row.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { LaunchPlan } from "../config/launch-plan.ts";
import type { ServerConfig } from "../config/schema.ts";
import { type AllocatorTruth, allocatorTruth } from "../control/allocator.ts";
import { type AdapterName, capabilities, runtimeOf } from "../runtime/capabilities.ts";
import type { MallocProof } from "../runtime/port.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const SUBJECT = "allocator";
/** The child starts in a fifth of a second; a slow disk takes longer. */
const CHILD_MS_MAX = 15_000;

export interface AllocatorQuestion {
  readonly config: ServerConfig;
  readonly adapter: AdapterName;
  readonly os: string;
  readonly plan: Pick<LaunchPlan, "environment">;
  /** What the launch would say of allocator and engine: sentences. */
  readonly notes: readonly string[];
}

/** What a process says of itself. */
export interface ProcessWord {
  readonly maps?: string;
  readonly proof?: MallocProof;
}

export function checkAllocator(question: AllocatorQuestion, ask = askChild): Finding {
  const { config, adapter, os, plan, notes } = question;
  const requested = config.allocator.backend;
  const word = ask(adapter, plan.environment);
  if (word === undefined) {
    const reason = "A program that is started as the server would be does not run.";
    return problem(SUBJECT, requested, [reason, ...notes].join(" "), 'set allocator.backend = "system"');
  }
  const truth = allocatorTruth({
    runtime: runtimeOf(adapter),
    os,
    requested,
    preload: plan.environment.LD_PRELOAD,
    accepted: undefined,
    maps: word.maps,
    proof: word.proof,
  });
  return finding(truth, adapter, notes);
}

function finding(truth: AllocatorTruth, adapter: AdapterName, notes: readonly string[]): Finding {
  const { requested, serving, evidence } = truth;
  const value = `${nameOf(truth)} would serve: ${evidence}`;
  const reason = [truth.reason, ...notes].join(" ");
  if (serving === true) return ok(SUBJECT, value, reason);
  if (serving === undefined) {
    return warning(SUBJECT, value, `It could not be proven that it serves. ${reason}`, "look at the row's evidence");
  }
  if (!capabilities[adapter].allocatorChoice.has) {
    return warning(SUBJECT, value, reason, 'set allocator.backend = "mimalloc"');
  }
  const next = 'do what the reason says, or set allocator.backend = "system"';
  return problem(SUBJECT, value, `allocator.backend = "${requested}" would not serve. ${notes.join(" ")}`.trim(), next);
}

function nameOf({ backend, version }: AllocatorTruth): string {
  return version === undefined ? backend : `${backend} ${version}`;
}

/** undefined: the child failed. */
function askChild(adapter: AdapterName, environment: Readonly<Record<string, string>>): ProcessWord | undefined {
  const module = fileURLToPath(new URL("./prove-malloc.ts", import.meta.url));
  const args = runtimeOf(adapter) === "bun" ? [module] : ["run", "--quiet", "--allow-all", module];
  const limits = { timeout: CHILD_MS_MAX, killSignal: "SIGKILL" } as const;
  const child = spawnSync(process.execPath, args, { env: environment, encoding: "utf8", ...limits });
  try {
    return JSON.parse(child.stdout) as ProcessWord;
  } catch {
    return undefined;
  }
}
