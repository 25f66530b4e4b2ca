/** What is left to do after a write. */
import { enterCommand, packageManagerCommands } from "../finish/next-steps.ts";
import { shellOf } from "../finish/shell-words.ts";
import { nodeFileSystem } from "../io/node.ts";
import type { Change } from "../write/changes/change.ts";
import { readDiskFile } from "../write/disk/disk-file.ts";
import { toBytes } from "../write/disk/file-text.ts";
import type { Session } from "./command.ts";
import type { Proposal } from "./project/proposal.ts";

/** Commands, in order; asked before the write, for what changes is what the files say now. */
export function stepsAfter({ changes, project, plan }: Proposal, { cwd, environment }: Session): readonly string[] {
  const manifests = changes.filter(({ path, entry }) => path === "package.json" && entry !== undefined);
  const isNeeded = manifests.some((change) => needsInstall(change, project.directory));
  if (!isNeeded) return [];
  const enter = enterCommand(project.directory, cwd, shellOf(process.platform, environment.SHELL));
  return [...enter, packageManagerCommands[plan.answers.packageManager.value].install];
}

/** Whether the packages that the manifest asks for differ. */
function needsInstall({ path, entry }: Change, directory: string): boolean {
  const disk = readDiskFile(nodeFileSystem, directory, path);
  const before = disk.kind === "file" ? packagesIn(disk.bytes) : "";
  return before !== packagesIn(toBytes(entry?.content ?? ""));
}

function packagesIn(manifest: Uint8Array): string {
  try {
    const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(
      Buffer.from(manifest)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    );
    return JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]);
  } catch {
    // A manifest with comments or a mistake in it: whether anything must be installed is not known.
    return "";
  }
}
