/** An older release knows nothing of what a newer one has changed, so it would take that for edits or drop it. */

import { AppError } from "../../lib/errors.ts";
import type { Base } from "./base.ts";
import { compareVersions } from "./version-order.ts";

/**
 * What cannot be read in the files of a newer release is no mistake of the user, and going back would not help.
 * @throws AppError DOWNGRADE_REFUSED in place of `error`, when a newer release wrote the project
 */
export function refuseNewerFiles(base: Base, generatorVersion: string, error: unknown): void {
  const written = base.generatorVersion;
  if (!(error instanceof AppError) || written === undefined || compareVersions(written, generatorVersion) <= 0) return;
  throw new AppError(
    {
      code: "DOWNGRADE_REFUSED",
      key: "generator",
      message: `create-fastserve ${written} wrote this project, and this is ${generatorVersion}, which cannot read it: ${error.message}`,
      next: `Run create-fastserve@${written} or newer.`,
    },
    { cause: error },
  );
}

/** @throws AppError DOWNGRADE_REFUSED when a newer release wrote the project, unless that is allowed */
export function refuseDowngrade(base: Base, generatorVersion: string, isAllowed: boolean): void {
  const written = base.generatorVersion;
  if (isAllowed || written === undefined || compareVersions(written, generatorVersion) <= 0) return;
  throw new AppError({
    code: "DOWNGRADE_REFUSED",
    key: "generator",
    message: `create-fastserve ${written} wrote this project, and this is ${generatorVersion}.`,
    next: `Run create-fastserve@${written} or newer, or go back with --allow-downgrade.`,
  });
}
