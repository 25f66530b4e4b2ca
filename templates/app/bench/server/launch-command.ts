/**
 * The command line that starts a program of the bench as the launch starts the server: the plan's engine flags,
 * allocator and environment, with settings that the bench overrides.
 */
import process from "node:process";
import { LAUNCH_VARIABLE, launchVariable } from "../../src/config/launch-facts.ts";
import { launchPlan } from "../../src/config/launch-plan.ts";
import { launchRequest } from "../../src/config/launch-request.ts";
import type { ServerConfig, SettingKey } from "../../src/config/schema.ts";
import { variableOf } from "../../src/config/settings.ts";
import { type HostReading, readHost } from "../../src/control/host.ts";
import { runtime } from "../../src/wiring.ts";
import { projectConfig } from "../alloc/program-args.ts";
import type { Pinning } from "./pinning.ts";

export type SettingTexts = Readonly<Partial<Record<SettingKey, string>>>;

export interface Program {
  /** The project's folder. */
  readonly directory: string;
  /** What the engine's flags and the allocator are planned from. */
  readonly config: ServerConfig;
  /** The module to start, absolute. */
  readonly main: string;
  /** After the module. */
  readonly args: readonly string[];
  /** Overridden by environment variables, which beat every file. */
  readonly settings: SettingTexts;
  /** As the server has it; undefined: as this process has it. */
  readonly host?: HostReading;
}

export interface LaunchCommand {
  /** After the runtime's own path. */
  readonly args: readonly string[];
  /** The complete environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `host`: read before this process was moved off the server's CPUs, whose number the plan is checked against. */
export function serverHost(host: HostReading, pinning: Pinning): HostReading {
  return pinning.pinned ? { ...host, cpus: Math.min(pinning.serverCpus.length, host.cpus) } : host;
}

export function launchCommand(program: Program): LaunchCommand {
  const { directory, config, main, args, settings, host = readHost() } = program;
  const plan = launchPlan({
    ...launchRequest({
      // The permissions of a server with threads: the list of an inline one would leave out the bench's own files.
      config: { ...config, workers: { ...config.workers, mode: "threads" } },
      adapter: runtime.adapter,
      host,
      environment: process.env,
      directory,
    }),
    main,
  });
  const { notes, preload, restore } = plan;
  const facts = launchVariable({ notes, host, restore, ...(preload ? { preload } : {}) });
  const [first = "", ...rest] = plan.args;
  const command = first === "run" ? [first, ...projectConfig(), ...rest] : plan.args;
  return {
    args: [...command, ...args],
    environment: { ...plan.environment, ...settingVariables(settings), [LAUNCH_VARIABLE]: facts },
  };
}

/** As the server reads them from its environment. */
export function settingVariables(settings: SettingTexts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [variableOf(key), value]));
}
