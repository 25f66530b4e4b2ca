/**
 * Compares this host with what the plan was made for, at the start and while the server runs: a quota can be changed
 * under it. The log says each change once; metrics, readiness and banner tell the latest.
 * Bound: one reading of the facts every 30 s; a drift ends nothing, as the budget's check does what is needed.
 */
import type { LoadedConfig } from "../config/load.ts";
import { retuneCommand } from "../config/retune-command.ts";
import type { Logger } from "../log/logger.ts";
import { checkDrift, type DriftRow, driftNotes } from "./drift-check.ts";
import type { HostReading } from "./host.ts";

export interface DriftWatchOptions {
  readonly loaded: Pick<LoadedConfig, "config" | "origin" | "pins" | "profile">;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** What the launch read; undefined: the server was started plain. */
  readonly launchHost: HostReading | undefined;
  readonly readHost: () => HostReading;
}

/** As often as the granted memory is looked at. */
const READ_MS = 30_000;

export class DriftWatch {
  readonly #options: DriftWatchOptions;
  #latest: readonly DriftRow[];
  #said = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#latest = this.#check();
  }

  get latest(): readonly DriftRow[] {
    return this.#latest;
  }

  /** What to tell people; nothing of a plain start, on a developer's machine, for which nothing was planned. */
  get notes(): readonly string[] {
    return this.#options.launchHost === undefined ? [] : driftNotes(this.#latest);
  }

  /** What plans for this host. */
  get next(): string {
    return retuneCommand(this.#options.loaded.profile);
  }

  start(): void {
    this.#say();
    this.#timer = setInterval(() => this.look(), READ_MS);
  }

  look(): void {
    this.#latest = this.#check();
    this.#say();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): readonly DriftRow[] {
    const { loaded, launchHost, readHost } = this.#options;
    const host = readHost();
    // A restricted process (Deno inline) cannot read these facts; the launch could.
    return checkDrift(loaded, host.missing === "" ? host : (launchHost ?? host));
  }

  #say(): void {
    // Memory has a line of its own, with what is done about it.
    const notes = this.notes.filter((note) => !note.startsWith("memory."));
    const said = notes.join("; ");
    if (said === this.#said) return;
    this.#said = said;
    const { logger } = this.#options;
    if (said === "") logger.info("this host is what the plan was made for again");
    else logger.warn("this host is not what the plan was made for", { drift: said, next: this.next });
  }
}
