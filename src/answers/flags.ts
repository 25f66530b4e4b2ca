/** Command line -> words, given answers and control flags. Problems are collected, never thrown one by one. */
import { parseArgs } from "node:util";
import type { Problem } from "../lib/errors.ts";
import type { Given } from "./given.ts";
import { editsAllowed, nearest } from "./nearest.ts";
import { type QuestionKey, questionKeys, questions } from "./questions.ts";

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
}

export interface ControlFlag {
  readonly key: keyof Control;
  readonly short?: string;
  /** How `--help` prints it. */
  readonly usage: string;
  readonly help: string;
}

/** By flag name; boolean ones also exist as `--no-NAME`. */
export const controlFlags: Readonly<Record<string, ControlFlag>> = {
  yes: { key: "yes", short: "y", usage: "-y, --yes", help: "Take the default for every answer that is not given." },
  "dry-run": { key: "dryRun", usage: "--dry-run", help: "Print the plan and the files; write nothing." },
  json: { key: "json", usage: "--json", help: "Only JSON on standard output; never ask." },
  config: {
    key: "config",
    usage: "--config FILE|-",
    help: "Read answers from a JSON or TOML file, or standard input.",
  },
  force: { key: "force", usage: "--force", help: "Write into a directory that holds other files; keep those files." },
  install: { key: "install", usage: "--no-install", help: "Do not install packages." },
  git: { key: "git", usage: "--no-git", help: "Do not make a git repository." },
  help: { key: "help", short: "h", usage: "-h, --help", help: "Print this text." },
  version: { key: "version", short: "V", usage: "-V, --version", help: "Print the version." },
};

export interface CommandLine {
  /** Everything that is no flag: a command, a directory, a setting's key. */
  readonly words: readonly string[];
  readonly given: readonly Given[];
  readonly control: Control;
  readonly problems: readonly Problem[];
}

const keyOfFlag = new Map<string, QuestionKey>(questionKeys.map((key) => [questions[key].flag, key]));

/** Arguments without node and script. A literal "--" is dropped: `bun create` forwards it. */
export function parseFlags(argv: readonly string[]): CommandLine {
  const state: State = { words: [], values: new Map(), control: new Map(), config: undefined, problems: [] };
  const { tokens } = parseArgs({
    args: argv.filter((argument) => argument !== "--"),
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") state.words.push(token.value);
    if (token.kind === "option") readOption(state, token);
  }
  return {
    words: state.words,
    given: [...state.values].map(([key, raw]) => ({ key, raw, origin: "flag", where: `--${questions[key].flag}` })),
    control: controlOf(state),
    problems: state.problems,
  };
}

interface State {
  readonly words: string[];
  readonly values: Map<QuestionKey, string | string[]>;
  readonly control: Map<keyof Control, boolean>;
  config: string | undefined;
  readonly problems: Problem[];
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

type ParserOption = { type: "string" | "boolean"; short?: string };

function parserOptions(): Record<string, ParserOption> {
  const options: Record<string, ParserOption> = {};
  for (const flag of keyOfFlag.keys()) options[flag] = { type: "string" };
  for (const [name, flag] of Object.entries(controlFlags)) {
    const type = flag.key === "config" ? "string" : "boolean";
    options[name] = flag.short === undefined ? { type } : { type, short: flag.short };
  }
  return options;
}

function readOption(state: State, token: OptionToken): void {
  // "-v" is what many type for the version; "-V" is the documented form.
  const name = token.rawName === "-v" ? "version" : token.name;
  const key = keyOfFlag.get(name);
  const control = Object.hasOwn(controlFlags, name) ? controlFlags[name] : undefined;
  if (key !== undefined) readAnswer(state, key, token);
  else if (control?.key === "config") readConfig(state, token);
  else if (control !== undefined) readSwitch(state, control.key, token, true);
  else if (name.startsWith("no-")) readNegation(state, name.slice("no-".length), token);
  else state.problems.push(unknownFlag(token.rawName));
}

function readAnswer(state: State, key: QuestionKey, token: OptionToken): void {
  const value = textAfter(state, token, `a value: ${questions[key].placeholder}`);
  if (value === undefined) return;
  const before = state.values.get(key);
  if (questions[key].shape.kind === "list" && value !== "all" && value !== "none") {
    const parts = value.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
    state.values.set(key, Array.isArray(before) ? [...before, ...parts] : parts);
    return;
  }
  if (before !== undefined && before !== value) {
    state.problems.push({
      code: "ANSWER_INVALID",
      key,
      message: `${token.rawName} is given twice, as ${JSON.stringify(before)} and as ${JSON.stringify(value)}.`,
      next: "Keep one of them.",
    });
  }
  state.values.set(key, value);
}

function readConfig(state: State, token: OptionToken): void {
  const value = textAfter(state, token, 'a file, or "-" for standard input');
  if (value === undefined) return;
  if (state.config !== undefined && state.config !== value) {
    state.problems.push({
      code: "ANSWER_INVALID",
      key: "config",
      message: `--config is given twice, as "${state.config}" and as "${value}".`,
      next: "Keep one of them.",
    });
  }
  state.config = value;
}

/** The value of a flag that needs one. The parser takes any next word, so "--runtime --yes" is caught here. */
function textAfter(state: State, token: OptionToken, wanted: string): string | undefined {
  const { value } = token;
  const swallowed = token.inlineValue !== true && value !== undefined && /^--?[a-z]/i.test(value);
  if (value !== undefined && !swallowed) return value;
  state.problems.push({
    code: "ANSWER_INVALID",
    key: token.name,
    message: `${token.rawName} needs ${wanted}.`,
    next: `Write ${token.rawName} VALUE or ${token.rawName}=VALUE.`,
  });
  return undefined;
}

function readSwitch(state: State, key: keyof Control, token: OptionToken, meaning: boolean): void {
  if (token.inlineValue !== true || token.value === "true") state.control.set(key, meaning);
  else if (token.value === "false") state.control.set(key, !meaning);
  else {
    state.problems.push({
      code: "ANSWER_INVALID",
      key: token.name,
      message: `${token.rawName} is a switch; ${JSON.stringify(token.value)} is neither true nor false.`,
      next: `Write ${token.rawName} alone.`,
    });
  }
}

/** `--no-install`, and for answers that can be nothing: `--no-tls`, `--no-deploy`. */
function readNegation(state: State, name: string, token: OptionToken): void {
  const control = Object.hasOwn(controlFlags, name) ? controlFlags[name] : undefined;
  if (control !== undefined && control.key !== "config") {
    readSwitch(state, control.key, token, false);
    return;
  }
  const key = keyOfFlag.get(name);
  const nothing = key === undefined ? undefined : nothingOf(key);
  if (key === undefined || nothing === undefined || token.inlineValue === true) {
    state.problems.push(unknownFlag(token.rawName));
    return;
  }
  readAnswer(state, key, { ...token, value: nothing, inlineValue: true });
}

function nothingOf(key: QuestionKey): string | undefined {
  const { shape } = questions[key];
  if (shape.kind === "list") return "none";
  return shape.kind === "choice" && shape.choices.some((choice) => choice.value === "off") ? "off" : undefined;
}

function unknownFlag(rawName: string): Problem {
  const known = [...keyOfFlag.keys(), ...Object.keys(controlFlags), "no-install", "no-git"].map((flag) => `--${flag}`);
  const near = nearest(rawName, known, editsAllowed(rawName));
  return {
    code: "ARGUMENT_UNKNOWN",
    key: rawName,
    message: `${rawName} is no flag of create-fastserve.`,
    next: near === undefined ? "See create-fastserve --help." : `Did you mean ${near}?`,
  };
}

function controlOf(state: State): Control {
  const on = (key: keyof Control, unless: boolean): boolean => state.control.get(key) ?? unless;
  return {
    yes: on("yes", false),
    dryRun: on("dryRun", false),
    json: on("json", false),
    force: on("force", false),
    install: on("install", true),
    git: on("git", true),
    help: on("help", false),
    version: on("version", false),
    config: state.config,
  };
}
