/**
 * Compares the plan's memory with what is granted, at the start and while the server runs: a container's limit can be
 * changed under it. Each change is said once in the log; the metrics and the report tell the latest.
 * Bound: one reading of the control group's files every 30 s.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { LogFields } from "../log/line.ts";
import type { Logger } from "../log/logger.ts";
import type { AdapterName } from "../runtime/capabilities.ts";
import { type BudgetCheck, checkBudget } from "./budget-check.ts";
import type { HostReading } from "./host.ts";

export interface BudgetWatchOptions {
  readonly config: ServerConfig;
  readonly adapter: AdapterName;
  /** The profile whose plan runs; undefined: the project's own. */
  readonly profile: string | undefined;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** What the launch read; undefined: the server was started plain. */
  readonly launchHost: HostReading | undefined;
  readonly readHost: () => HostReading;
}

/** An operator who resizes a container looks at its log within a minute. */
const READ_MS = 30_000;

export class BudgetWatch {
  readonly #options: BudgetWatchOptions;
  #latest: BudgetCheck;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: BudgetWatchOptions) {
    this.#options = options;
    this.#latest = this.#check();
  }

  get latest(): BudgetCheck {
    return this.#latest;
  }

  /** What of the plan's memory is granted, 1 at most: marks in bytes are lowered by it. 1 where nobody knows. */
  get grantedShare(): number {
    const { grantedBytes, plannedBytes } = this.#latest;
    return grantedBytes === undefined || plannedBytes === 0 ? 1 : Math.min(1, grantedBytes / plannedBytes);
  }

  /**
   * Says how the start went, and looks again from then on. A plain start, on a developer's machine, says only what is unsafe:
   * nothing was planned for what that machine grants.
   */
  start(): void {
    this.#say("the granted memory is not what was planned");
    this.#timer = setInterval(() => this.look(), READ_MS);
  }

  /** Reads anew; says so when the grant has changed. */
  look(): void {
    const before = this.#latest;
    this.#latest = this.#check();
    if (this.#latest.grantedBytes === before.grantedBytes) return;
    this.#say("the granted memory has changed", before.grantedBytes, true);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): BudgetCheck {
    const { config, adapter, profile, launchHost, readHost } = this.#options;
    const host = readHost();
    // A restricted process (Deno inline) cannot see its control group; the launch could.
    const memoryBytes = host.missing === "" ? host.memoryBytes : launchHost?.memoryBytes;
    return checkBudget(config, { memoryBytes }, adapter, profile);
  }

  #say(message: string, beforeBytes?: number, hasChanged = false): void {
    const { verdict, plannedBytes, grantedBytes, note } = this.#latest;
    const { logger, launchHost } = this.#options;
    const isLaunched = launchHost !== undefined;
    if (!hasChanged && (verdict === "fits" || (verdict !== "unsafe" && !isLaunched))) return;
    const fields: LogFields = {
      verdict,
      planned_bytes: plannedBytes,
      granted_bytes: grantedBytes,
      ...(beforeBytes === undefined ? {} : { granted_before_bytes: beforeBytes }),
      ...(note === "" ? {} : { note }),
    };
    if (verdict === "unsafe" || (verdict === "drift" && isLaunched)) logger.warn(message, fields);
    else logger.info(message, fields);
  }
}
