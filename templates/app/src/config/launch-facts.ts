/** What the launch tells the server it becomes: one variable of the environment, read once and removed. */
import type { HostReading } from "../control/host.ts";

export const LAUNCH_VARIABLE = "FASTSERVE_LAUNCH";

export interface Preload {
  /** Path of the library that the loader was told, and was seen, to load first. */
  readonly library: string;
  /** LD_PRELOAD as it was before; undefined: not set. */
  readonly inherited: string | undefined;
}

export interface LaunchFacts {
  /** Sentences for the banner and the log. */
  readonly notes: readonly string[];
  /** Read with full permissions; the server itself may have fewer. */
  readonly host: HostReading;
  readonly preload: Preload | undefined;
}

export function launchVariable(facts: LaunchFacts): string {
  return JSON.stringify(facts);
}

/**
 * The facts of the launch, or undefined when the server was started plain (`dev`, a test). Removes the variable and puts
 * LD_PRELOAD back as it was: a preload is meant for this process, not for the programs that it starts.
 */
export function takeLaunch(environment: Record<string, string | undefined>): LaunchFacts | undefined {
  const text = environment[LAUNCH_VARIABLE];
  if (text === undefined) return undefined;
  delete environment[LAUNCH_VARIABLE];
  const facts = parse(text);
  if (facts?.preload) {
    if (facts.preload.inherited === undefined) delete environment.LD_PRELOAD;
    else environment.LD_PRELOAD = facts.preload.inherited;
  }
  return facts;
}

/** Whoever sets the variable by hand gets a plain start, not a crash. */
function parse(text: string): LaunchFacts | undefined {
  try {
    const value = JSON.parse(text) as Partial<LaunchFacts> | null;
    return Array.isArray(value?.notes) && value.host ? (value as LaunchFacts) : undefined;
  } catch {
    return undefined;
  }
}
