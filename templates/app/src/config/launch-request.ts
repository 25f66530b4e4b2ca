/** What the launch's plan is made from, with this host's ways of finding and trying libraries: for launch and doctor. */
import { join } from "node:path";
import process from "node:process";
import { type HostReading, readOsRelease } from "../control/host.ts";
import { findLibrary } from "./allocator-library.ts";
import { installCommand } from "./install-command.ts";
import type { LaunchRequest } from "./launch-plan.ts";
import { loaderProbe } from "./loader-probe.ts";

/** A request without its ways. */
export type LaunchBasis = Pick<LaunchRequest, "config" | "adapter" | "environment" | "directory"> & {
  readonly host: HostReading;
};

export function launchRequest(basis: LaunchBasis): LaunchRequest {
  const { host, directory } = basis;
  const probe = loaderProbe(process.execPath, host);
  return {
    ...basis,
    main: join(directory, "src/main.ts"),
    findLibrary: (backend) => findLibrary(backend, host.arch, probe, installCommand(backend, readOsRelease())),
    examineLibrary: (backend, path) => probe.examine(backend, path),
  };
}
