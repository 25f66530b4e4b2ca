/** Command line -> words, given answers and control flags. Problems are collected, never thrown one by one. */
import { parseArgs } from "node:util";
import type { Problem } from "../lib/errors.ts";
import {
  type Control,
  type ControlFlag,
  controlFlags,
  type ListKey,
  type SwitchKey,
  type TextKey,
} from "./control-flags.ts";
import type { Given } from "./given.ts";
import { editsAllowed, nearest } from "./nearest.ts";
import { type QuestionKey, questionKeys, questions } from "./questions.ts";

export interface CommandLine {
  /** Everything that is no flag: a command, a directory, a setting's key. */
  readonly words: readonly string[];
  readonly given: readonly Given[];
  readonly control: Control;
  /** Names of the control flags that are given. */
  readonly flags: readonly string[];
  readonly problems: readonly Problem[];
}

const keyOfFlag = new Map<string, QuestionKey>(questionKeys.map((key) => [questions[key].flag, key]));

/** Arguments without node and script. A literal "--" is dropped: `bun create` forwards it. */
export function parseFlags(argv: readonly string[]): CommandLine {
  const state: State = {
    words: [],
    values: new Map(),
    switches: new Map(),
    texts: new Map(),
    lists: new Map(),
    flags: new Set(),
    problems: [],
  };
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
    flags: [...state.flags],
    problems: state.problems,
  };
}

interface State {
  readonly words: string[];
  readonly values: Map<QuestionKey, string | string[]>;
  readonly switches: Map<SwitchKey, boolean>;
  readonly texts: Map<TextKey, string>;
  readonly lists: Map<ListKey, string[]>;
  readonly flags: Set<string>;
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
    const type = flag.kind === "switch" ? "boolean" : "string";
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
  else if (control !== undefined) {
    state.flags.add(name);
    readControl(state, control, token);
  } else if (name.startsWith("no-")) readNegation(state, name.slice("no-".length), token);
  else state.problems.push(unknownFlag(token.rawName));
}

function readAnswer(state: State, key: QuestionKey, token: OptionToken): void {
  const value = textAfter(state, token, `a value: ${questions[key].placeholder}`);
  if (value === undefined) return;
  const before = state.values.get(key);
  if (questions[key].shape.kind === "list" && value !== "all" && value !== "none") {
    const parts = value.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
    // "all" or "none" beside a list contradicts it in either order.
    if (typeof before === "string") state.problems.push(givenTwice(token, key, before, value));
    state.values.set(key, Array.isArray(before) ? [...before, ...parts] : parts);
    return;
  }
  if (before !== undefined && before !== value) state.problems.push(givenTwice(token, key, before, value));
  state.values.set(key, value);
}

function readControl(state: State, flag: ControlFlag, token: OptionToken): void {
  if (flag.kind === "switch") {
    readSwitch(state, flag.key, token, true);
    return;
  }
  const value = textAfter(state, token, flag.wanted);
  if (value === undefined) return;
  if (flag.kind === "list") {
    state.lists.set(flag.key, [...(state.lists.get(flag.key) ?? []), value]);
    return;
  }
  const before = state.texts.get(flag.key);
  if (before !== undefined && before !== value) state.problems.push(givenTwice(token, token.name, before, value));
  if (flag.choices?.includes(value) === false) state.problems.push(noChoice(token, value, flag.choices));
  state.texts.set(flag.key, value);
}

function noChoice(token: OptionToken, value: string, choices: readonly string[]): Problem {
  return {
    code: "ANSWER_INVALID",
    key: token.name,
    message: `${token.rawName} ${JSON.stringify(value)} is none of ${choices.join(", ")}.`,
    next: `Use ${token.rawName} ${nearest(value, choices) ?? choices[0]}.`,
  };
}

function givenTwice(token: OptionToken, key: string, before: unknown, value: unknown): Problem {
  return {
    code: "ANSWER_INVALID",
    key,
    message: `${token.rawName} is given twice, as ${JSON.stringify(before)} and as ${JSON.stringify(value)}.`,
    next: "Keep one of them.",
  };
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

function readSwitch(state: State, key: SwitchKey, token: OptionToken, meaning: boolean): void {
  if (token.inlineValue !== true || token.value === "true") state.switches.set(key, meaning);
  else if (token.value === "false") state.switches.set(key, !meaning);
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
  if (control?.kind === "switch") {
    state.flags.add(name);
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

function controlOf({ switches, texts, lists }: State): Control {
  const on = (key: SwitchKey): boolean => switches.get(key) ?? false;
  return {
    yes: on("yes"),
    dryRun: on("dryRun"),
    json: on("json"),
    force: on("force"),
    install: switches.get("install") ?? true,
    git: switches.get("git") ?? true,
    help: on("help"),
    version: on("version"),
    config: texts.get("config"),
    patch: on("patch"),
    profile: texts.get("profile"),
    removeProfile: texts.get("removeProfile"),
    onConflict: texts.get("onConflict"),
    restore: lists.get("restore") ?? [],
    planDigest: texts.get("planDigest"),
    allowDowngrade: on("allowDowngrade"),
  };
}
