/** The commands by name. A command's code is loaded when it runs: `--help` needs none of it. */
import type { CommandRow } from "./command.ts";

export const createRow: CommandRow = {
  usage: "[DIRECTORY]",
  help: "Ask what is not given, then create a project.",
  wordsMax: 1,
  answers: true,
  load: async () => (await import("./commands/create.ts")).create,
};

export const commandTable: Readonly<Record<string, CommandRow>> = {
  retune: {
    usage: "retune [DIRECTORY]",
    help: "Adapt a project to changed hardware or other answers; shows the effects first, keeps every edit.",
    wordsMax: 1,
    answers: true,
    load: async () => (await import("./commands/retune.ts")).retune,
  },
  upgrade: {
    usage: "upgrade [DIRECTORY]",
    help: "Bring a project to this version's templates and rules, with its recorded answers and facts.",
    wordsMax: 1,
    answers: false,
    load: async () => (await import("./commands/upgrade.ts")).upgrade,
  },
  diff: {
    usage: "diff [DIRECTORY]",
    help: "Print what retune would change; exit code 3 when anything would.",
    wordsMax: 1,
    answers: true,
    load: async () => (await import("./commands/diff.ts")).diffCommand,
  },
  doctor: {
    usage: "doctor [DIRECTORY]",
    help: "Look for what is in the way of the next run or of the server: records, drift, conflicts, packages, this host.",
    wordsMax: 1,
    answers: false,
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  probe: {
    usage: "probe",
    help: "Print this machine's facts as JSON, to be carried to another machine.",
    wordsMax: 0,
    answers: false,
    load: async () => (await import("./commands/probe.ts")).probeCommand,
  },
  explain: {
    usage: "explain [KEY]",
    help: "Print why each value, or one, is what it is: of the project here, or of given answers.",
    wordsMax: 1,
    answers: true,
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  undo: {
    usage: "undo [DIRECTORY]",
    help: "Restore what the last write changed.",
    wordsMax: 1,
    answers: false,
    load: async () => (await import("./commands/undo.ts")).undoCommand,
  },
  schema: {
    usage: "schema",
    help: "Print the JSON Schema of all answers.",
    wordsMax: 0,
    answers: false,
    load: async () => (await import("./commands/schema.ts")).schema,
  },
};
