/** The generator's commands that sentences name as the next step: one place, so that all name the same ones. */
/** Plans for the machine that it runs on, whatever the plan was made for before. */
export function retuneCommand(profile?: string): string {
  return `npx create-fastserve retune${profile === undefined ? "" : ` --profile ${profile}`} --target this`;
}

/** Writes a file of the generator's again where it is gone, for the target that was recorded. */
export function restoreCommand(file: string): string {
  return `npx create-fastserve retune --target recorded --restore ${file}`;
}
