/** What the launch tells the server it becomes: one variable of the environment, read once and removed. */
import type { HostReading } from "../control/host.ts";

export const LAUNCH_VARIABLE = "FASTSERVE_LAUNCH";

export interface Preload {
  /** Path of the library that the loader was told, and was seen in a trial, to load first. */
  readonly library: string;
  /** What the library told of itself in that trial; absent: nothing. */
  readonly version?: string;
}

export interface LaunchFacts {
  /** Sentences for the banner and the log. */
  readonly notes: readonly string[];
  /** Read with full permissions; the server itself may have fewer. */
  readonly host: HostReading;
  /** Absent: the launch preloads nothing. */
  readonly preload?: Preload;
  /** Variables that the launch set for this process alone, with the value before; null: it was not set. */
  readonly restore: Readonly<Record<string, string | null>>;
}

export function launchVariable(facts: LaunchFacts): string {
  return JSON.stringify(facts);
}

/**
 * The facts of the launch, or undefined when the server was started plain (`dev`, a test). Removes the variable and puts
 * the environment back as it was: an allocator and engine settings are meant for this process, whose memory they were
 * planned for, not for the programs that it starts.
 */
export function takeLaunch(environment: Record<string, string | undefined>): LaunchFacts | undefined {
  const text = environment[LAUNCH_VARIABLE];
  if (text === undefined) return undefined;
  delete environment[LAUNCH_VARIABLE];
  const facts = parse(text);
  for (const [name, value] of Object.entries(facts?.restore ?? {})) {
    if (typeof value === "string") environment[name] = value;
    else delete environment[name];
  }
  return facts;
}

/** Whoever sets the variable by hand gets a plain start, not a crash. */
function parse(text: string): LaunchFacts | undefined {
  try {
    const value = JSON.parse(text) as Partial<LaunchFacts> | null;
    const isComplete = Array.isArray(value?.notes) && value.host && value.restore;
    return isComplete ? (value as LaunchFacts) : undefined;
  } catch {
    return undefined;
  }
}
