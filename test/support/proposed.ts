/** What the commands plan for a project on disk, inside this process: for tests that carry it out on a disk with faults. */
import type { Given } from "../../src/answers/given.ts";
import { openProject } from "../../src/cli/project/project.ts";
import { type Proposal, propose } from "../../src/cli/project/proposal.ts";
import type { FileSystem } from "../../src/io/ports.ts";
import { type UpdateMeta, updateProject } from "../../src/write/update-project.ts";

/** @param answers as flags: { memory: "1g" } */
export function proposed(directory: string, answers: Readonly<Partial<Record<Given["key"], string>>>): Proposal {
  const given = Object.entries(answers).map(
    ([key, raw]): Given => ({ key: key as Given["key"], raw, origin: "flag", where: `--${key}` }),
  );
  const request = { kind: "main" } as const;
  return propose(openProject(directory), { given, request, cwd: directory, restore: [], allowDowngrade: false });
}

/** As the commands write it. */
export function write(fs: FileSystem, { changes, tree, base, project, plan }: Proposal): void {
  const meta: UpdateMeta = { generatorVersion: plan.generatorVersion, base };
  updateProject(fs, changes, tree, project.directory, meta);
}
