/** Flags that steer a run and are no answers, as one table; `--help` prints it, `flags.ts` reads by it. */

/** Flags that steer the run and are no answers. */
export interface Control {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly force: boolean;
  readonly install: boolean;
  readonly git: boolean;
  readonly help: boolean;
  readonly version: boolean;
  /** A path, or "-" for standard input. */
  readonly config: string | undefined;
  /** Of `diff`: print a patch. */
  readonly patch: boolean;
  readonly profile: string | undefined;
  readonly removeProfile: string | undefined;
  readonly onConflict: string | undefined;
  /** Paths of files that were deleted and are wanted back. */
  readonly restore: readonly string[];
  readonly planDigest: string | undefined;
  readonly allowDowngrade: boolean;
}

type KeysOf<Kind> = { [Key in keyof Control]: Control[Key] extends Kind ? Key : never }[keyof Control];
export type SwitchKey = KeysOf<boolean>;
export type ListKey = KeysOf<readonly string[]>;
export type TextKey = Exclude<keyof Control, SwitchKey | ListKey>;

interface FlagWords {
  readonly short?: string;
  /** How `--help` prints it. */
  readonly usage: string;
  readonly help: string;
  /** The commands that know it, "create" for the one without a name; absent: any that it can mean something to. */
  readonly only?: readonly string[];
}

export type ControlFlag = FlagWords &
  (
    | { readonly kind: "switch"; readonly key: SwitchKey }
    /** `wanted` says in errors what the value is. */
    | { readonly kind: "text"; readonly key: TextKey; readonly wanted: string; readonly choices?: readonly string[] }
    | { readonly kind: "list"; readonly key: ListKey; readonly wanted: string }
  );

/** What becomes of a file that both the user and the generator have changed in the same place. */
export const conflictChoices = ["fail", "mine", "theirs", "sidecar", "markers"] as const;

/** The commands that plan changes of a project. */
const writing: readonly string[] = ["retune", "upgrade", "diff"];

/** By flag name; switches also exist as `--no-NAME`. */
export const controlFlags: Readonly<Record<string, ControlFlag>> = {
  yes: {
    kind: "switch",
    key: "yes",
    short: "y",
    usage: "-y, --yes",
    help: "Take the default for every answer that is not given, and do not ask before writing.",
  },
  "dry-run": {
    kind: "switch",
    key: "dryRun",
    usage: "--dry-run",
    help: "Print the plan and the files; write nothing.",
  },
  json: { kind: "switch", key: "json", usage: "--json", help: "Only JSON on standard output; never ask." },
  config: {
    kind: "text",
    key: "config",
    usage: "--config FILE|-",
    help: "Read answers from a JSON or TOML file, or standard input.",
    wanted: 'a file, or "-" for standard input',
  },
  force: {
    only: ["create"],
    kind: "switch",
    key: "force",
    usage: "--force",
    help: "Write into a directory that holds other files; keep those files.",
  },
  install: {
    only: ["create"],
    kind: "switch",
    key: "install",
    usage: "--no-install",
    help: "Do not install packages.",
  },
  git: {
    only: ["create"],
    kind: "switch",
    key: "git",
    usage: "--no-git",
    help: "Do not make a git repository.",
  },
  help: { kind: "switch", key: "help", short: "h", usage: "-h, --help", help: "Print this text." },
  version: { kind: "switch", key: "version", short: "V", usage: "-V, --version", help: "Print the version." },
  profile: {
    only: ["retune", "diff", "explain"],
    kind: "text",
    key: "profile",
    usage: "--profile NAME",
    help: "Add or retune one profile of the project, such as staging, with a tuned file of its own.",
    wanted: "a profile's name",
  },
  "remove-profile": {
    only: ["retune", "diff"],
    kind: "text",
    key: "removeProfile",
    usage: "--remove-profile NAME",
    help: "Remove a profile and its tuned file.",
    wanted: "a profile's name",
  },
  "on-conflict": {
    only: writing,
    kind: "text",
    key: "onConflict",
    usage: `--on-conflict ${conflictChoices.join("|")}`,
    help: "What to do with a file that you and the generator have both changed in one place: write nothing (the default), keep yours, take the new one, put the new one beside yours, or mark both in it (documents only).",
    wanted: `one of ${conflictChoices.join(", ")}`,
    choices: conflictChoices,
  },
  restore: {
    only: writing,
    kind: "list",
    key: "restore",
    usage: "--restore PATH",
    help: "Write a file again that you have deleted; may be repeated.",
    wanted: "a file's path in the project",
  },
  "plan-digest": {
    only: ["retune", "upgrade"],
    kind: "text",
    key: "planDigest",
    usage: "--plan-digest DIGEST",
    help: "Write only if the changes are those that a dry run or diff printed this digest for.",
    wanted: "the digest that --dry-run --json prints",
  },
  "allow-downgrade": {
    only: writing,
    kind: "switch",
    key: "allowDowngrade",
    usage: "--allow-downgrade",
    help: "Change a project that a newer version has written.",
  },
  patch: {
    only: ["diff"],
    kind: "switch",
    key: "patch",
    usage: "--patch",
    help: "Print the changes as a patch that git applies.",
  },
};
