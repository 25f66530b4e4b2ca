/** The base of a project, generated again from what is recorded where it is lost. */
import { asRecorded } from "../../drift/as-recorded.ts";
import { withPins } from "../../drift/with-pins.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import type { Base } from "../../write/records/base.ts";
import { adoptedBase, rebuiltBase } from "../../write/records/lost-base.ts";
import { makeTree } from "../planner.ts";
import type { OpenProject } from "./project.ts";
import type { Replanned } from "./replan.ts";
import type { ReplannedProfile } from "./replan-profiles.ts";

/** The tree that stands in for a lost base is composed only when something is lost. */
export function knownBase(
  project: OpenProject,
  main: Replanned,
  profiles: ReadonlyMap<string, ReplannedProfile>,
): Base {
  const { base, wish } = project;
  const recorded = (): FileTree => {
    const written = [...profiles].filter(([, { isNew }]) => !isNew);
    // Pins of a profile are its own; without them its tuned file is at worst a difference that is asked about.
    const plans = new Map(written.map(([name, { before }]) => [name, before]));
    const plan = withPins(main.before, project.recorded, project.user.pins);
    return makeTree(asRecorded(plan, project.recorded), plans);
  };
  return base.generatorVersion === undefined ? adoptedBase(recorded(), wish.generator) : rebuiltBase(base, recorded);
}
