/** The last question before files change, with a look at each of them on request. */
import { type Cancelled, cancelled } from "../answers/cancelled.ts";
import type { Session } from "./command.ts";
import { isChange } from "./present/present-files.ts";
import { patchText } from "./present/present-patch.ts";
import type { Proposal } from "./project/proposal.ts";

export async function confirmed({ changes, project }: Proposal, { terminal }: Session): Promise<"yes" | Cancelled> {
  const { askFrom, askOne } = await import("../answers/prompts.ts");
  const listed = changes.filter(isChange);
  const files = listed.map(({ path, kind }) => ({ value: path, label: path, hint: kind }));
  for (;;) {
    const answer = await askOne(
      `Write ${listed.length === 1 ? "this change" : `these ${listed.length} changes`}?`,
      ways,
      undefined,
    );
    if (answer === cancelled || answer === "cancel") return cancelled;
    if (answer === "write") return "yes";
    const path = listed.length === 1 ? listed[0]?.path : await askFrom("Which file?", files);
    if (path === cancelled) return cancelled;
    const change = listed.find((one) => one.path === path);
    if (change !== undefined) terminal.say(patchText(change, project.directory, terminal.style));
  }
}

const ways = [
  { value: "write", label: "Write" },
  { value: "diff", label: "Show a file's difference" },
  { value: "cancel", label: "Cancel", hint: "nothing is written" },
] as const;
